import type { ListName } from '../domain/list-name.ts';
import { isNationalLedger, type Pipeline } from '../pipeline/pipeline.ts';

/** The dates of opt-out lists (YYYY-MM-DD), by name of list: as the pipeline file states them. A list without a stated date is left out. */
export function listDates({ optOuts }: Pick<Pipeline, 'optOuts'>): Readonly<Record<string, string>> {
  const lists: readonly (readonly [ListName, { readonly asOf: string | null } | null])[] = [
    ['optOuts.register', optOuts.register],
    ['optOuts.national', isNationalLedger(optOuts.national) ? null : optOuts.national],
  ];
  return Object.fromEntries(
    lists.flatMap(([name, list]) => (list === null || list.asOf === null ? [] : [[name, list.asOf]])),
  );
}

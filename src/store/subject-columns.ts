import { type Pipeline, subjectTablesOf } from '../pipeline/pipeline.ts';
import type { PartColumn } from './part-columns.ts';
import { comparedColumn, planTokens } from './token-plan.ts';

/** The most subjects that a source may have: their numbers, and one more, are signed whole numbers of 32 bits. */
export const MOST_SUBJECTS = 2 ** 31 - 1;

/** The column of a stored row that has the number of its subject within its source; null where it has none. */
export const SUBJECT_NUMBER = 'subject';

/** Name of the file of a source's subjects while a store is made. No table has a hyphen in its name. */
export function subjectsPart(source: string): string {
  return `subjects-of-${source}.arrow`;
}

/**
 * What a store holds of each subject of a source, a row a subject, in the order of their numbers (the first has 0): its token, and what
 * links it to a person. Of an orphan, which only rows that point at a patient name, there is nothing to link.
 */
export function subjectColumns(source: string, pipeline: Pipeline): readonly PartColumn[] {
  const linking = subjectTablesOf(pipeline)
    .filter((table) => table.source === source)
    .map((table) => planTokens(table, pipeline).linking);
  const comparedFields = linking[0]?.comparedFields ?? []; // the same for every table of a run
  const half = (name: string): PartColumn => ({ name, type: 'int64' });
  const flag = (name: string): PartColumn => ({ name, type: 'bool' });
  return [
    ...['subject_a', 'subject_b', 'nhs_a', 'nhs_b', 'tuple_a', 'tuple_b'].map(half),
    ...comparedFields.map((one) => half(comparedColumn(one))),
    flag('is_orphan'),
    flag('first_of_january'),
    ...(linking[0]?.hasIgnoredPostcodes === true ? [flag('ignored_postcode')] : []),
  ];
}

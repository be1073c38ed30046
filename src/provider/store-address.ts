import { RULES_VERSION } from '../keys/recipes.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { StoredInput } from '../store/token-store.ts';
import { digestText } from '../write/digest-text.ts';

/**
 * The store's name for itself: equal exactly when inputs, layout, key, rules, lists, opt-outs and run date are.
 *
 * @param linking which tokens are made, and what decides them
 * @param optOutList text of the store's opt-out list
 * @param keyIds of the linkage key and of the store key
 */
export function storeAddress(
  pipeline: Pipeline,
  inputs: readonly StoredInput[],
  linking: readonly unknown[],
  optOutList: string,
  keyIds: readonly string[],
  runDate: string,
): string {
  const layout = pipeline.sources.map(({ name, setting, patients, addresses, tables }) => ({
    name,
    setting,
    tables: [patients, ...(addresses === null ? [] : [addresses]), ...tables].map((table) => [
      table?.name,
      table?.format,
      table?.columns.map(({ codeShape: _, ...column }) => column),
      table?.date,
    ]),
  }));
  const { synthetic } = pipeline;
  // where the sensitive-code file is decides nothing; that there is one decides which columns are stored
  const release = { ...pipeline.release, sensitiveCodes: pipeline.release.sensitiveCodes !== null };
  const decided = [
    RULES_VERSION,
    keyIds,
    runDate,
    synthetic,
    layout,
    release,
    inputs,
    digestText(JSON.stringify(linking)),
    digestText(optOutList),
  ];
  return digestText(JSON.stringify(decided));
}

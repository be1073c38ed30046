import { readFileSync } from 'node:fs';
import type { Delivery } from '../baseline/night.ts';
import { groupOutcomes } from '../domain/column-outcomes.ts';
import { isSubjectTable, type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import { readDecidedTokens } from '../store/decided-tokens.ts';
import { optOutEventsOf } from '../store/opt-out-events.ts';
import { ANY_SOURCE } from '../store/opt-out-list.ts';
import type { OpenStores } from './open-stores.ts';

/** What is known of a night from its stores alone, as the baseline keeps it. */
export function deliveryOf(pipeline: Pipeline, stores: OpenStores, releaseKeyId: string): Delivery {
  const patients = new Set(
    tablesOf(pipeline).flatMap((table) =>
      table.setting === 'gp' && isSubjectTable(table) ? [table.name] : [],
    ),
  );
  const columns: Record<string, Record<string, ReturnType<typeof groupOutcomes>>> = {};
  for (const { table, column, outcomes } of stores.outcomes) {
    columns[table] = { ...columns[table], [column]: groupOutcomes(outcomes) };
  }
  return {
    date: stores.runDate,
    keyIds: { linkage: stores.linkageKeyId, release: releaseKeyId, store: stores.storeKeyId },
    rows: Object.fromEntries(stores.receipts.map(({ table, rowsIn }) => [table, rowsIn])),
    columns,
    optOutEvents: optOutEventsOf(stores.optOutCounts),
    optOutsInForce: countInForce(stores),
    optOutTally: stores.optOutTally,
    stoppedPatients: Object.fromEntries(
      stores.receipts
        .filter(({ table }) => patients.has(table))
        .map(({ table, rowsIn, dropped }) => [table, { part: dropped['type-1-opt-out'] ?? 0, of: rowsIn }]),
    ),
  };
}

/** The lists of stores end in lines of (kind, source, a, b): counted by kind, and by whether a number or a patient key is meant. */
function countInForce({ optOutFiles, decidedFiles }: OpenStores): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, a } of decidedFiles.flatMap(readDecidedTokens)) {
    if (a.length > 0) counts[`${kind}/number`] = (counts[`${kind}/number`] ?? 0) + a.length;
  }
  for (const file of optOutFiles) {
    const text = readFileSync(file, 'utf8');
    // a national reply may allow millions of numbers, so that lines are passed over without being cut out
    for (let start = text.indexOf('\n') + 1; start > 0 && start < text.length; ) {
      if (!text.startsWith('allowed,', start)) {
        const [kind, source] = text.slice(start, text.indexOf('\n', start)).split(',', 2);
        const key = `${kind}/${source === ANY_SOURCE ? 'number' : 'patient'}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
      start = text.indexOf('\n', start) + 1;
    }
  }
  return counts;
}

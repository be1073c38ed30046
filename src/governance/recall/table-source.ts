import type { OperatorRecord } from '../../write/operator-record.ts';
import type { ManifestOutput } from '../../write/run-manifest.ts';

/**
 * The name of the source that a released table is from: by the operator’s record, else by the columns of the manifest
 * (`gp.gp_events.value`). Null where neither says, as of the table `persons`, which is from all of them.
 */
export function sourceOfTable(
  { table, columns }: ManifestOutput,
  record: OperatorRecord | null,
): string | null {
  const receipt = record?.receipts.rows.find((one) => one.stage === 'release' && one.table === table);
  if (receipt !== undefined) return receipt.source;
  const sources = new Set(
    columns.flatMap(({ source }) => /^([^.,\s]+)\.[^.,\s]+\.[^,]+$/.exec(source)?.[1] ?? []),
  );
  return sources.size === 1 ? [...sources][0]! : null;
}

/** Whether a table may hold GP records: it is from a GP source, or it is not known from where it is. */
export function isFromGp(source: string | null, isGpSource: (source: string) => boolean | null): boolean {
  return source === null || isGpSource(source) !== false;
}

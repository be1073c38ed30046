import { join } from 'node:path';
import { digestFile } from '../../write/digest-file.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import { RECORD_FILE } from '../../write/operator-record.ts';
import { type RunFolders, readRecord } from '../../write/read-run.ts';
import type { RunManifest } from '../../write/run-manifest.ts';
import { MANIFEST_FILE } from '../../write/run-manifest.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER } from '../../write/run-place.ts';
import type { Check } from './check.ts';
import { checkFiles, checkNothingElse } from './check-files.ts';
import { checkLinkMap } from './check-link-map.ts';
import { checkOptOuts, checkProof } from './check-opt-outs.ts';
import { checkReceipts } from './check-receipts.ts';
import { checkTables } from './check-tables.ts';

/**
 * Checks a release and, where a complete run was named, the operator folder too.
 *
 * @param directory as the user typed it
 */
export async function checkRun(
  directory: string,
  { release, operator }: RunFolders,
  manifest: RunManifest,
): Promise<Check[]> {
  const record = operator === null ? null : readRecord(operator);
  const rows = record && new Map(record.outputs.map(({ table, rows }) => [table, rows]));
  const tables = await checkTables(release, manifest, rows);
  const checks = [
    ...(await checkFiles(release, MANIFEST_FILE, [...manifest.outputs, ...manifest.papers])),
    ...tables.checks,
    ...checkProof(release, manifest, tables.persons),
  ];
  if (operator === null || record === null) return checks;
  return [
    ...checks,
    ...(await checkFiles(operator, RECORD_FILE, record.papers)),
    await checkBelongs(release, manifest, record),
    ...checkReceipts(record),
    ...checkOptOuts(release, manifest, record),
    ...(await checkLinkMap(directory, record)),
    checkNothingElse(
      'the run has two folders and nothing else',
      directory,
      new Set([RELEASE_FOLDER, OPERATOR_FOLDER]),
    ),
  ];
}

/** Checks that the operator's record belongs to this release. */
async function checkBelongs(release: string, { run }: RunManifest, record: OperatorRecord): Promise<Check> {
  const file = join(release, MANIFEST_FILE);
  const { bytes, sha256 } = await digestFile(file);
  const belongs =
    record.run.id === run.id && record.manifest.bytes === bytes && record.manifest.sha256 === sha256;
  return {
    check: `${MANIFEST_FILE}: the one that the operator’s record names`,
    problems: belongs ? [] : [{ file, message: 'has changed, or is the manifest of another run' }],
  };
}

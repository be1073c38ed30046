import { join } from 'node:path';
import { type Finding, settleFindings, type Warning } from '../domain/finding.ts';
import { refused } from '../domain/problem.ts';
import { assertBalanced } from '../domain/receipt.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { RunSettings } from '../program/run-settings.ts';
import type { DeliveryDigests } from './extract/delivery-digests.ts';
import type { TableInputs } from './extract/find-inputs.ts';
import { repeatedDeliveries } from './extract/repeated-deliveries.ts';
import { unexpectedFiles } from './extract/unexpected-files.ts';
import type { CollectedOptOuts } from './opt-outs/collect-opt-outs.ts';
import { collapsedColumns } from './standardise/collapsed-columns.ts';
import type { SubjectParts } from './tokenise/subject-parts.ts';
import type { TokenisedTable } from './tokenise/tokenise-table.ts';

/** A delivery that has been read to its end and may be stored. */
export interface CheckedDelivery {
  /** of each file, in the order of the tables */
  readonly sha256: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Looks at a delivery once all of it has been read: receipts, files that are not what was expected, files that came twice,
 * columns in which nothing is valid, and whatever the tables and opt-outs have found.
 *
 * @throws TallystickError (exit 1) with everything that stops the run
 */
export async function checkDeliveryRead(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  tables: readonly TokenisedTable[],
  subjects: SubjectParts,
  optOuts: CollectedOptOuts,
  digests: DeliveryDigests,
  storeDirectory: string,
  { signal, log }: RunSettings,
): Promise<CheckedDelivery> {
  signal.throwIfAborted();
  assertBalanced(tables.map(({ receipt }) => receipt));
  const sha256 = await digests.done();
  const unexpected = unexpectedFiles(digests.files, sha256);
  if (unexpected.length > 0) throw refused(...unexpected);
  const findings = [
    ...optOuts.findings,
    ...tables.flatMap((table) => table.findings),
    ...findRepeated(pipeline, inputs, tables, subjects, sha256, storeDirectory),
    ...collapsedColumns(
      pipeline,
      tables.flatMap(({ outcomes }) => outcomes),
    ),
  ];
  return { sha256, warnings: settleFindings(findings, log) };
}

/** Deliveries that came twice, table by table. */
function findRepeated(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  tables: readonly TokenisedTable[],
  subjects: SubjectParts,
  sha256: readonly string[],
  storeDirectory: string,
): Finding[] {
  const findings: Finding[] = [];
  let first = 0;
  for (const [index, { source, table, files }] of inputs.entries()) {
    const { stored, rowsOfFiles } = tables[index]!;
    const read = files.map(({ file }, fileIndex) => ({
      file,
      sha256: sha256[first + fileIndex]!,
      rows: rowsOfFiles[fileIndex]!,
      part: join(storeDirectory, stored.parts[fileIndex]!),
    }));
    first += files.length;
    findings.push(...repeatedDeliveries(pipeline, table, read, subjects.of(source.name)));
  }
  return findings;
}

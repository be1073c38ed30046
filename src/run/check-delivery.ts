import { join } from 'node:path';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { checkBaseline } from './check/check-baseline.ts';
import { checkFiles } from './check/check-files.ts';
import { checkKeys } from './check/check-keys.ts';
import { checkLists } from './check/check-lists.ts';
import { checkLock } from './check/check-lock.ts';
import type { DeliveryFinding } from './check/delivery-finding.ts';

/** What a run would meet tonight. */
export interface CheckedDelivery {
  readonly findings: readonly DeliveryFinding[];
  /** of all extracts, as they lie on disk */
  readonly bytes: number;
}

/**
 * Looks at a delivery before the run: everything that can be checked without parsing a row, all faults at once. It uses the same
 * functions as a run. It writes nothing and takes no lock.
 *
 * @param out folder in which runs are published; it need not be there
 * @param signal stops the reading of files
 */
export async function checkDelivery(
  pipeline: Pipeline,
  out: string,
  runDate: string,
  signal: AbortSignal,
): Promise<CheckedDelivery> {
  const home = join(out, pipeline.name);
  const lock = await checkLock(home);
  const keys = await checkKeys(pipeline.keys);
  try {
    const files = await checkFiles(pipeline, signal);
    const lists = await checkLists(pipeline, runDate, keys.linkage);
    const baseline = await checkBaseline(home, pipeline, keys, runDate, files.rows);
    const findings = [...files.findings, ...lists, ...keys.findings, lock, ...baseline];
    return { findings, bytes: files.bytes };
  } finally {
    keys.linkage?.close();
    keys.release?.close();
  }
}

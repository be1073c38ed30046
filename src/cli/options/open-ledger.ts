import { usage } from '../../domain/problem.ts';
import { type KeyRing, openKeyFile } from '../../keys/key-ring.ts';
import { isNationalLedger, type NationalLedger, type Pipeline } from '../../pipeline/pipeline.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { loadPipeline } from './load-pipeline.ts';

/** What commands on the national ledger work with. */
export interface LedgerWork {
  readonly pipeline: Pipeline;
  readonly national: NationalLedger;
  readonly linkageKey: KeyRing;
  readonly synthetic: boolean;
  readonly now: () => Date;
  readonly notice: (message: string) => void;
}

/**
 * Does work on the national ledger of a pipeline, with its linkage key open.
 *
 * @throws TallystickError (exit 2) for a pipeline file that names no ledger, (exit 3) for a key that cannot be opened
 */
export async function withLedger<T>(
  terminal: Terminal,
  file: string,
  runDate: string,
  work: (ledger: LedgerWork) => Promise<T>,
): Promise<T> {
  const pipeline = loadPipeline(file, runDate, 'release');
  const { national } = pipeline.optOuts;
  if (!isNationalLedger(national)) {
    throw usage({
      file,
      message: 'the pipeline file names no national ledger',
      wayOut: 'name one: optOuts.national: { ledger: FILE, mailbox: ID }',
    });
  }
  const linkageKey = openKeyFile(pipeline.keys.linkage, 'linkage');
  try {
    return await work({
      pipeline,
      national,
      linkageKey,
      synthetic: pipeline.synthetic,
      now: () => new Date(),
      notice: (message) => terminal.warn(message),
    });
  } finally {
    linkageKey.close();
  }
}

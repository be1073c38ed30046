import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DEFAULT_ERRORS, synthesise } from '../src/synth/synthesise.ts';

/** Any seed would do; a fixed one makes results comparable. */
const SEED = 7;

/** The files that the floor and the pipeline file read. */
const EXTRACTS = [
  'gp/patients.csv',
  'gp/events.csv',
  'hospital/episodes.csv',
  'community/CYP001MPI.csv',
  'community/CYP101Referral.csv',
  'community/CYP201CareContact.csv',
  'opt-outs/register.csv',
];

/**
 * Makes the extracts of this many patients, once: the directory appears under its name when it is complete. Uncompressed, for
 * because decompression in one thread would hide the measured work.
 */
export async function makeBenchData(
  directory: string,
  patients: number,
  runDate: string,
  seed = SEED,
): Promise<void> {
  if (existsSync(directory)) return;
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(directory), { recursive: true });
  await synthesise({ patients, seed, runDate, errors: DEFAULT_ERRORS, compress: 'none' }, unfinished);
  renameSync(unfinished, directory);
}

/** @throws Error when a file that both sides read is missing */
export function checkBenchData(directory: string): void {
  const missing = EXTRACTS.filter((file) => !existsSync(join(directory, file)));
  if (missing.length > 0)
    throw new Error(`${directory} lacks ${missing.join(', ')} (uncompressed, as synth names them)`);
}

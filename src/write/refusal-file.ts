import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Problem } from '../domain/problem.ts';
import type { QuarantinePlace } from '../domain/quarantine-refusal.ts';
import { DigestingFile } from './digesting-file.ts';
import { systemProcesses } from './process-probe.ts';
import { syncPath } from './sync-directory.ts';
import { asWriteError } from './write-error.ts';

/** In `OUT/<name>`: why the last run was refused. Beside a token store, the file name begins with the name of the store. */
export const REFUSAL_FILE = 'refused.json';
const MODE = 0o600;
/** Locations that are written as one text at a time: a delivery in which every row is faulty has millions. */
const PLACES_AT_ONCE = 10_000;

/** The reasons for a refused run: locations and reasons, never a value. */
export interface Refusal {
  readonly run: {
    readonly name: string /** null where no store said which it is */;
    readonly date: string | null;
  };
  readonly exitCode: number;
  /** the number of texts left out because they look like an identifier */
  readonly leftOut: number;
  readonly problems: readonly Problem[];
  /** every quarantined row of the table that was refused; null where quarantine was not the reason */
  readonly quarantined: readonly QuarantinePlace[] | null;
}

/** Writes the refusal file, replacing the last one by one rename, readable by its owner only. @throws WriteError */
export async function writeRefusal(path: string, { quarantined, ...head }: Refusal): Promise<void> {
  const next = join(dirname(path), `.${basename(path, '.json')}.next-${systemProcesses.owner}`);
  await rm(next, { force: true });
  const file = await DigestingFile.create(next, MODE);
  try {
    const text = JSON.stringify({ formatVersion: 1, ...head }, null, 2);
    if (quarantined === null) file.write([Buffer.from(`${text}\n`)]);
    else {
      file.write([Buffer.from(`${text.slice(0, -2)},\n  "quarantined": [`)]);
      for (let index = 0; index < quarantined.length; index += PLACES_AT_ONCE) {
        const lines = quarantined
          .slice(index, index + PLACES_AT_ONCE)
          .map((place) => `    ${JSON.stringify(place)}`);
        file.write([Buffer.from(`${index === 0 ? '\n' : ',\n'}${lines.join(',\n')}`)]);
      }
      file.write([Buffer.from('\n  ]\n}\n')]);
    }
    await file.finish();
    await rename(next, path);
  } catch (error) {
    await file.discard();
    throw asWriteError(path, error);
  }
  await syncPath(dirname(path));
}

/** Removes the refusal file, after a run was published or a store made. @throws WriteError */
export async function removeRefusal(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: unknown) => {
    throw asWriteError(path, error);
  });
}

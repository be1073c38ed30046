import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeWhole } from '../../write/whole-file.ts';
import { asWriteError } from '../../write/write-error.ts';

/** The two files of a message, as a MESH client looks for them. */
export interface MessageFiles {
  readonly data: string;
  readonly control: string;
}

/** In this order: a client takes a message up when its control file is there. */
const ENDINGS = ['dat', 'ctl'] as const;
const UNSENT = /^\.([A-Za-z0-9_-]+)\.(?:dat|ctl)\.unsent$/;

/** The paths under which the files of a message are sent. */
export function messageFiles(folder: string, localId: string): MessageFiles {
  return { data: sent(folder, localId, 'dat'), control: sent(folder, localId, 'ctl') };
}

/** Writes both files under names that no client looks for, readable by their owner only, and syncs them to the disk. */
export function writeUnsent(folder: string, localId: string, data: string, control: string): void {
  for (const [ending, text] of [
    ['dat', data],
    ['ctl', control],
  ] as const)
    writeWhole(unsent(folder, localId, ending), Buffer.from(text, 'latin1'));
  syncFolder(sent(folder, localId, 'dat'));
}

/** Gives both files the names under which they are sent; one that has its name already is left alone. */
export function handOver(folder: string, localId: string): void {
  try {
    for (const ending of ENDINGS) {
      const from = unsent(folder, localId, ending);
      if (existsSync(from)) renameSync(from, sent(folder, localId, ending));
    }
    syncFolder(sent(folder, localId, 'dat'));
  } catch (fault) {
    throw asWriteError(folder, fault);
  }
}

/** Removes files that are not sent. */
export function removeUnsent(folder: string, localId: string): void {
  for (const ending of ENDINGS) rmSync(unsent(folder, localId, ending), { force: true });
}

/** The LocalIds of messages of which a file is there that was not handed over. */
export function findUnsent(folder: string): readonly string[] {
  const found = readdirSync(folder).flatMap((name) => UNSENT.exec(name)?.[1] ?? []);
  return [...new Set(found)];
}

function sent(folder: string, localId: string, ending: string): string {
  return join(folder, `${localId}.${ending}`);
}

function unsent(folder: string, localId: string, ending: string): string {
  return join(folder, `.${localId}.${ending}.unsent`);
}

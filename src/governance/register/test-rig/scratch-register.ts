import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '../../../keys/key-ring.ts';
import type { RegisterPlace } from '../find-person.ts';
import type { Recording } from '../record-events.ts';
import type { RegisterEvent } from '../register-line.ts';

/** A register in a folder of its own, with a key. */
export interface ScratchRegister extends RegisterPlace {
  readonly folder: string;
  /** what was said while it was written */
  readonly notices: string[];
  /** a recording on a day */
  on(day: string, by?: string): Recording;
  /** removes the register and what is beside it, and leaves the folder */
  clear(): void;
  remove(): void;
}

export function scratchRegister(): ScratchRegister {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-register-'));
  const notices: string[] = [];
  return {
    folder,
    file: join(folder, 'register'),
    shownAs: 'register',
    key: new KeyRing(Buffer.from('one linkage key of 32 bytes, ok.')),
    notices,
    on: (day, by = 'anna') => ({
      command: 'register',
      by,
      document: null,
      now: () => new Date(`${day}T12:00:00Z`),
      notice: (message) => notices.push(message),
    }),
    clear: () => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A token of 16 bytes, by a small number. The first bytes differ, so that tokens are in different buckets. */
export function tokenOf(person: number): Buffer {
  const token = Buffer.alloc(16, person);
  token.writeUInt32LE(Math.imul(person + 1, 0x9e3779b1) >>> 0, 0);
  return token;
}

/** An event in a few words. */
export function event(
  person: number,
  kind: RegisterEvent['kind'],
  date: string | null,
  type = 'type-1',
): RegisterEvent {
  return { token: tokenOf(person).toString('hex'), type, kind, date };
}

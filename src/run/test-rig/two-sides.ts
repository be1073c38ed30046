import { cpSync, rmSync } from 'node:fs';
import { linkStores } from '../../linker/link-stores.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { fillStore } from '../../provider/fill-store.ts';
import type { BenchFolder, Outcome } from './bench-folder.ts';
import { RUN_DATE } from './bench-folder.ts';

const PEOPLE = ['9991000070', '9991012419', '9991024751', '9991037098'];
/** Sex, birth date and postcode of each. */
const SAID = PEOPLE.map((_, index) => `${1 + (index % 2)},198${index}-03-0${index + 1},SW1A ${index + 1}AA`);

/**
 * A practice and a hospital. The first person has a type 2 opt-out in a GP record, and no NHS number there; the second is in
 * the register.
 */
const FILES = {
  'patients.csv': [
    'id,nhs,sex,born,home',
    ...PEOPLE.map((nhs, index) => `GP${index},${index === 0 ? '' : nhs},${SAID[index]}`),
  ],
  'events.csv': ['id,day,read', 'GP0,2025-01-01,9Nu4.', 'GP1,2025-01-01,H33..', 'GP2,2025-01-01,H33..'],
  'stays.csv': [
    'nhs,sex,born,home,from,to,site,died',
    ...PEOPLE.map((nhs, index) => `${nhs},${SAID[index]},2026-01-02,2026-01-03,RX${index},`),
  ],
  'register.csv': ['nhs_number,type,event,date', `${PEOPLE[1]},2,registered,2025-01-01`],
  'reply.csv': PEOPLE.slice(0, 3).map((nhs) => `${nhs},`),
  'postcodes.txt': ['SW1A 9AA'],
  'superseded.csv': ['superseded,current'],
} as const;

const column = (role: string, more: object = {}) => ({ role, ...more });
const DATE = { format: '%Y-%m-%d' };
const IDENTIFIERS = {
  nhs: column('nhs-number'),
  sex: column('sex', { map: { 1: 1, 2: 2 } }),
  born: column('date-of-birth', DATE),
  home: column('postcode'),
};
export const GP = {
  setting: 'gp',
  patients: { files: 'patients.csv', columns: { id: column('patient-key'), ...IDENTIFIERS } },
  tables: {
    events: {
      files: 'events.csv',
      columns: {
        id: column('patient-key'),
        day: column('date', DATE),
        read: column('code', { system: 'read-v2' }),
      },
    },
  },
};
export const HOSPITAL = {
  setting: 'hospital',
  tables: {
    stays: {
      files: 'stays.csv',
      date: 'from',
      columns: {
        ...IDENTIFIERS,
        from: column('date', DATE),
        to: column('date', DATE),
        site: column('category'),
        died: column('date-of-death', DATE),
      },
    },
  },
};
const list = { asOf: RUN_DATE };
export const REGISTER = { file: 'register.csv', ...list };
export const REPLY = { reply: 'reply.csv', ...list };

/** The pipeline file of both sides; a test changes a part of it on one. */
export const PIPELINE = {
  tallystick: 1,
  name: 'tiny',
  synthetic: true,
  keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
  sources: { gp: GP, hospital: HOSPITAL } as object,
  optOuts: {
    register: REGISTER,
    codes: { table: 'events', column: 'read', date: 'day' },
    maxUnmatched: '100%', // the one opt-out is of a patient without an NHS number
  },
  link: {} as object,
  release: { agreement: 'a-1', tables: { persons: {}, stays: { site: 'keep' } } } as object,
};

export function putFiles(folder: BenchFolder): void {
  for (const [file, lines] of Object.entries(FILES)) folder.put(file, `${lines.join('\n')}\n`);
}

/** The provider's side. @returns the store's folder */
export async function provide(
  folder: BenchFolder,
  pipeline: Pipeline,
  name: string,
  only: readonly string[] | null = null,
): Promise<string> {
  const store = folder.at(name);
  const { error } = await folder.run(pipeline, {
    execute: async (parsed, destination, settings) => {
      await fillStore(parsed, only, store, settings, destination.logged);
      return null as never; // nothing is published by this side
    },
  });
  if (error !== null) throw error;
  return store;
}

/** The linker's side. */
export function linkFrom(
  folder: BenchFolder,
  pipeline: object | Pipeline,
  ...stores: string[]
): Promise<Outcome> {
  return folder.run(pipeline, {
    execute: (parsed, destination, settings) => linkStores(parsed, stores, destination, settings),
  });
}

/** A copy of a store, for a test to spoil. */
export function copyOf(store: string, name = `${store}-copy`): string {
  rmSync(name, { recursive: true, force: true });
  cpSync(store, name, { recursive: true });
  return name;
}

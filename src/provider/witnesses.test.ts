/** What crosses the identity boundary of rows that do not: these tokens, and nothing else. */
import { createHmac, hkdfSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openKeyFile } from '../keys/key-ring.ts';
import { StoreKey } from '../keys/store-key.ts';
import { openStores } from '../linker/open-stores.ts';
import { BenchFolder } from '../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../run/test-rig/flat-source.ts';
import { type TokenStore, writeStore } from '../store/token-store.ts';

const [ann, ben, cat, dan] = NHS_NUMBERS;
const columns = {
  nhs: { role: 'nhs-number' },
  born: { role: 'date-of-birth' },
  sex: { role: 'sex' },
  home: { role: 'postcode' },
};
const key = { id: { role: 'patient-key' } };
const PIPELINE = {
  tallystick: 1,
  name: 'tiny',
  synthetic: true,
  keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
  sources: {
    gp: {
      setting: 'gp',
      quarantine: { max: '90%' },
      format: { date: '%Y-%m-%d' },
      patients: { files: 'patients.csv', columns: { ...key, ...columns, died: { role: 'date-of-death' } } },
      addresses: { files: 'addresses.csv', columns: { ...key, home: columns.home } },
      tables: { events: { files: 'events.csv', columns: { ...key, what: { role: 'category' } } } },
    },
    hospital: {
      setting: 'hospital',
      quarantine: { max: '90%' },
      format: { date: '%Y-%m-%d' },
      tables: {
        stays: {
          files: 'stays.csv',
          columns: {
            ...columns,
            local: { role: 'local-patient-id', provider: 'org' },
            org: { role: 'organisation' },
            nights: { role: 'integer' },
          },
        },
      },
    },
  },
  optOuts: { register: { file: 'register.csv', asOf: '2026-04-01' } },
  link: { ranks: 'hesid' },
  release: {
    agreement: 'tiny-001',
    tables: { persons: {}, events: { what: 'keep' }, stays: { nights: 'keep' } },
  },
};

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  folder.put('register.csv', `nhs_number,type,event,date\n${ann},1,registered,\n`);
  folder.put('events.csv', 'id,what\np1,x\np2,x\n');
  folder.put('addresses.csv', 'id,home\np1,B1 1AA\np2,B1 1AA\np3,B2 2BB\n');
  folder.put(
    'patients.csv',
    `id,nhs,born,sex,home,died\np1,${ann},1980-02-01,2,AB1 2AD,\np2,${ben},1990-02-01,1,AB1 2AE,\np3,${cat},1970-02-01,1,AB1 2AF,never\np4,,1960-02-01,2,AB1 2AG,,too many\np5,${dan},1950-01-01,2,AB1 2AH,never\n`,
  );
  folder.put(
    'stays.csv',
    `nhs,born,sex,home,local,org,nights\n${dan},1990-02-01,2,M1 1AE,7,RX1,many\n,1991-02-01,2,M1 1AE,8,RX1,many\n${ben},1990-02-01,1,AB1 2AE,9,RX1,1\n`,
  );
});
afterEach(() => folder.remove());

function token(kind: string, text: string): string {
  const info = `tallystick/v1/token/${kind}`;
  const sub = Buffer.from(hkdfSync('sha256', readFileSync(folder.at('linkage.key')), '', info, 32));
  const bytes = createHmac('sha256', sub).update(text).digest();
  return `${bytes.readBigInt64LE(0)},${bytes.readBigInt64LE(8)}`;
}

/** The folder of the last run's store. */
function store(): string {
  const found = (readdirSync(folder.lastWork, { recursive: true }) as string[]).find((file) =>
    /(^|\/)store\.json$/.test(file),
  )!;
  return join(folder.lastWork, found.replace('store.json', ''));
}

test('tuple and number of every stopped or quarantined row cross, and nothing of the others', async () => {
  await folder.publish(PIPELINE);
  const number = (digits: string | undefined) => token('nhs-number', digits!);
  const tuple = (text: string) => token('sex|date-of-birth|postcode', text);
  const none = ',';
  const lines = [
    [tuple('2|1980-02-01|AB12AD'), number(ann), none, ''],
    [tuple('2|1980-02-01|B11AA'), number(ann), none, ''],
    [tuple('1|1970-02-01|AB12AF'), number(cat), none, ''],
    [tuple('1|1970-02-01|B22BB'), number(cat), none, ''],
    [tuple('2|1960-02-01|AB12AG'), none, none, ''],
    [tuple('2|1990-02-01|M11AE'), number(dan), none, ''],
    [tuple('2|1990-02-01|M11AE'), number(dan), token('local-patient-id', 'RX1|7'), ''],
  ].map((parts) => parts.join(','));
  const text = readFileSync(join(store(), 'witnesses.csv'), 'utf8');
  expect(text).toBe(`a,b,nhs_a,nhs_b,local_a,local_b,opt_out\n${lines.sort().join('\n')}\n`);
});

test('local ids cross only where a rank asks for them', async () => {
  await folder.publish({ ...PIPELINE, link: { ranks: 'two-step' } });
  const text = readFileSync(join(store(), 'witnesses.csv'), 'utf8').trimEnd();
  expect(
    text
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').slice(4).join()),
  ).toEqual(Array(6).fill(',,'));
});

test('stopped and quarantined rows that cannot be witnesses are counted, and a warning says so', async () => {
  folder.put('register.csv', `nhs_number,type,event,date\n${ann},1,registered,\n${ben},1,registered,\n`);
  folder.put(
    'patients.csv',
    `id,nhs,born,sex,home,died\np1,${ann},,2,AB1 2AD,\np2,${ben},1990-02-01,1,ZZ99 3VZ,\np3,${cat},1970-02-01,,AB1 2AF,never\np4,${dan},never,2,AB1 2AG,never\n`,
  );
  await folder.publish(PIPELINE);
  const { warnings } = JSON.parse(readFileSync(join(store(), 'store.json'), 'utf8')) as TokenStore;
  expect(warnings.filter(({ check }) => check === 'rows-without-witness')).toMatchObject([
    { file: 'gp_patients', message: expect.stringMatching(/^3 rows that were stopped or quarantined/) },
  ]);
});

test('a store without the witnesses of its stopped rows is not linked', async () => {
  const { pipeline } = await folder.publish(PIPELINE).then(() => ({ pipeline: folder.parse(PIPELINE) }));
  const own = { storeKeyId: null };
  await expect(openStores([store()], pipeline, own)).resolves.toBeDefined();
  const file = join(store(), 'store.json');
  const {
    witnesses,
    storeKeyId: _id,
    publicKey: _key,
    signature: _signature,
    ...older
  } = JSON.parse(readFileSync(file, 'utf8')) as TokenStore;
  expect(witnesses).toBe('witnesses.csv');
  const key = openKeyFile(pipeline.keys.linkage, 'linkage');
  writeStore(store(), older, new StoreKey(key));
  key.close();
  await expect(openStores([store()], pipeline, own)).rejects.toThrow(
    /does not say what the rows that were stopped know/,
  );
});

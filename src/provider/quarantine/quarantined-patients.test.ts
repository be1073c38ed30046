/** What a delivery must hold so that events of quarantined patients stop, and that they are not in the store then. */
import { createHmac, hkdfSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchFolder, type Published } from '../../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import {
  PATIENTS_HEADER,
  READINGS_HEADER,
  splitPipeline,
  VISITS_HEADER,
} from '../../run/test-rig/split-source.ts';
import { PartReader } from '../../store/part-reader.ts';

const [ann, ben] = NHS_NUMBERS;
const ANN = `p1,${ann},N,01/02/1980,1,AB1 2CD,H,T,E01000001\n`;
const BEN = `p2,${ben},N,01/02/1990,2,AB1 2CE,H,T,E01000002\n`;
/** An area of more than 64 bytes does not fit. */
const MISFIT = BEN.replace('E01000002', 'E'.repeat(65));

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  folder.put(
    'visits.csv',
    `${VISITS_HEADER}p1,v1,05/01/2026,53741008,n\np2,v2,06/01/2026,53741008,n\np9,v9,06/01/2026,53741008,n\n`,
  );
  folder.put('readings.csv', `${READINGS_HEADER}v1,1.5,mm\nv2,2.5,mm\nv9,2.5,mm\n`);
});
afterEach(() => folder.remove());

async function publish(patients: string, setting = 'gp'): Promise<Published> {
  folder.put('patients.csv', PATIENTS_HEADER + patients);
  const pipeline = splitPipeline({ quarantine: '90%' }) as {
    sources: { surgery: object };
    optOuts: { register: object; codes: object };
  };
  const { register, codes } = pipeline.optOuts;
  return folder.publish({
    ...pipeline,
    sources: { surgery: { ...pipeline.sources.surgery, setting } },
    optOuts: setting === 'gp' ? { register, codes } : { register },
  });
}

/** How many rows stop above the boundary, and how many below it for want of a patient, by table. */
function stopped({ result }: Published): Record<string, readonly [above: number, below: number]> {
  const dropped = (stage: string, table: string) =>
    result.receipts.find((one) => one.stage === stage && one.table === table)?.dropped ?? {};
  return Object.fromEntries(
    ['visits', 'readings'].map((table) => [
      table,
      [
        dropped('tokenise', table)['patient-quarantined'] ?? 0,
        dropped('release', table).orphan ?? 0,
      ] as const,
    ]),
  );
}

/** The parts of the store whose names begin so. */
function partsOf(name: string): string[] {
  const files = readdirSync(folder.lastWork, { recursive: true }) as string[];
  const paths = files.filter((file) => new RegExp(`(^|/)${name}-\\w+(?:-\\w+)?\\.arrow$`).test(file));
  expect(paths).not.toEqual([]);
  return paths.map((path) => join(folder.lastWork, path));
}

/** The subjects that the rows of a table name by number, as hexadecimal text. */
function storedSubjects(table: string): string[] {
  const tokens = storedTokens('subjects-of-surgery', 'subject');
  return partsOf(table).flatMap((path) => {
    const part = PartReader.open(path);
    const numbers = Array.from({ length: part.batches }, (_, batch) => [
      ...(part.read(batch, 'subject').values as Int32Array),
    ]);
    part.close();
    return numbers.flat().map((number) => tokens[number]!);
  });
}

/** The tokens of a column, as hexadecimal text. */
function storedTokens(name: string, column: string): string[] {
  return partsOf(name).flatMap((path) => {
    const part = PartReader.open(path);
    const tokens = Array.from({ length: part.batches }, (_, batch) => {
      const half = (name: string) => part.read(batch, name).values as BigInt64Array;
      const [first, second] = [half(`${column}_a`), half(`${column}_b`)];
      return Array.from(first, (_half, row) =>
        Buffer.from(BigInt64Array.of(first[row]!, second[row]!).buffer).toString('hex'),
      );
    });
    part.close();
    return tokens.flat();
  });
}

function token(kind: string, text: string): string {
  const info = `tallystick/v1/token/${kind}`;
  const key = Buffer.from(hkdfSync('sha256', readFileSync(folder.at('linkage.key')), '', info, 32));
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}

describe('rows of a GP patient in quarantine', () => {
  it('are not in the store, however they reach the patient', async () => {
    const published = await publish(ANN + MISFIT);
    expect(published.quarantine).toEqual(['patients.csv,3,lsoa,too long for its role']);
    expect(stopped(published)).toEqual({ visits: [1, 1], readings: [1, 1] });
    const patient = (key: string) => token('patient-key/surgery', key);
    const visit = (key: string) => token('record-id/visits', key);
    expect(storedSubjects('surgery_patients')).toEqual([patient('p1')]);
    expect(storedSubjects('visits').sort()).toEqual([patient('p1'), patient('p9')].sort());
    expect(storedTokens('subjects-of-surgery', 'subject')).toEqual([patient('p1'), patient('p9')]);
    expect(storedTokens('readings', 'parent').sort()).toEqual([visit('v1'), visit('v9')].sort());
  });

  it('are those of every patient who was not let through, where a row cannot be parsed', async () => {
    expect(stopped(await publish(`${ANN}p2,${ben}\n`))).toEqual({ visits: [2, 0], readings: [2, 0] });
    expect(storedSubjects('visits').length).toBe(1);
    expect(storedTokens('subjects-of-surgery', 'subject').length).toBe(1);
  });

  it('or where it has lost its key', async () => {
    expect(stopped(await publish(ANN + BEN.replace('p2', ' ')))).toEqual({
      visits: [2, 0],
      readings: [2, 0],
    });
  });

  it('are orphans in other settings, where type 1 does not act', async () => {
    for (const row of [MISFIT, `p2,${ben}\n`, BEN.replace('p2', ' ')]) {
      expect(stopped(await publish(ANN + row, 'community'))).toEqual({ visits: [0, 2], readings: [0, 2] });
    }
  });
});

describe('rows that point at a GP record in quarantine', () => {
  it('are those of every record that was not let through, where one cannot be parsed', async () => {
    folder.put('visits.csv', `${VISITS_HEADER}p1,v1,05/01/2026,53741008,n\np2,v2,06/01/2026,53741008\n`);
    expect(stopped(await publish(ANN + BEN))).toEqual({ visits: [0, 0], readings: [2, 0] });
  });

  it('are orphans where every record in the table is known', async () => {
    expect(stopped(await publish(ANN + BEN))).toEqual({ visits: [0, 1], readings: [0, 1] });
  });
});

describe('a GP patient key on a row in quarantine', () => {
  it.each([
    ['before', MISFIT + BEN],
    ['behind', BEN + MISFIT],
  ])('and on one that is let through, %s it, stops the run', async (_, rows) => {
    folder.put('patients.csv', PATIENTS_HEADER + ANN + rows);
    expect(await folder.refusal(splitPipeline({ quarantine: '90%' }))).toMatch(
      /^exit 1: patients\.csv:id: 1 patient key occurs more than once/,
    );
  });

  it('twice stops its events and nothing else', async () => {
    expect(stopped(await publish(ANN + MISFIT + MISFIT))).toEqual({ visits: [1, 1], readings: [1, 1] });
  });
});

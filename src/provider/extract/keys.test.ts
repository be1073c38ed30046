import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import {
  PATIENTS_HEADER,
  READINGS_HEADER,
  splitPipeline,
  VISITS_HEADER,
} from '../../run/test-rig/split-source.ts';

const [a, b] = NHS_NUMBERS;
const PATIENTS = `${PATIENTS_HEADER}p1,${a},N,01/02/1980,1,AB1 2CD,H,T,E01000001\np2,${b},N,01/02/1990,2,AB1 2CE,H,T,E01000002\n`;
const VISITS = `${VISITS_HEADER}p1,v1,05/01/2026,53741008,n\np2,v2,06/01/2026,53741008,n\n`;
const READINGS = `${READINGS_HEADER}v1,1.5,mm\nv2,2.5,mm\n`;

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  folder.put('patients.csv', PATIENTS);
  folder.put('visits.csv', VISITS);
  folder.put('readings.csv', READINGS);
});
afterEach(() => folder.remove());

describe('keys of a split source', () => {
  it('bring readings to their persons by way of visits, as hashes that agree', async () => {
    const published = await folder.publish(splitPipeline());
    const visits = await published.rows('visits');
    const readings = await published.rows('readings');
    expect(readings.length).toBe(2);
    for (const reading of readings) {
      expect(reading['visit']).toMatch(/^[0-9a-f]{32}$/);
      const visit = visits.find((one) => one['visit'] === reading['visit']);
      expect(visit?.['person']).toBe(reading['person']);
    }
  });

  it('are quarantined where they are missing, and a record that only lost its own id too', async () => {
    folder.put('visits.csv', `${VISITS}, v3,05/01/2026,53741008,n\np1,,05/01/2026,53741008,n\n`);
    folder.put('readings.csv', `${READINGS} ,3,mm\n`);
    const { quarantine } = await folder.publish(splitPipeline({ quarantine: '50%' }));
    expect(quarantine).toEqual([
      'readings.csv,4,visit,missing key',
      'visits.csv,4,id,missing key',
      'visits.csv,5,visit,missing key',
    ]);
  });

  it('that no patient or visit has make orphans, which are counted and not released', async () => {
    folder.put('visits.csv', `${VISITS}p9,v9,05/01/2026,53741008,n\n`);
    folder.put('readings.csv', `${READINGS}v9,1,mm\nv8,1,mm\n`);
    const { result, rows } = await folder.publish(splitPipeline());
    const dropped = (table: string) =>
      result.receipts.find((one) => one.stage === 'release' && one.table === table)?.dropped;
    expect([dropped('visits'), dropped('readings')]).toEqual([{ orphan: 1 }, { orphan: 2 }]);
    expect((await rows('readings')).length).toBe(2);
  });

  it('that occur twice in the patients table stop the run, and none of them is shown', async () => {
    folder.put('patients.csv', `${PATIENTS}p2,,N,01/02/1990,2,AB1 2CE,H,T,E01000002\n`);
    expect(await folder.refusal(splitPipeline())).toBe(
      `exit 1: patients.csv:id: 1 patient key occurs more than once
    each patient has one row in a patients table: deliver the latest state only`,
    );
  });
});

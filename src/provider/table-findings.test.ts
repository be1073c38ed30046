import { afterEach, beforeEach, expect, test } from 'vitest';
import { BenchFolder } from '../run/test-rig/bench-folder.ts';
import { flatPipeline, NHS_NUMBERS } from '../run/test-rig/flat-source.ts';
import {
  PATIENTS_HEADER,
  READINGS_HEADER,
  splitPipeline,
  VISITS_HEADER,
} from '../run/test-rig/split-source.ts';

const [a, b, c] = NHS_NUMBERS;

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

test('counts each patient key once that occurs more than once, stopped or stored', async () => {
  const row = (key: string, number: string) => `${key},${number},N,01/02/1980,1,AB1 2CD,H,T,E01000001\n`;
  folder.put('register.csv', `nhs_number,type,event,date\n${a},type-1,registered,2020-01-01\n`);
  // of opted-out p1 three rows are stopped; p2 has a stopped row and two that are stored; p3 two stored; p4 one
  const rows = [
    row('p1', a).repeat(3),
    row('p2', a),
    row('p2', b).repeat(2),
    row('p3', c).repeat(2),
    row('p4', b),
  ];
  folder.put('patients.csv', PATIENTS_HEADER + rows.join(''));
  folder.put('visits.csv', `${VISITS_HEADER}p4,v1,05/01/2026,53741008,n\n`);
  folder.put('readings.csv', `${READINGS_HEADER}v1,1.5,mm\n`);
  expect(await folder.refusal(splitPipeline())).toMatch(
    /^exit 1: patients\.csv:id: 3 patient keys occur more than once\n/,
  );
});

test('warns where most NHS numbers are of the test range, and the run is no synthetic one', async () => {
  const warnings = async (numbers: readonly string[], synthetic: boolean) => {
    folder.put('stays.csv', `nhs,ward\n${numbers.map((number) => `${number},x\n`).join('')}`);
    const { said } = await folder.run({ ...flatPipeline(), synthetic });
    return said.filter((line) => line.includes('"warn"'));
  };
  expect(await warnings([a, b, '4505577104'], false)).toEqual([
    expect.stringContaining(
      'most NHS numbers in nhs are of the test range 900-999 and are not used: if they are meant, add synthetic: true to the pipeline file',
    ),
  ]);
  expect(await warnings([a, '4505577104', '4505577104'], false)).toEqual([]);
  expect(await warnings([a, b, c], true)).toEqual([]);
});

test('warns where a hospital records opt-outs, which are not read', async () => {
  const rows = [
    '827241000000103',
    '881561000000100',
    '881561000000100.0',
    '82724l000000103',
    ...Array(60).fill('44054006'),
  ];
  folder.put('stays.csv', `nhs,ward,concept\n${rows.map((code) => `${a},x,${code}\n`).join('')}`);
  const columns = { ward: { role: 'category' }, concept: { role: 'code', system: 'snomed' } };
  const { said } = await folder.run(flatPipeline({ columns, release: { ward: 'keep' } }));
  expect(said.filter((line) => line.includes('"warn"') && line.includes('opt-out'))).toEqual([
    expect.stringContaining(
      'concept: 4 cells of concept in stays are, or may be, opt-out codes, and opt-outs are read from GP tables only',
    ),
  ]);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  const rows = NHS_NUMBERS.map((nhs, index) => `${nhs},198${index}-05-06,ward ${index},2026-01-1${index},`);
  folder.put('stays.csv', `nhs,born,ward,admitted,spare\n${rows.join('\n')}\n`);
});
afterEach(() => folder.remove());

const map = (values: object, more: object = {}) => ({ rule: 'map', map: values, ...more });
const pipelineOf = (stays: object, persons: object = {}) => ({
  tallystick: 1,
  name: 'tiny',
  synthetic: true,
  keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
  sources: {
    acute: {
      setting: 'hospital',
      format: { date: '%Y-%m-%d' },
      tables: {
        stays: {
          files: 'stays.csv',
          date: 'admitted',
          columns: {
            nhs: { role: 'nhs-number' },
            born: { role: 'date-of-birth' },
            ward: { role: 'category' },
            admitted: { role: 'date' },
            spare: { role: 'category' },
          },
        },
      },
    },
  },
  optOuts: { register: { file: 'register.csv', asOf: '2026-04-01', allowEmpty: true } },
  release: { agreement: 'tiny-001', tables: { stays, persons } },
});
const warningsOf = async (stays: object, persons: object = {}) => {
  const { result, text } = await folder.publish(pipelineOf(stays, persons));
  const { receipts } = JSON.parse(text('operator/receipts.json'));
  expect(receipts.warnings).toEqual(result.warnings);
  return result.warnings.map(({ check, file, column, message }) => [check, file, column, message]);
};

it('a map that has no value of its source is a warning', async () => {
  expect(await warningsOf({ ward: map({ Ward: 'a', 'ward-1': 'b' }) })).toEqual([
    [
      'emptied-column',
      'stays.arrow',
      'ward',
      'is empty in every row under the rule “map to 2 categories”, and acute.stays.ward is not',
    ],
  ]);
});

it('an age on a day before anybody was born is a warning', async () => {
  const warnings = await warningsOf({ ward: 'keep' }, { age_band: { rule: 'age-band', at: '1950-01-01' } });
  expect(warnings).toEqual([
    ['emptied-column', 'persons.arrow', 'age_band', expect.stringContaining('acute.stays.born is not')],
  ]);
});

it.each<[string, object, object]>([
  ['a map that has one of the values', { ward: map({ 'ward 3': 'a' }) }, {}],
  ['a map with a word for all others', { ward: map({ Ward: 'a' }, { other: 'elsewhere' }) }, {}],
  ['a map of a column that is empty itself', { spare: map({ x: 'a' }) }, {}],
  ['a column that is empty and kept', { spare: 'keep', admitted: 'month' }, {}],
  ['ages of some', { ward: 'keep' }, { age_band: { rule: 'age-band', at: '1984-01-01' } }],
])('%s is none', async (_, stays, persons) => {
  expect(await warningsOf(stays, persons)).toEqual([]);
});

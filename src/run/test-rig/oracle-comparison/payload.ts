import type { Draw } from './draw.ts';
import { writeDate } from './people.ts';

/** The payload columns that a table of records may have, as a pipeline file declares them. */
export const PAYLOAD = {
  day: { role: 'date' },
  at: { role: 'timestamp' },
  concept: { role: 'code', system: 'snomed' },
  read: { role: 'code', system: 'read-v2' },
  icd: { role: 'code', system: 'icd-10' },
  kind: { role: 'category', missing: ['n/a'] },
  seen: { role: 'category' },
  org: { role: 'organisation' },
  n: { role: 'integer' },
  x: { role: 'decimal' },
  lsoa: { role: 'area' },
  eth: { role: 'ethnic-category' },
  died: { role: 'date-of-death' },
} as const;
export type PayloadName = keyof typeof PAYLOAD;
export const PAYLOAD_NAMES = Object.keys(PAYLOAD) as PayloadName[];

export const TIMESTAMP_FORMAT = '%Y-%m-%d %H:%M:%S';
/** Days on which things happened; the run date of the test runs is 2026-04-01. */
export const DAYS = ['2024-02-29', '2025-06-01', '2025-06-02', '2026-04-01', '2026-04-02', '1899-12-31'];
/** Registered and withdrawn, of both types, spelled as records spell them. */
const OPT_OUT_CONCEPTS = [
  '827241000000103',
  '827261000000102',
  '881561000000100',
  '881581000000109',
  '827241000000103.0',
  '881561000000100 | x |',
  '8.27261000000102E+14',
];
const OPT_OUT_READ_CODES = ['9Nu0', '9Nu0.', '9Nu1.', '9Nu4.', '9Nu4.00', '9Nu5', '9Nu500', '9nu0.', '9Nu01'];
/** Opt-out codes that are damaged, or where none is looked for: at a GP a run that meets one stops. */
const STRAY_CODES = ['9Nu0', '827241000000103', '9NUO.', '82724l000000103', '827241000000104', 'see XaZ89'];
/** Codes in the wrong case, which a pipeline file says are others. */
export const LOOK_ALIKES = ['9nu0.', 'c10..'];

/**
 * One payload cell.
 *
 * @param faults of a hundred cells, how many do not fit their role
 */
export function payloadCell(draw: Draw, name: PayloadName, dateFormat: string, faults: number): string {
  if (draw.chance(faults)) return draw.usually(95, oddCell(name), STRAY_CODES);
  if (draw.chance(15)) return draw.oneOf(['', ' ', '\u00a0']);
  switch (name) {
    case 'day':
    case 'died':
      return writeDate(draw.oneOf([...DAYS, '1800-01-01', '1900-01-01', '2037-07-07']), dateFormat);
    case 'at':
      return `${draw.oneOf(DAYS)} ${draw.oneOf(['00:00:00', '23:59:59'])}`;
    case 'concept':
      return draw.chance(30)
        ? draw.oneOf(OPT_OUT_CONCEPTS)
        : draw.oneOf(['44054006', '73211009', '44054006.0', '7.3211E+7']);
    case 'read':
      return draw.chance(30)
        ? draw.oneOf(OPT_OUT_READ_CODES)
        : draw.oneOf(['C10..', 'C10', 'H33..', 'H3300', 'c10..']);
    case 'icd':
      return draw.oneOf(['B20', 'B201', 'E119', 'b20', 'B20.1', 'B20X', 'E11.9']);
    case 'n':
      return draw.oneOf(['1', '-3', '+7', '007', '999999999999999', '-0', '5.0', '12.']);
    case 'x':
      return draw.oneOf([
        '0.5',
        '-0',
        '0',
        '1.',
        '.25',
        '36.60',
        '100000000000000.5',
        '0.30000000000000004',
        '1e-05',
        '1E+300',
      ]);
    default:
      return draw.oneOf(['A', 'B', 'a', 'Ab', ' A ', 'é', 'ﬀ', '😀', 'n/a', 'B;1|', "o'clock"]);
  }
}

/** A cell that does not fit its role, where there is such a thing. */
function oddCell(name: PayloadName): string {
  switch (name) {
    case 'day':
    case 'died':
      return '30/02/2024';
    case 'at':
      return '2025-06-01 24:00:00';
    case 'n':
      return '1.5';
    case 'x':
      return '1e999';
    default:
      return 'é'.repeat(33);
  }
}

/** Rules that fit a column, as a pipeline file writes them. */
export function drawRule(draw: Draw, name: PayloadName): unknown {
  switch (PAYLOAD[name].role) {
    case 'date':
    case 'date-of-death':
    case 'timestamp':
      return draw.oneOf(['keep', 'month', 'year', 'drop']);
    case 'integer':
    case 'decimal':
      return 'keep';
    default:
      return draw.oneOf([
        'keep',
        { rule: 'truncate', length: 1 },
        { rule: 'map', map: { A: 'first', B: 'second', é: 'first' } },
        { rule: 'map', map: { A: 'B', B20: 'x' }, other: 'rest' },
      ]);
  }
}

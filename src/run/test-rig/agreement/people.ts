import type { Draw } from './draw.ts';

/** Who somebody is; what a row says of them is another matter. */
export interface Somebody {
  readonly nhsNumber: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
  readonly sex: '1' | '2';
  /** without its space */
  readonly postcode: string;
}

/** Good check digits, one with a leading zero, two of the test range. */
export const NHS_NUMBERS = [
  '4010232137',
  '2983396339',
  '0607230002',
  '4505577104',
  '9434765919',
  '9990548609',
];
/** Few, so that strangers share them; one is a 1 January. */
const BIRTH_DATES = ['1980-05-17', '1980-01-01', '1934-11-30'];
const POSTCODES = ['LS14AP', 'M11AE', 'SW1A2AA'];

/** A handful of people, of whom some share a household, a birthday, or both and the sex as well. */
export function drawPeople(draw: Draw): Somebody[] {
  return NHS_NUMBERS.slice(0, draw.number(1, NHS_NUMBERS.length)).map((nhsNumber) => ({
    nhsNumber,
    birthDate: draw.oneOf(BIRTH_DATES),
    sex: draw.oneOf(['1', '2'] as const),
    postcode: draw.oneOf(POSTCODES),
  }));
}

/** An NHS number cell: as it should be, in another form, missing, or wrong. */
export function nhsNumberCell(draw: Draw, { nhsNumber }: Somebody): string {
  return draw.usually(60, nhsNumber, [
    '',
    '',
    '',
    nhsNumber.replace(/(...)(...)/, '$1 $2 '),
    nhsNumber.replace(/(...)(...)/, '$1-$2-'),
    ` ${nhsNumber}\u00a0`,
    nhsNumber.replace(/^0/, ''),
    draw.oneOf(NHS_NUMBERS),
    '4000000004',
    '0',
    '4010232138',
    'none',
  ]);
}

export function birthDateCell(draw: Draw, { birthDate }: Somebody, format: string): string {
  return draw.usually(85, writeDate(birthDate, format), [
    '',
    'unknown',
    writeDate(draw.oneOf(BIRTH_DATES), format),
    writeDate(`${birthDate.slice(0, 4)}-01-01`, format),
    writeDate('1900-01-01', format),
    writeDate('1894-12-31', format),
    writeDate('2031-01-01', format),
    writeDate('1980-02-30', format),
  ]);
}

export function sexCell(draw: Draw, { sex }: Somebody): string {
  return draw.usually(85, sex === '1' ? 'M' : 'F', [
    '',
    sex,
    sex === '1' ? 'F' : 'M',
    'U',
    '9',
    '0',
    '?',
    'm',
  ]);
}

export function postcodeCell(draw: Draw, { postcode }: Somebody): string {
  const outward = postcode.slice(0, -3);
  const inward = postcode.slice(-3);
  return draw.usually(70, postcode, [
    '',
    `${outward} ${inward}`,
    `${outward.padEnd(5)}${inward}`,
    `${outward}_${inward}`.toLowerCase(),
    postcode.replace('1', 'I'),
    draw.oneOf(POSTCODES),
    'ZZ99 3VZ',
    'Q1 1AA',
  ]);
}

/** YYYY-MM-DD in a declared format. */
export function writeDate(date: string, format: string): string {
  const [year, month, day] = date.split('-') as [string, string, string];
  return format.replace('%Y', year).replace('%m', month).replace('%d', day);
}

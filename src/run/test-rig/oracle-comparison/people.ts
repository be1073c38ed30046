import type { Draw } from './draw.ts';

/** Who somebody is; what a row says of them is another matter. */
export interface Somebody {
  readonly nhsNumber: string;
  /** YYYY-MM-DD */
  readonly birthDate: string;
  readonly sex: '1' | '2';
  /** without its space */
  readonly postcode: string;
  /** what they are called by the provider that most often sees them; another may call somebody else so */
  readonly localId: string;
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
/**
 * Few, so that strangers share them. One is a 1 January; the others are other days with day and month swapped. No two of
 * them agree, not even in part.
 */
export const BIRTH_DATES = ['1980-05-07', '1980-01-01', '1934-11-10', '1971-02-09'];
export const LOCAL_IDS = ['L1', 'L2', 'L3', 'L4'];
export const POSTCODES = ['LS14AP', 'M11AE', 'SW1A2AA'];

/** A handful of people, of whom some share a household, a birthday, or both and the sex as well: twins. */
export function drawPeople(draw: Draw): Somebody[] {
  const people: Somebody[] = [];
  for (const [index, nhsNumber] of NHS_NUMBERS.slice(0, draw.number(1, NHS_NUMBERS.length)).entries()) {
    const localId = LOCAL_IDS[index % LOCAL_IDS.length]!;
    const drawn = {
      nhsNumber,
      localId,
      birthDate: draw.oneOf(BIRTH_DATES),
      sex: draw.oneOf(['1', '2'] as const),
      postcode: draw.oneOf(POSTCODES),
    };
    const isTwin = people.length > 0 && draw.chance(15);
    people.push(isTwin ? { ...draw.oneOf(people), nhsNumber, localId } : drawn);
  }
  return people;
}

/** Whom a row is about: one of them, who now and then was entered under the number of another. */
export function drawMet(draw: Draw, people: readonly Somebody[]): Somebody {
  const somebody = draw.oneOf(people);
  return draw.chance(12) ? { ...somebody, nhsNumber: draw.oneOf(people).nhsNumber } : somebody;
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
  return draw.usually(80, writeDate(birthDate, format), [
    '',
    'unknown',
    writeDate(draw.oneOf(BIRTH_DATES), format),
    writeDate(misdated(draw, birthDate), format),
    writeDate(misdated(draw, birthDate), format),
    writeDate(misdated(draw, birthDate), format),
    writeDate('1900-01-01', format),
    writeDate('1894-12-31', format),
    writeDate('2031-01-01', format),
    writeDate('1980-02-30', format),
  ]);
}

/** A birth date with one part wrong, day and month swapped, or both unknown; two parts wrong are a near miss. */
export function misdated(draw: Draw, birthDate: string): string {
  const [year, month, day] = birthDate.split('-') as [string, string, string];
  return draw.oneOf([
    `${year}-${month}-21`,
    `${year}-08-${day}`,
    `1981-${month}-${day}`,
    `${year}-${day}-${month}`,
    `${year}-${day}-${month}`,
    `${year}-01-01`,
    `1981-${day}-${month}`,
    `${year}-08-21`,
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

export function localIdCell(draw: Draw, { localId }: Somebody): string {
  return draw.usually(75, localId, ['', ...LOCAL_IDS]);
}

/** YYYY-MM-DD in a declared format. */
export function writeDate(date: string, format: string): string {
  const [year, month, day] = date.split('-') as [string, string, string];
  return format.replace('%Y', year).replace('%m', month).replace('%d', day);
}

import { withVerhoeff } from '../../synth/verhoeff.ts';

/** Draws a whole number from 0 up to, but not including, `below`. */
export type Draw = (below: number) => number;

/** A kind of text that is no identifier: a real code system, or a kind of id found in columns. */
export interface CodeFamily {
  readonly name: string;
  readonly example: string;
  /** the code system that a column of them may be declared as */
  readonly system: string | null;
  readonly draw: (draw: Draw) => string;
}

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BASE_36 = DIGITS + CAPITALS;
const BASE_62 = BASE_36 + CAPITALS.toLowerCase();
const HEX = '0123456789abcdef';
/** Namespaces of the UK's long SNOMED CT identifiers: the edition, drugs, and three others of the extension's. */
const NAMESPACES = ['1000000', '1000001', '1000004', '1000033', '1000119'];

const pick = <T>(draw: Draw, from: ArrayLike<T>): T => from[draw(from.length)]!;
const text = (draw: Draw, length: number, from: string) =>
  Array.from({ length }, () => pick(draw, from)).join('');
const digits = (draw: Draw, length: number) => text(draw, length, DIGITS);
const number = (draw: Draw, length: number) => String(1 + draw(9)) + digits(draw, length - 1);
const two = (value: number) => String(value).padStart(2, '0');
const snomed = (draw: Draw, length: number) => withVerhoeff(`${number(draw, length - 3)}00`);
const longSnomed = (draw: Draw, namespaces: readonly string[]) =>
  withVerhoeff(`${number(draw, 4 + draw(4))}${pick(draw, namespaces)}10`);
const read = (draw: Draw) => {
  const depth = 2 + draw(4);
  const stem = pick(draw, BASE_36) + text(draw, depth - 1, `${DIGITS}${DIGITS}${DIGITS}${BASE_62}zzyy`);
  return stem.padEnd(5, '.');
};
const day = (draw: Draw) => `20${two(10 + draw(17))}-${two(1 + draw(12))}-${two(1 + draw(28))}`;
const time = (draw: Draw) => `${two(draw(24))}:${two(draw(60))}:${two(draw(60))}`;
const hex32 = (draw: Draw) => text(draw, 32, HEX);
const uuid = (draw: Draw) => hex32(draw).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export const CODE_FAMILIES: readonly CodeFamily[] = [
  family('SNOMED CT, 6 to 9 digits', 'snomed', (draw) => snomed(draw, 6 + draw(4))),
  family('SNOMED CT, 10 digits', 'snomed', (draw) => snomed(draw, 10)),
  family('SNOMED CT, with namespace', 'snomed', (draw) => longSnomed(draw, NAMESPACES)),
  family('SNOMED CT, 6 to 9 digits, not declared', null, (draw) => snomed(draw, 6 + draw(4))),
  family('SNOMED CT, with namespace, not declared', null, (draw) => longSnomed(draw, NAMESPACES)),
  family('SNOMED CT with its term', null, (draw) => `${longSnomed(draw, NAMESPACES)} |Seen by nurse|`),
  family('dm+d, not declared', null, (draw) =>
    draw(2) === 0 ? snomed(draw, 8 + draw(2)) : longSnomed(draw, ['1000001']),
  ),
  family('Read v2', 'read-v2', read),
  family('CTV3', 'ctv3', (draw) => (draw(3) === 0 ? read(draw) : `X${text(draw, 4, BASE_62)}`)),
  family('ICD-10', 'icd-10', (draw) => `${pick(draw, CAPITALS)}${digits(draw, 2)}${draw(10)}`),
  family(
    'ICD-10 with its dot, not declared',
    null,
    (draw) => `${pick(draw, CAPITALS)}${digits(draw, 2)}.${draw(10)}`,
  ),
  family('OPCS-4', 'opcs-4', (draw) => `${pick(draw, CAPITALS)}${digits(draw, 2)}${draw(10)}`),
  family('OPCS-4, not declared', null, (draw) => `${pick(draw, CAPITALS)}${digits(draw, 2)}${draw(10)}`),
  family('HRG', null, (draw) => `${text(draw, 2, CAPITALS)}${digits(draw, 2)}${pick(draw, 'ABCDEFGHZ')}`),
  family(
    'BNF',
    null,
    (draw) => `${two(1 + draw(15))}${digits(draw, 5)}${pick(draw, CAPITALS)}0A${text(draw, 5, CAPITALS)}`,
  ),
  family('LOINC', null, (draw) => `${number(draw, 2 + draw(4))}-${draw(10)}`),
  family('ODS: practices', null, (draw) => `${pick(draw, CAPITALS)}8${digits(draw, 4)}`),
  family(
    'ODS: trusts and sites',
    null,
    (draw) => `R${pick(draw, CAPITALS)}${pick(draw, BASE_36)}${draw(2) === 0 ? text(draw, 2, BASE_36) : ''}`,
  ),
  family(
    'ODS: newer',
    null,
    (draw) => `${pick(draw, CAPITALS)}${draw(10)}${pick(draw, CAPITALS)}${draw(10)}${pick(draw, CAPITALS)}`,
  ),
  family('clinicians', null, (draw) => `${pick(draw, 'CDGN')}${number(draw, 7)}`),
  family('LSOA and MSOA', null, (draw) => `${pick(draw, 'EW')}0${1 + draw(2)}${digits(draw, 6)}`),
  family('areas of Scotland and Northern Ireland', null, (draw) =>
    draw(2) === 0
      ? `S0${1 + draw(2)}${digits(draw, 6)}`
      : `95${text(draw, 2, CAPITALS)}${digits(draw, 2)}${pick(draw, 'SW')}${1 + draw(2)}`,
  ),
  family('UUID', null, uuid),
  family('GUID in braces', null, (draw) => `{${uuid(draw).toUpperCase()}}`),
  family('hexadecimal, 16 digits', null, (draw) => text(draw, 16, HEX)),
  family('hexadecimal, 32 digits', null, hex32),
  family('hexadecimal, 64 digits', null, (draw) => hex32(draw) + hex32(draw)),
  family('base64 of 16 bytes', null, (draw) => `${text(draw, 22, `${BASE_62}+/`)}==`),
  family('ISO time stamps', null, (draw) => `${day(draw)}T${time(draw)}.${digits(draw, 3)}Z`),
  family('time stamps run together', null, (draw) => `${day(draw)}${time(draw)}`.replaceAll(/[-:]/g, '')),
  family(
    'dates and times of a spreadsheet',
    null,
    (draw) => `${1 + draw(28)}/${1 + draw(12)}/2026 ${time(draw).slice(0, 5)}`,
  ),
  family('booking references (12 digits)', null, (draw) => digits(draw, 12)),
  family(
    'booking references (4-4-4)',
    null,
    (draw) => `${digits(draw, 4)} ${digits(draw, 4)} ${digits(draw, 4)}`,
  ),
  family(
    'pathways (20 characters)',
    null,
    (draw) => `R${pick(draw, CAPITALS)}${draw(10)}${digits(draw, 9).padStart(17, '0')}`,
  ),
  family('episodes (11 to 13 digits)', null, (draw) => number(draw, 11 + draw(3))),
  family('local ids: a letter and 7 digits', null, (draw) => `${pick(draw, CAPITALS)}${digits(draw, 7)}`),
  family('local ids: 9 digits', null, (draw) => number(draw, 9)),
  family('telephone numbers', null, (draw) => `0${number(draw, 3)} ${digits(draw, 3)} ${digits(draw, 4)}`),
  family('decimals as text', null, (draw) => `${draw(1_000)}.${digits(draw, 1 + draw(3))}`),
  family('blood pressures', null, (draw) => `${90 + draw(100)}/${50 + draw(60)}`),
  family('map references', null, (draw) => `5${draw(10)}.${digits(draw, 5)}, -${draw(6)}.${digits(draw, 5)}`),
  family('local ids: a letter and 10 digits', null, (draw) => `${pick(draw, CAPITALS)}${digits(draw, 10)}`),
  family('local ids: 10 digits', null, (draw) => number(draw, 10)),
  family('local ids: 8 letters and digits', null, (draw) => text(draw, 8, BASE_36)),
];

function family(name: string, system: string | null, make: (draw: Draw) => string): CodeFamily {
  return { name, example: make(drawFrom(1)), system, draw: make };
}

/** Mulberry32: the same numbers for the same seed. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

import type { CodeSystem } from '../role.ts';

type Spell = (code: string) => string;

/** What exports, spreadsheets and people make of any code. */
const WRAPPED: readonly Spell[] = [
  (code) => ` ${code}\u00a0`,
  (code) => `"${code}"`,
  (code) => `'${code}`,
  (code) => `\u2018${code}\u2019`,
  (code) => `="${code}"`,
  (code) => `=${code}`,
  (code) => `${code} | a term |`,
  (code) => `${code}|a term`,
  (code) => `|${code}|`,
  (code) => `\ufeff${code}\u200b`,
  (code) =>
    [...code]
      .map((one) => (/[0-9A-Za-z]/.test(one) ? String.fromCharCode(one.charCodeAt(0) + 0xfee0) : one))
      .join(''),
];

const grouped = (code: string, separator: string) => code.replaceAll(/\B(?=(?:[0-9]{3})+$)/g, separator);

/** A SNOMED CT code of six digits or more, written otherwise with every digit kept. */
export const SNOMED_SPELLINGS: readonly Spell[] = [
  ...WRAPPED,
  (code) => `${code}.0`,
  (code) => `${code}.`,
  (code) => `${code}.00`,
  (code) => `${code},0`,
  (code) => `00${code}`,
  (code) => `+${code}`,
  (code) => `${code[0]}.${code.slice(1)}E+${code.length - 1}`,
  (code) => `${code[0]}.${code.slice(1)}e${code.length - 1}`,
  (code) => grouped(code, ','),
  (code) => grouped(code, ' '),
  (code) => grouped(code, "'"),
  (code) => grouped(code, '\u202f'),
  (code) => `${grouped(code, ',')}.00`,
];

/** A Read code of four characters or five, without its dots. */
const READ_SPELLINGS: readonly Spell[] = [
  ...WRAPPED,
  (code) => code,
  (code) => code.padEnd(5, '.'),
  (code) => `${code.padEnd(5, '.')}00`,
  (code) => `${code.padEnd(5, '.')}1A`,
  (code) => `${code}00`,
  (code) => `"${code.padEnd(5, '.')}00"`,
];

export const SPELLINGS = {
  snomed: SNOMED_SPELLINGS,
  'read-v2': READ_SPELLINGS,
  ctv3: READ_SPELLINGS,
} as const satisfies Partial<Record<CodeSystem, readonly Spell[]>>;

/** A code that has lost something, or has something around it: nobody can read it, and it may be the code. */
export const SNOMED_DISGUISES: readonly Spell[] = [
  (code) => Number(code).toExponential(5).replace('e', 'E'),
  (code) => Number(code).toExponential(2),
  (code) => Number(code).toExponential(5).replace('.', ','),
  (code) => Number(code).toPrecision(6).replace('e', 'E'),
  (code) => `${code.slice(0, 6)}${'0'.repeat(code.length - 6)}`,
  (code) => `dissent ${code}`,
  (code) => `${code} dissent`,
  (code) => `SCTID:${code}`,
  (code) => `http://snomed.info/id/${code}`,
  (code) => `[${code}]`,
  (code) => code.replace(/^(...)(...)/, '$1-$2-'),
  (code) => `-${code}`,
  (code) => `${code}/1`,
];

export const READ_DISGUISES: readonly Spell[] = [
  (code) => code.toLowerCase(),
  (code) => code.toUpperCase(),
  (code) => `${code.toUpperCase().padEnd(5, '.')}00`,
  (code) => `dissent ${code}`,
  (code) => `${code}. dissent`,
  (code) => `[${code}.]`,
  (code) => `(${code})`,
  (code) => `${code}-00`,
  (code) => `${code} 00`,
  (code) => `v2.${code}`,
  (code) => `-${code}`,
  (code) => `/${code}`,
];

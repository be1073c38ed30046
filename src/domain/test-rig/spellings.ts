import type { CodeSystem } from '../role.ts';

type Spell = (code: string) => string;

/** Where the digits of some scripts begin: Arabic, Persian, Devanagari, Bengali, Thai, mathematical bold and monospace. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1d7ce, 0x1d7f6];
const inScript = (zero: number) => (code: string) =>
  code.replaceAll(/[0-9]/g, (digit) => String.fromCodePoint(zero + Number(digit)));

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
  ...ZEROS.map(inScript),
];

const grouped = (code: string, separator: string) => code.replaceAll(/\B(?=(?:[0-9]{3})+$)/g, separator);

/** Other spellings of a SNOMED CT code of at least six digits that keep every digit. */
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
  (code) => `${code[0]}.${code.slice(1)}E+0${code.length - 1}`,
  (code) => `${code[0]},${code.slice(1)}e00${code.length - 1}`,
  (code) => `${code[0]}.${code.slice(1)} x 10^${code.length - 1}`,
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

/** A code that has lost characters or has other text around it: it cannot be read and may be the code. */
export const SNOMED_DISGUISES: readonly Spell[] = [
  (code) => Number(code).toExponential(5).replace('e', 'E'),
  (code) => Number(code).toExponential(2),
  (code) => Number(code).toExponential(5).replace('.', ','),
  (code) => Number(code).toPrecision(6).replace('e', 'E'),
  (code) => Number(code).toExponential(5).replace('e+', 'E+0'),
  (code) => Number(code).toExponential(5).replace('e+', 'E0'),
  (code) => Number(code).toExponential(5).replace('e+', 'e+00'),
  (code) => Number(code).toExponential(5).replace('e+', 'D+'),
  (code) => Number(code).toExponential(5).replace('e+', ' E+'),
  (code) => Number(code).toExponential(5).replace('e+', 'x10^'),
  (code) => Number(code).toExponential(5).replace('e+', '\u00d710'),
  (code) => inScript(0x660)(Number(code).toExponential(5)),
  (code) => `44054006${code}`,
  (code) => `${code}44054006`,
  (code) => `44054006${code}73211009`,
  (code) => `2${code}`,
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

/** The results of one slip in typing, scanning or cutting a SNOMED CT identifier of at least 13 digits. */
export const SNOMED_DAMAGES: readonly Spell[] = [
  (code) => code.replaceAll('0', 'O'),
  (code) => code.replaceAll('0', 'o').replaceAll('1', 'l'),
  (code) => code.replaceAll('1', 'I'),
  (code) => code.replace('0', 'O'),
  (code) => code.replaceAll('8', 'B'),
  (code) => code.replaceAll('0', '\u041e'),
  (code) => code.replaceAll('0', '\u03bf'),
  (code) => code.replace(/.$/, (digit) => String((Number(digit) + 5) % 10)),
  (code) => code.replace(/^(..)./, '$1?'),
  (code) => code.replace(/^(...)(.)(.)/, '$1$3$2'),
  (code) => code.slice(0, -1),
  (code) => code.slice(0, -2),
  (code) => code.slice(1),
  (code) => `${code.slice(0, 2)}${code.slice(3)}`,
  (code) => `${code[0]}${code}`,
  (code) => code.replace(/(.)$/, '$1$1'),
  (code) => `${code.slice(0, 6)}5${code.slice(6)}`,
  (code) => `SCT:${code.replaceAll('0', 'O')}`,
  (code) => `SCTID ${code.slice(0, -1)}`,
  (code) => `http://snomed.info/id/${code.replace(/^(...)./, '$1')}`,
  (code) => `dissent (${code.replace(/^(....)(.)(.)/, '$1$3$2')})`,
  (code) => inScript(0x6f0)(`${code[0]}${code}`),
];

/** Forms of a Read code after handwriting, a database or another keyboard layout. */
export const READ_DAMAGES: readonly Spell[] = [
  (code) => code.replaceAll('0', 'O').toUpperCase(),
  (code) => code.replaceAll('0', 'o'),
  (code) => code.replaceAll('1', 'I'),
  (code) => code.replaceAll('1', 'l'),
  (code) => code.replaceAll('N', '\u039d').replaceAll('X', '\u0425'),
  (code) => code.replaceAll('u', '\u03c5').replaceAll('a', '\u0430'),
];

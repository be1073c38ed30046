/**
 * The codes that record an opt-out in a GP record. Data with a version. A pipeline file can add to it and
 * correct it: domain reference, section 4.
 */
import { canonicalCode, codeKey } from './clinical-code.ts';
import {
  damagedNumbers,
  isDamagedIdentifier,
  isReadLike,
  latinLetters,
  longRuns,
  MOST_CUT,
  runsTogether,
} from './damaged-code.ts';
import { keysMentioned, mayBeRounded, mayRoundTo, numberIn, wordsIn } from './mentioned-code.ts';
import type { OptOutKind, OptOutType } from './opt-out.ts';
import type { CodeSystem } from './role.ts';
import { isIssuedConcept } from './snomed-identifier.ts';
import { plainCharacters } from './written-code.ts';

/** The systems in which opt-outs are coded. */
export const OPT_OUT_SYSTEMS = ['snomed', 'read-v2', 'ctv3'] as const;
export type OptOutCodeSystem = (typeof OPT_OUT_SYSTEMS)[number];

export interface OptOutCode {
  readonly type: OptOutType;
  readonly kind: OptOutKind;
  readonly system: OptOutCodeSystem;
  /** without trailing dots; case-sensitive */
  readonly code: string;
  /** false where no public source was found to confirm the code */
  readonly confirmed: boolean;
}

export interface OptOutCodeTable {
  /** written to the manifest, so that a reader knows which table was used */
  readonly version: string;
  readonly codes: readonly OptOutCode[];
  readonly lookAlikes: readonly LookAlike[];
}

/**
 * A code that is written like an opt-out code and is another; whoever declares it gives a reason. It applies to columns of its
 * system, and to columns of systems in which no opt-out is coded.
 */
export interface LookAlike {
  readonly system: OptOutCodeSystem;
  readonly code: string;
}

/** The national opt-out has no code here: it is checked through lists. */
export const OPT_OUT_CODES: OptOutCodeTable = {
  version: 'opt-out-codes/1',
  codes: [
    { type: 'type-1', kind: 'registered', system: 'read-v2', code: '9Nu0', confirmed: true },
    { type: 'type-1', kind: 'registered', system: 'ctv3', code: 'XaZ89', confirmed: true },
    { type: 'type-1', kind: 'registered', system: 'snomed', code: '827241000000103', confirmed: true },
    { type: 'type-1', kind: 'withdrawn', system: 'read-v2', code: '9Nu1', confirmed: false },
    { type: 'type-1', kind: 'withdrawn', system: 'ctv3', code: 'XaZ8A', confirmed: false },
    { type: 'type-1', kind: 'withdrawn', system: 'snomed', code: '827261000000102', confirmed: false },
    { type: 'type-2', kind: 'registered', system: 'read-v2', code: '9Nu4', confirmed: true },
    { type: 'type-2', kind: 'registered', system: 'ctv3', code: 'XaaVL', confirmed: true },
    { type: 'type-2', kind: 'registered', system: 'snomed', code: '881561000000100', confirmed: true },
    { type: 'type-2', kind: 'withdrawn', system: 'read-v2', code: '9Nu5', confirmed: true },
    { type: 'type-2', kind: 'withdrawn', system: 'ctv3', code: 'XaaVM', confirmed: true },
    { type: 'type-2', kind: 'withdrawn', system: 'snomed', code: '881581000000109', confirmed: false },
  ],
  lookAlikes: [],
};

/** A code that a pipeline file declares. */
export type OptOutCodeOverride = Omit<OptOutCode, 'confirmed'>;

/**
 * The table together with the codes of a pipeline file. A declared code counts as confirmed. It replaces any entry for the
 * same code, and unconfirmed entries for the same event in the same system; confirmed entries for that event stay, so that
 * adding a code never loses one.
 */
export function optOutCodes(
  overrides: readonly OptOutCodeOverride[],
  lookAlikes: readonly LookAlike[] = [],
  table: OptOutCodeTable = OPT_OUT_CODES,
): OptOutCodeTable {
  if (overrides.length + lookAlikes.length === 0) return table;
  const declared = overrides.map((override) => ({
    ...override,
    code: plainCode(override.system, override.code),
    confirmed: true,
  }));
  const isReplaced = (entry: OptOutCode) =>
    declared.some(
      ({ system, type, kind, code }) =>
        system === entry.system &&
        (code === entry.code || (!entry.confirmed && type === entry.type && kind === entry.kind)),
    );
  return {
    version: `${table.version}+declared`,
    codes: [...table.codes.filter((entry) => !isReplaced(entry)), ...declared],
    lookAlikes,
  };
}

/**
 * The opt-out event that a code records; null where it records none. Codes are compared in their canonical form
 * (`clinical-code.ts`); a supplier's own code, which has none, is compared by its text.
 */
export function classifyOptOutCode(
  system: OptOutCodeSystem,
  code: string,
  table: OptOutCodeTable = OPT_OUT_CODES,
): OptOutCode | null {
  const plain = plainCode(system, code);
  return table.codes.find((entry) => entry.system === system && entry.code === plain) ?? null;
}

/** What a cell of a code column means for opt-outs. */
export type OptOutReading = OptOutCode | 'none' | 'unclear';

/**
 * Reads a cell for an opt-out. It is `unclear` where it may be an opt-out code and cannot be read as one: in another case,
 * with other text around it, rounded by a spreadsheet, in a column of another system, or damaged in one position so that it
 * is no code any more (`damaged-code.ts`). Then the decision of the patient cannot be known.
 *
 * @param system the column's; in columns of systems without opt-out codes, any opt-out code is unclear. A text of no
 *   system, such as a category, is read as a local code
 */
export function readOptOutCell(
  system: CodeSystem,
  text: string,
  table: OptOutCodeTable = OPT_OUT_CODES,
): OptOutReading {
  const canonical = canonicalCode(system, text);
  if (isOptOutSystem(system)) {
    const event = classifyOptOutCode(system, text, table);
    if (event !== null) return event;
    if (isLookAlike(system, text, table)) return 'none';
    if (system === 'snomed' && canonical !== null && isIssuedConcept(canonical) && !isRoundNumber(canonical))
      return 'none';
  } else if (OPT_OUT_SYSTEMS.some((one) => classifyOptOutCode(one, text, table) !== null)) return 'unclear';
  else if (OPT_OUT_SYSTEMS.some((one) => isLookAlike(one, text, table))) return 'none';
  if (canonical === text && system !== 'snomed' && system !== 'local') {
    // nearly every cell: a plain code can only be a Read code in the wrong column or case
    const bare = canonical.replace(/\.+$/, '');
    return table.codes.some(({ code }) => isReadLike(bare, code)) ? 'unclear' : 'none';
  }
  if (isDamaged(system, text, table)) return 'unclear';
  return resemblesAny(latinLetters(plainCharacters(text)), table.codes) ? 'unclear' : 'none';
}

/** True of a code of this system that the pipeline file declares as a look-alike. */
function isLookAlike(system: OptOutCodeSystem, text: string, { lookAlikes }: OptOutCodeTable): boolean {
  const key = codeKey(system, text);
  return lookAlikes.some((one) => one.system === system && codeKey(system, one.code) === key);
}

/**
 * Digits of the identifiers of an extension, at least. A shorter one that somebody declared is a number like others in a
 * column of other things: damaged, or within a longer number, it is looked for in columns of SNOMED CT alone.
 */
export const LONG_IDENTIFIER = 11;

function isDamaged(system: CodeSystem, text: string, { codes }: OptOutCodeTable): boolean {
  const identifiers = codes.filter(
    (one) => one.system === 'snomed' && (system === 'snomed' || one.code.length >= LONG_IDENTIFIER),
  );
  const shortest = Math.min(...identifiers.map(({ code }) => code.length));
  if (text.length < shortest - MOST_CUT) return false;
  const numbers = damagedNumbers(text);
  return identifiers.some(({ code }) => numbers.some((number) => isDamagedIdentifier(number, code)));
}

/**
 * True of a long identifier that ends in zeros: it is the result of rounding, though one in ten has a correct check digit by
 * chance. Long identifiers belong to extensions, and have a 1 in the third position from their end.
 */
function isRoundNumber(digits: string): boolean {
  return digits.length >= 11 && digits.endsWith('000');
}

export function isOptOutSystem(system: CodeSystem | null): system is OptOutCodeSystem {
  return OPT_OUT_SYSTEMS.some((one) => one === system);
}

/**
 * True of a text that contains one of the codes as a separate word, in any case and with look-alike letters for its digits, or
 * that may be a rounded form of one. What depends on the text alone is worked out once for all codes of a system.
 */
function resemblesAny(plain: string, codes: readonly OptOutCode[]): boolean {
  const text = plainCharacters(plain);
  return OPT_OUT_SYSTEMS.some((system) => {
    const own = codes.filter((one) => one.system === system);
    const keys = keysMentioned(system, text);
    if (own.some(({ code }) => keys.includes(codeKey(system, code)))) return true;
    if (system !== 'snomed') {
      // a supplier's own code may have characters that end a word
      const words = [plain, ...wordsIn(plain)];
      const written = [...words, ...words.map((word) => plainCode(system, word))];
      return own.some(({ code }) => written.some((word) => isReadLike(word, code)));
    }
    const number = numberIn(text);
    const runs = longRuns(plain);
    return own.some(
      ({ code }) =>
        (number !== null && mayRoundTo(codeKey(system, code), number)) ||
        (code.length >= LONG_IDENTIFIER && runs.some((run) => runsTogether(run, code))),
    );
  });
}

/**
 * The opt-out codes as most systems write them: Read codes with their dots and without. What a key is compared with, which
 * is in a column of its own: of millions of distinct keys no other rule can be asked.
 */
export function plainOptOutCodes({ codes, lookAlikes }: OptOutCodeTable): readonly string[] {
  const forms = codes.flatMap(({ system, code }) =>
    system === 'snomed' ? [code] : [code, code.padEnd(5, '.')],
  );
  const declared = new Set(lookAlikes.map(({ code }) => code));
  return [...new Set(forms)].filter((form) => !declared.has(form));
}

/**
 * True of a text that may hold an opt-out code, in any cell of a record that cannot be parsed: in any case, run
 * together with its neighbours, with separators, rounded or damaged.
 */
export function mayHoldOptOutCode(text: string, table: OptOutCodeTable = OPT_OUT_CODES): boolean {
  const plain = latinLetters(plainCharacters(text));
  const folded = plain.toLowerCase();
  const together = folded.replaceAll(/[^0-9a-z^_]/g, '');
  const cells = plain.split(/[^0-9A-Za-z.,+]+/);
  const isCode = (cell: string) => OPT_OUT_SYSTEMS.some((one) => readOptOutCell(one, cell, table) !== 'none');
  if (cells.some(isCode)) return true;
  return table.codes.some((entry) => {
    const sought = entry.code.toLowerCase();
    if (folded.includes(sought)) return true;
    if (entry.system !== 'snomed') return false;
    return together.includes(sought) || cells.some((cell) => mayBeRounded(cell, entry.code));
  });
}

/** A code by its key, without the dots that pad Read codes to five characters. */
function plainCode(system: OptOutCodeSystem, code: string): string {
  const key = codeKey(system, code);
  return system === 'snomed' ? key : key.replace(/\.+$/, '');
}

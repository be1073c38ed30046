/**
 * The codes that record an opt-out in a GP record. Data, with a version, that a pipeline file can add to and
 * correct: domain reference, section 4.
 */
import type { OptOutKind, OptOutType } from './opt-out.ts';

export type OptOutCodeSystem = 'read-v2' | 'ctv3' | 'snomed';

export interface OptOutCode {
  readonly type: OptOutType;
  readonly kind: OptOutKind;
  readonly system: OptOutCodeSystem;
  /** without a trailing dot; case matters */
  readonly code: string;
  /** false where no public source was found to confirm the code */
  readonly confirmed: boolean;
}

export interface OptOutCodeTable {
  /** goes into the manifest: which table decided */
  readonly version: string;
  readonly codes: readonly OptOutCode[];
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
};

/** A code that a pipeline file declares. */
export type OptOutCodeOverride = Omit<OptOutCode, 'confirmed'>;

/**
 * The table with a pipeline file's codes in it. A declared code is confirmed by whoever declared it. It
 * takes the place of any entry for the same code, and of unconfirmed entries for the same event in the same
 * system; confirmed entries for that event stay, so that adding a code never loses one.
 */
export function optOutCodes(
  overrides: readonly OptOutCodeOverride[],
  table: OptOutCodeTable = OPT_OUT_CODES,
): OptOutCodeTable {
  if (overrides.length === 0) return table;
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
  };
}

/**
 * The opt-out event that a code stands for; null where it stands for none.
 * Codes are matched by exact case; a Read code (v2 or CTV3) with or without one trailing dot.
 */
export function classifyOptOutCode(
  system: OptOutCodeSystem,
  code: string,
  table: OptOutCodeTable = OPT_OUT_CODES,
): OptOutCode | null {
  const plain = plainCode(system, code);
  return table.codes.find((entry) => entry.system === system && entry.code === plain) ?? null;
}

/**
 * A code without the dot that pads Read codes to five characters, and without the two characters that some systems put
 * behind the five of a Read v2 code to say which of its terms was chosen (`9Nu0.00`): the term does not change the code.
 */
function plainCode(system: OptOutCodeSystem, code: string): string {
  if (system === 'snomed') return code;
  const five = system === 'read-v2' && code.length === 7 ? code.slice(0, 5) : code;
  return five.replace(/\.$/, '');
}

import { createHmac, hkdfSync } from 'node:crypto';
import { type ReasonName, reasonsInOrder } from '../../../domain/held-reason.ts';
import type { Postcode } from '../../../domain/postcode.ts';
import { KeyRing } from '../../../keys/key-ring.ts';
import type { TableSpec } from '../../../pipeline/pipeline.ts';
import { kindsOf, type TokenPlan } from '../../../store/token-plan.ts';
import type { TokenWords } from '../../../store/token-text.ts';
import type { BusyPostcodes } from '../busy-postcodes.ts';
import { type GpStops, noStops } from '../gp-stops.ts';
import type { KnownBirths } from '../known-births.ts';
import { TableTokeniser } from '../table-tokeniser.ts';
import { wordsAt } from '../token-column.ts';
import { TokenKernel } from '../token-kernel.ts';
import { Witnesses } from '../witnesses.ts';

/** The key of these tests. */
const MASTER = Uint8Array.from({ length: 32 }, (_, byte) => byte * 3);

/** The token of a text as node:crypto makes it, in hexadecimal. */
export function oracle(kind: string, text: string): string {
  const key = Buffer.from(hkdfSync('sha256', MASTER, '', `tallystick/v1/token/${kind}`, 32));
  return createHmac('sha256', key).update(text, 'utf8').digest().subarray(0, 16).toString('hex');
}

/** A table without columns. */
export const spec = (kind: TableSpec['kind'], setting: TableSpec['setting'] = 'gp'): TableSpec => ({
  source: 'gp',
  setting,
  name: 'rows',
  kind,
  files: [],
  format: { delimiter: ',', quote: '"', encoding: 'utf-8' },
  allowEmpty: false,
  columns: [],
  date: null,
});
/** Rows that name a patient by key. */
export const KEYED: TokenPlan = {
  table: spec('records'),
  subject: { by: 'patient-key', key: { kind: 'patient-key/gp', columns: ['id'] } },
  hasDemographics: false,
  linking: { comparedFields: [], hasLocalIds: false, hasIgnoredPostcodes: false },
  local: null,
  record: null,
  parent: null,
};
/** Rows that carry their own identifiers. */
export const FLAT: TokenPlan = {
  ...KEYED,
  subject: { by: 'demographics' },
  hasDemographics: true,
  local: { kind: 'local-patient-id', columns: ['provider', 'local'] },
};

/** The tokeniser of a plan. */
export function tokeniser(
  plan: TokenPlan,
  stops: GpStops | null = null,
  ignoredPostcodes: ReadonlySet<Postcode> = new Set(),
  births: KnownBirths | null = null,
  busyPostcodes: BusyPostcodes | null = null,
  witnesses = new Witnesses(),
): TableTokeniser {
  const kernel = new TokenKernel(new KeyRing(MASTER), kindsOf([plan]));
  return new TableTokeniser(plan, kernel, {
    stops,
    superseded: new Map(),
    ignoredPostcodes,
    births,
    busyPostcodes,
    witnesses,
    unnumbered: nobodyStops().unnumbered,
  });
}

/** The tokens of this name of the rows that were tokenised last, as hexadecimal text; null where a row has none. */
export function tokens(of: TableTokeniser, name: string, rows: number): (string | null)[] {
  const column = of.tokens.get(name)!;
  return Array.from({ length: rows }, (_, row) =>
    hasBit(column.validity, row) ? wordsAsHex(wordsAt(column, row)) : null,
  );
}

/** Whether a row has its bit set, a bit a row. */
export function hasBit(bits: Uint8Array, row: number): boolean {
  return (bits[row >> 3]! & (1 << (row & 7))) !== 0;
}

/** Little-endian words as the hexadecimal text of their bytes. */
export function wordsAsHex(words: readonly number[]): string {
  return Buffer.from(Uint32Array.from(words).buffer).toString('hex');
}

/** What stops nobody, in a pipeline without declared types. */
export function nobodyStops(): GpStops {
  return noStops(reasonsInOrder([], []));
}

/** Notes that the rows of a key are held. @param token of the key, as hexadecimal text */
export function holdKey({ keys, sets }: GpStops, token: string, reason: ReasonName): void {
  keys.addBits(...wordsOfHex(token), sets.maskOf(reason));
}

/** The words of a token. */
function wordsOfHex(token: string): TokenWords {
  const words = new Uint32Array(Uint8Array.from(Buffer.from(token, 'hex')).buffer);
  return [words[0]!, words[1]!, words[2]!, words[3]!];
}

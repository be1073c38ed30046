import { OUTCOMES } from '../../../domain/standardised.ts';
import type { TokenPlan } from '../../../store/token-plan.ts';
import {
  type DemographicRole,
  type Demographics,
  INLINE_BYTES,
  type RowVector,
  TEXT_WORDS,
  type TextColumn,
} from '../../extract/row-vector.ts';

/** A row as a test writes it. An identifier or a key that is left out is missing. */
export interface MadeRow {
  /** a code of `RowVector.faults` */
  readonly fault?: number;
  readonly nhs?: bigint;
  /** yyyymmdd */
  readonly dob?: number;
  readonly sex?: number;
  readonly postcode?: string;
  /** by name of their column */
  readonly keys?: Readonly<Record<string, string>>;
}

const ROLES: readonly DemographicRole[] = ['nhs-number', 'date-of-birth', 'sex', 'postcode'];

/** Made-up rows of a plan, as the readers of the columns hand them on. Every outcome is `valid`. */
export function rowVector(plan: TokenPlan, rows: readonly MadeRow[]): RowVector {
  const outcomes = new Uint8Array(rows.length).fill(OUTCOMES.valid.code);
  return {
    rows: rows.length,
    faults: Int16Array.from(rows, ({ fault }) => fault ?? 0),
    demographics: plan.hasDemographics ? demographicsOf(rows) : null,
    outcomes: new Map(plan.hasDemographics ? ROLES.map((role) => [role, outcomes]) : []),
    keys: (column) => textColumn(rows.map(({ keys }) => keys?.[column] ?? '')),
  };
}

function demographicsOf(rows: readonly MadeRow[]): Demographics {
  return {
    nhs: new Uint32Array(BigInt64Array.from(rows, ({ nhs }) => nhs ?? 0n).buffer),
    birthDate: Int32Array.from(rows, ({ dob }) => dob ?? 0),
    sex: Int8Array.from(rows, ({ sex }) => sex ?? 0),
    postcode: textColumn(rows.map(({ postcode }) => postcode ?? '')).words,
  };
}

/** Texts as their words. Behind the first four bytes of a long one there is rubbish, for a reader may leave there what it likes. */
function textColumn(texts: readonly string[]): TextColumn {
  const bytes = Buffer.alloc(texts.length * TEXT_WORDS * 4);
  for (const [row, value] of texts.entries()) {
    const text = Buffer.from(value, 'utf8');
    const byte = row * TEXT_WORDS * 4;
    bytes.writeUInt32LE(text.length, byte);
    if (text.length <= INLINE_BYTES) text.copy(bytes, byte + 4);
    else {
      text.copy(bytes, byte + 4, 0, 4);
      bytes.fill(0xee, byte + 8, byte + TEXT_WORDS * 4);
    }
  }
  return {
    words: new Uint32Array(Uint8Array.from(bytes).buffer),
    longText: (row) => Buffer.from(texts[row]!, 'utf8'),
  };
}

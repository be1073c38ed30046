import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { Postcode } from '../../domain/postcode.ts';
import { OPT_OUT_CODE_FOUND, ROW_FLAG } from '../../domain/row-flag.ts';
import { BATCH } from '../../kernel/hmac-kernel.ts';
import { type KeyedColumn, type TokenPlan, tokensOf } from '../../store/token-plan.ts';
import type { TokenWords } from '../../store/token-text.ts';
import { type Demographics, type RowVector, TEXT_WORDS, type TextColumn } from '../extract/row-vector.ts';
import { CurrentNumbers } from './current-numbers.ts';
import { KeyCache } from './key-cache.ts';
import type { KnownBirths } from './known-births.ts';
import { LinkingTokens } from './linking-tokens.ts';
import { hasNhsNumber, isWhole, RowTexts } from './row-texts.ts';
import { type HalfTokenColumn, TokenColumn } from './token-column.ts';
import type { TokenKernel } from './token-kernel.ts';

/** What the tokens of a source's rows depend on, besides the rows. */
export interface HasherContext {
  /** superseded NHS numbers, each with the one that replaces it */
  readonly superseded: ReadonlyMap<NhsNumber, NhsNumber>;
  /** postcodes that too many people share */
  readonly ignoredPostcodes: ReadonlySet<Postcode>;
  /** of the source's patients, for a table of their addresses; null for others */
  readonly births: KnownBirths | null;
}

/** The keys by which other rows point at the faulty rows of a vector: of patients, and of records. */
export interface FaultyKeys {
  readonly tokens: readonly TokenWords[];
  /** faulty rows without such a key */
  readonly without: number;
}

/**
 * Makes the tokens of one table's standardised rows, a vector at a time. It decides nothing: what it makes of a row depends on that row, and on nothing that
 * other rows hold, but for where a subject is met first. The results are in its columns until the next vector.
 */
export class VectorHasher {
  /** bits of ROW_FLAG, a byte a row; `keep` for every row without a fault */
  readonly flags = new Uint8Array(BATCH);
  /** the tokens of the rows, by name */
  readonly tokens: ReadonlyMap<string, TokenColumn>;
  readonly #plan: TokenPlan;
  readonly #kernel: TokenKernel;
  readonly #texts: RowTexts;
  readonly #births: KnownBirths | null;
  readonly #currentNumbers: CurrentNumbers | null;
  readonly #linking: LinkingTokens | null;
  readonly #caches = new Map<string, KeyCache>();
  readonly #rows = new Uint16Array(BATCH);
  readonly #chosen = new Uint16Array(BATCH);

  constructor(plan: TokenPlan, tokens: TokenKernel, { superseded, ignoredPostcodes, births }: HasherContext) {
    this.#plan = plan;
    this.#kernel = tokens;
    this.#texts = new RowTexts(tokens.kernel);
    this.#births = plan.table.kind === 'addresses' ? births : null;
    this.#currentNumbers = superseded.size === 0 ? null : new CurrentNumbers(superseded);
    this.tokens = new Map(tokensOf(plan).map((name) => [name, new TokenColumn()]));
    this.#linking = !plan.hasDemographics
      ? null
      : new LinkingTokens(plan, tokens, this.#texts, this.tokens, ignoredPostcodes);
    const keyed = {
      subject: plan.subject.by === 'patient-key',
      record: plan.record !== null,
      parent: plan.parent !== null,
    };
    for (const [one, isKeyed] of Object.entries(keyed)) if (isKeyed) this.#caches.set(one, new KeyCache());
  }

  /** The tokens that are bound to an NHS number, in the order of the plan. */
  get comparedFields(): readonly HalfTokenColumn[] {
    return this.#linking?.comparedFields ?? [];
  }

  /**
   * Makes the tokens and the flags of the rows of a vector.
   *
   * @returns what the tokens that link were made from: of an address row, with the sex and birth date of its patient; null of a table without identifiers
   */
  hash(vector: RowVector): Demographics | null {
    const live = listLive(vector, this.#rows, this.flags);
    for (const column of this.tokens.values()) column.validity.fill(0);
    const demographics =
      vector.demographics === null ? null : this.#current(vector.demographics, vector.rows);
    const { subject, record, parent } = this.#plan;
    if (subject.by === 'patient-key') {
      this.#hashKeys('subject', subject.key, vector, live, ROW_FLAG.subject);
    } else if (demographics !== null) this.#hashDemographicSubjects(vector, demographics, live);
    const linked = demographics === null ? null : this.#link(vector, demographics, live);
    if (record !== null) this.#hashKeys('record', record, vector, live, 0);
    if (parent !== null) this.#hashKeys('parent', parent, vector, live, 0);
    return linked;
  }

  /** The keys of the faulty rows of the vector that was hashed last. */
  faultyKeys(vector: RowVector): FaultyKeys {
    const { table, subject, record } = this.#plan;
    const isPatients = table.kind === 'patients' && subject.by === 'patient-key';
    const keys = [...(isPatients ? [subject.key] : []), ...(record === null ? [] : [record])];
    const all = keys.map((key) => this.#keysOfFaulty(key, vector));
    return {
      tokens: all.flatMap(({ tokens }) => tokens),
      without: all.reduce((sum, { without }) => sum + without, 0),
    };
  }

  /** Takes from rows that were hashed elsewhere what is on the first row of a subject alone, where the subject was met before. */
  dropRepeats(rows: number): void {
    this.#linking?.dropRepeats(rows, this.flags);
  }

  /** Forgets which subjects were met. */
  forgetSubjects(): void {
    this.#linking?.forgetSubjects();
  }

  /** Overwrites the keys that it remembers. */
  clear(): void {
    for (const cache of this.#caches.values()) cache.clear();
    this.#currentNumbers?.clear();
  }

  #current(demographics: Demographics, rows: number): Demographics {
    if (this.#currentNumbers === null) return demographics;
    return { ...demographics, nhs: this.#currentNumbers.of(demographics.nhs, rows) };
  }

  #link(vector: RowVector, demographics: Demographics, live: number): Demographics {
    const local = textsOf(vector, this.#plan.linking.hasLocalIds ? this.#plan.local : null);
    const linking = { demographics, rows: this.#rows, live, flags: this.flags, local };
    if (this.#births === null) {
      this.#linking!.make(linking);
      return demographics;
    }
    const known = this.#births.of(this.tokens.get('subject')!, this.#rows, live);
    const hers = { ...demographics, ...known };
    this.#linking!.makeTuples({ ...linking, demographics: hers });
    return hers;
  }

  /** Tokens of a key column. The same key often comes again soon, and is then not hashed again. */
  #hashKeys(into: string, key: KeyedColumn, vector: RowVector, live: number, flag: number): void {
    const column = this.tokens.get(into)!;
    const cache = this.#caches.get(into)!;
    const texts = textsOf(vector, key);
    const fresh = cache.lookUp(texts[0]!.words, this.#rows, live, column, this.#chosen);
    this.#texts.keys(this.#kernel.slot(key.kind), texts, this.#chosen, fresh);
    this.#scatter(into, this.#chosen, fresh, 0);
    cache.learn(this.#chosen, fresh, column);
    for (let i = 0; i < live; i += 1) {
      column.setValid(this.#rows[i]!);
      this.flags[this.#rows[i]!]! |= flag;
    }
  }

  /**
   * A flat row's subject is its demographic tuple, if that holds an NHS number or a whole sex|birth date|postcode;
   * else its local patient id; else it has none. Tuples with less in them are never hashed: a frequency count
   * would read them back.
   */
  #hashDemographicSubjects(vector: RowVector, demographics: Demographics, live: number): void {
    let tuples = 0;
    for (let i = 0; i < live; i += 1) {
      const row = this.#rows[i]!;
      if (hasNhsNumber(demographics, row) || isWhole(demographics, row)) this.#chosen[tuples++] = row;
    }
    this.#texts.demographics(this.#kernel.slot('demographics'), demographics, this.#chosen, tuples);
    this.#scatter('subject', this.#chosen, tuples, ROW_FLAG.subject);
    const { local } = this.#plan;
    if (local === null || tuples === live) return;
    const texts = textsOf(vector, local);
    let locals = 0;
    for (let i = 0; i < live; i += 1) {
      const row = this.#rows[i]!;
      if (
        (this.flags[row]! & ROW_FLAG.subject) !== 0 ||
        texts.some(({ words }) => words[row * TEXT_WORDS] === 0)
      )
        continue;
      this.#chosen[locals++] = row;
    }
    this.#texts.keys(this.#kernel.slot(local.kind), texts, this.#chosen, locals);
    this.#scatter('subject', this.#chosen, locals, ROW_FLAG.subject);
  }

  /** Puts the kernel's results where their rows are, and marks the rows. */
  #scatter(into: string, rows: Uint16Array, count: number, flag: number): void {
    this.tokens.get(into)!.take(this.#kernel.kernel, rows, count);
    if (flag !== 0) for (let i = 0; i < count; i += 1) this.flags[rows[i]!]! |= flag;
  }

  #keysOfFaulty(key: KeyedColumn, vector: RowVector): FaultyKeys {
    const texts = textsOf(vector, key);
    const { words } = texts[0]!;
    let known = 0;
    let without = 0;
    for (let row = 0; row < vector.rows; row += 1) {
      const fault = vector.faults[row]!;
      if (fault === 0 || fault === OPT_OUT_CODE_FOUND) continue;
      if (words[row * TEXT_WORDS] === 0) without += 1;
      else this.#chosen[known++] = row;
    }
    this.#texts.keys(this.#kernel.slot(key.kind), texts, this.#chosen, known);
    const { kernel } = this.#kernel;
    const first = new Uint32Array(kernel.first.buffer, kernel.first.byteOffset, known * 2);
    const second = new Uint32Array(kernel.second.buffer, kernel.second.byteOffset, known * 2);
    const tokens = Array.from({ length: known }, (_, index): TokenWords => {
      const word = index * 2;
      return [first[word]!, first[word + 1]!, second[word]!, second[word + 1]!];
    });
    return { tokens, without };
  }
}

/** Lists the rows without a fault, flags them, and returns how many they are. */
function listLive({ rows, faults }: RowVector, into: Uint16Array, flags: Uint8Array): number {
  let live = 0;
  for (let row = 0; row < rows; row += 1) {
    const isLive = faults[row] === 0;
    flags[row] = isLive ? ROW_FLAG.keep : 0;
    if (isLive) into[live++] = row;
  }
  return live;
}

function textsOf(vector: RowVector, key: KeyedColumn | null): TextColumn[] {
  return (key?.columns ?? []).map((column) => vector.keys(column));
}

import { dayOfMicroseconds, monthOfDay, yearOfDay } from '../../../domain/day-number.ts';
import { bug } from '../../../domain/problem.ts';
import { byRule, type ReleaseRule, unfit } from '../../../domain/release-rule.ts';
import type { ScannedTable, ScannedType, ScannedVector } from '../../../engine/scanned-table.ts';
import { longWords } from '../../../store/long-words.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import { DistinctLongs, type LongOrder } from './distinct-longs.ts';
import { type LinkValues, replace } from './owners.ts';
import { NO_VALUE, type RankedValues } from './ranks.ts';
import type { RowOwners } from './row-owners.ts';

/** Rows of a batch that are of the persons of a range. */
export interface AskedRows {
  /** indexes in the batch, in their order */
  readonly rows: Int32Array;
  /** the index of each among the rows of the range */
  readonly targets: Int32Array;
}

/** A column of released rows, as it is read: from stored values, or from what is known of their owners. */
export interface RankSource {
  /**
   * Reads rows of a batch: their ranks, or codes that `settle` turns into ranks. Nothing is taken in of the batch's other rows.
   *
   * @param into has room for every row of the range
   */
  read(batch: number, asked: AskedRows, into: Int32Array): void;
  /**
   * Turns what was read into ranks, in place, once every row of a range of persons is there. The next range begins anew.
   */
  settle(ranks: Int32Array): RankedValues;
}

/** Bytes of a rank. */
export const RANK_BYTES = 4;
/** Bytes that a row takes at most where values are kept beside the ranks: a rank, a value in a table that may be half empty and once more sorted, and up to four slots of the table. */
export const LONG_BYTES = RANK_BYTES + 16 + 8 + 16;

const ITSELF: RankedValues = { kind: 'itself' };

/** A column that describes the link of a row's owner. */
export class LinkRanks implements RankSource {
  readonly #owners: RowOwners;
  readonly #link: LinkValues;

  constructor(owners: RowOwners, link: LinkValues) {
    this.#owners = owners;
    this.#link = link;
  }

  read(batch: number, { rows, targets }: AskedRows, into: Int32Array): void {
    const owners = this.#owners.of(batch);
    const { ranks } = this.#link;
    for (let one = 0; one < rows.length; one += 1) into[targets[one]!] = ranks[owners[rows[one]!]!]!;
  }

  settle(): RankedValues {
    return this.#link.values;
  }
}

/** A column of texts, under its rule. */
export class TextRanks implements RankSource {
  readonly #table: ScannedTable;
  readonly #column: number;
  readonly #rankOf: Int32Array;
  /** the part that was read last: the rank of each of its codes */
  #part: { readonly textIndexes: Int32Array; readonly rankOf: Int32Array } | null = null;

  /** @param rankOf of each text of the column (`ReleasedTexts`) */
  constructor(table: ScannedTable, column: number, rankOf: Int32Array) {
    this.#table = table;
    this.#column = column;
    this.#rankOf = rankOf;
  }

  read(batch: number, { rows, targets }: AskedRows, into: Int32Array): void {
    const { values, validity, textIndexes } = this.#table.read(batch, this.#column);
    if (textIndexes === null || !(values instanceof Int32Array))
      throw bug('a column of texts holds no texts');
    const rankOf = this.#rankOfCode(textIndexes);
    for (let one = 0; one < rows.length; one += 1) {
      const row = rows[one]!;
      into[targets[one]!] = validity === null || isValid(validity, row) ? rankOf[values[row]!]! : NO_VALUE;
    }
  }

  /** All batches of a part have the same codes. */
  #rankOfCode(textIndexes: Int32Array): Int32Array {
    if (this.#part?.textIndexes !== textIndexes) {
      const rankOf = new Int32Array(textIndexes.length);
      for (let code = 0; code < textIndexes.length; code += 1)
        rankOf[code] = this.#rankOf[textIndexes[code]!]!;
      this.#part = { textIndexes, rankOf };
    }
    return this.#part.rankOf;
  }

  settle(): RankedValues {
    return ITSELF;
  }
}

/** The days of a batch's rows. What is under a missing one means nothing. */
export interface Days {
  readonly days: Int32Array;
  readonly validity: Uint8Array | null;
}

/** Reads a column of days or of moments. @throws a bug for a day that no calendar has: it would be taken for a missing one */
export function readDays(table: ScannedTable, batch: number, column: number): Days {
  const { values, validity } = table.read(batch, column);
  const { name, type } = table.columns[column]!;
  const days = type === 'timestamp' ? daysOfMoments(values, table.rowsOf(batch)) : values;
  if (!(days instanceof Int32Array) || (type !== 'timestamp' && type !== 'date')) {
    throw bug(`the column ${name} holds no days`);
  }
  for (let row = 0; row < days.length; row += 1) {
    if (days[row] === NO_VALUE && (validity === null || isValid(validity, row))) {
      throw bug(`a day of ${name} is beyond every calendar`);
    }
  }
  return { days, validity };
}

function daysOfMoments(values: ArrayBufferView, rows: number): Int32Array {
  const words = longWords(values);
  const days = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    days[row] = dayOfMicroseconds(words[row * 2]!, words[row * 2 + 1]! | 0);
  }
  return days;
}

/** Days, and the months and years of days and moments. */
export class DayRanks implements RankSource {
  readonly #table: ScannedTable;
  readonly #column: number;
  readonly #under: (day: number) => number;

  constructor(table: ScannedTable, column: number, rule: ReleaseRule) {
    this.#table = table;
    this.#column = column;
    const cannot = unfit('a date');
    this.#under = byRule<(day: number) => number>(rule, {
      keep: () => (day) => day,
      month: () => monthOfDay,
      year: () => yearOfDay,
      drop: cannot,
      truncate: cannot,
      map: cannot,
      'year-of-birth': cannot,
      'age-band': cannot,
    });
  }

  read(batch: number, { rows, targets }: AskedRows, into: Int32Array): void {
    const { days, validity } = readDays(this.#table, batch, this.#column);
    const under = this.#under;
    for (let one = 0; one < rows.length; one += 1) {
      const row = rows[one]!;
      into[targets[one]!] = validity === null || isValid(validity, row) ? under(days[row]!) : NO_VALUE;
    }
  }

  settle(): RankedValues {
    return ITSELF;
  }
}

/** Values of 8 bytes a row. */
export interface LongReader {
  /** @param asked those whose words are needed */
  read(batch: number, asked: AskedRows): Pick<ScannedVector, 'validity'> & { readonly words: Uint32Array };
}

/** Values that are stored so, and kept as they are. */
export function storedLongs(table: ScannedTable, column: number, type: ScannedType): LongReader {
  const { name, type: found } = table.columns[column]!;
  if (found !== type) throw bug(`the column ${name} is stored as ${found}, not as ${type}`);
  return {
    read: (batch) => {
      const { values, validity } = table.read(batch, column);
      return { words: longWords(values), validity };
    },
  };
}

/** Numbers, moments and halves of hashed ids: the distinct values are brought in order, and rows take their ranks. */
export class LongRanks implements RankSource {
  readonly #reader: LongReader;
  readonly #order: LongOrder;
  #distinct = new DistinctLongs();

  constructor(reader: LongReader, order: LongOrder) {
    this.#reader = reader;
    this.#order = order;
  }

  read(batch: number, asked: AskedRows, into: Int32Array): void {
    const { words, validity } = this.#reader.read(batch, asked);
    const { rows, targets } = asked;
    const distinct = this.#distinct;
    for (let one = 0; one < rows.length; one += 1) {
      const row = rows[one]!;
      into[targets[one]!] =
        validity === null || isValid(validity, row)
          ? distinct.codeOf(words[row * 2]!, words[row * 2 + 1]!)
          : NO_VALUE;
    }
  }

  settle(ranks: Int32Array): RankedValues {
    const { rankOf, words } = this.#distinct.sorted(this.#order);
    replace(ranks, rankOf);
    this.#distinct = new DistinctLongs();
    return { kind: 'words', words };
  }
}

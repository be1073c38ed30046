import { dayOfMicroseconds, monthOfDay, yearOfDay } from '../../../domain/day-number.ts';
import { bug } from '../../../domain/problem.ts';
import { byRule, type ReleaseRule, unfit } from '../../../domain/release-rule.ts';
import type { ScannedTable, ScannedType, ScannedVector } from '../../../engine/scanned-table.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import { DistinctLongs, type LongOrder } from './distinct-longs.ts';
import { type LinkValues, replace } from './owners.ts';
import { NO_VALUE, type RankedValues } from './ranks.ts';
import { type RowOwners, wordsOf } from './row-owners.ts';
import type { ReleasedTexts } from './used-texts.ts';

/** A column of released rows, as it is read: from stored values, or from what is known of their owners. */
export interface RankSource {
  /** bytes that a row takes at most, in memory: its rank, and where values are kept beside it, a value of its own */
  readonly bytes: number;
  /**
   * The ranks of a batch's rows, or codes that `settle` turns into ranks.
   *
   * @param places where each row goes, -1 for a row that is not asked for: nothing is taken in of it
   */
  read(batch: number, places: Int32Array): Int32Array;
  /**
   * Turns what was read into ranks, in place, once every row of a range of persons is there. The next range begins anew.
   */
  settle(ranks: Int32Array): RankedValues;
}

const RANK_BYTES = 4;
/** A rank, a value in a table that may be half empty and once more sorted, and up to four slots of the table. */
const LONG_BYTES = RANK_BYTES + 16 + 8 + 16;

const ITSELF: RankedValues = { kind: 'itself' };

/** A column that describes the link of a row's owner. */
export class LinkRanks implements RankSource {
  readonly bytes = RANK_BYTES;
  readonly #owners: RowOwners;
  readonly #link: LinkValues;

  constructor(owners: RowOwners, link: LinkValues) {
    this.#owners = owners;
    this.#link = link;
  }

  read(batch: number, places: Int32Array): Int32Array {
    const owners = this.#owners.of(batch);
    const { ranks } = this.#link;
    const found = new Int32Array(places.length);
    for (let row = 0; row < places.length; row += 1) if (places[row]! >= 0) found[row] = ranks[owners[row]!]!;
    return found;
  }

  settle(): RankedValues {
    return this.#link.values;
  }
}

/** A column of texts, under its rule. */
export class TextRanks implements RankSource {
  readonly bytes = RANK_BYTES;
  readonly #table: ScannedTable;
  readonly #column: number;
  readonly #released: ReleasedTexts;

  constructor(table: ScannedTable, column: number, released: ReleasedTexts) {
    this.#table = table;
    this.#column = column;
    this.#released = released;
  }

  read(batch: number, asked: Int32Array): Int32Array {
    const { values, validity, places } = this.#table.read(batch, this.#column);
    if (places === null || !(values instanceof Int32Array)) throw bug('a column of texts holds no texts');
    const rankOf = Int32Array.from(places, (place) => this.#released.rankOf[place]!);
    const found = new Int32Array(asked.length);
    for (let row = 0; row < asked.length; row += 1) {
      found[row] = validity === null || isValid(validity, row) ? rankOf[values[row]!]! : NO_VALUE;
    }
    return found;
  }

  settle(): RankedValues {
    return { kind: 'texts', texts: this.#released.texts };
  }
}

/** Reads the days of a batch's rows; `NO_VALUE` where there is none. */
export function readDays(table: ScannedTable, batch: number, column: number): Int32Array {
  const { values, validity } = table.read(batch, column);
  const rows = table.rowsOf(batch);
  const days = new Int32Array(rows);
  const type = table.columns[column]!.type;
  if (type === 'date' && values instanceof Int32Array) days.set(values.subarray(0, rows));
  else if (type === 'timestamp') {
    const words = wordsOf(values);
    for (let row = 0; row < rows; row += 1)
      days[row] = dayOfMicroseconds(words[row * 2]!, words[row * 2 + 1]! | 0);
  } else throw bug(`the column ${table.columns[column]!.name} holds no days`);
  for (let row = 0; row < rows; row += 1) {
    if (validity !== null && !isValid(validity, row)) days[row] = NO_VALUE;
    else if (days[row] === NO_VALUE)
      throw bug(`a day of ${table.columns[column]!.name} is beyond every calendar`);
  }
  return days;
}

/** Days, and the months and years of days and moments. */
export class DayRanks implements RankSource {
  readonly bytes = RANK_BYTES;
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

  read(batch: number): Int32Array {
    const days = readDays(this.#table, batch, this.#column);
    for (let row = 0; row < days.length; row += 1) {
      if (days[row] !== NO_VALUE) days[row] = this.#under(days[row]!);
    }
    return days;
  }

  settle(): RankedValues {
    return ITSELF;
  }
}

/** Values of 8 bytes a row. */
export interface LongReader {
  /** @param places as those of `RankSource.read` */
  read(batch: number, places: Int32Array): Pick<ScannedVector, 'validity'> & { readonly words: Uint32Array };
}

/** Values that are stored so, and kept as they are. */
export function storedLongs(table: ScannedTable, column: number, type: ScannedType): LongReader {
  const { name, type: found } = table.columns[column]!;
  if (found !== type) throw bug(`the column ${name} is stored as ${found}, not as ${type}`);
  return {
    read: (batch) => {
      const { values, validity } = table.read(batch, column);
      return { words: wordsOf(values), validity };
    },
  };
}

/** Numbers, moments and halves of hashed ids: the distinct values are brought in order, and rows take their ranks. */
export class LongRanks implements RankSource {
  readonly bytes = LONG_BYTES;
  readonly #reader: LongReader;
  readonly #order: LongOrder;
  #distinct = new DistinctLongs();

  constructor(reader: LongReader, order: LongOrder) {
    this.#reader = reader;
    this.#order = order;
  }

  read(batch: number, places: Int32Array): Int32Array {
    const { words, validity } = this.#reader.read(batch, places);
    const distinct = this.#distinct;
    const found = new Int32Array(places.length).fill(NO_VALUE);
    for (let row = 0; row < places.length; row += 1) {
      if (places[row]! < 0 || (validity !== null && !isValid(validity, row))) continue;
      found[row] = distinct.codeOf(words[row * 2]!, words[row * 2 + 1]!);
    }
    return found;
  }

  settle(ranks: Int32Array): RankedValues {
    const { rankOf, words } = this.#distinct.sorted(this.#order);
    replace(ranks, rankOf);
    this.#distinct = new DistinctLongs();
    return { kind: 'words', words };
  }
}

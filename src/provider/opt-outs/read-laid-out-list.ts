import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import { columnsOf, type ListLayout } from '../../pipeline/list-layout.ts';
import type { OptOutList } from '../../pipeline/pipeline.ts';
import { type ListVisitor, readListRecords } from '../extract/list-records.ts';
import type { ScannedRecord } from '../extract/scanned-record.ts';
import { type CellAt, type LineFault, type LineReader, lineReader } from './list-line.ts';
import {
  checkAge,
  checkNotEmpty,
  LINES_SHOWN,
  type ListState,
  readListBytes,
  refuseLines,
} from './read-list.ts';

/** What a list is called in messages, and where the pipeline file declares it, such as `optOuts.register`. */
export interface ListWords {
  readonly what: string;
  readonly key: string;
  /** what must be repaired where a line is faulty */
  readonly repair: string;
}

/** A list, read: an entry for each event of each line. */
export interface ReadList extends ListState {
  readonly entries: readonly { readonly nhsNumber: NhsNumber; readonly event: OptOutEvent }[];
  /** the number of each line, in order: all that counts of an allow-list */
  readonly numbers: readonly NhsNumber[];
}

/**
 * Reads a list in its layout. It decides who is left out, so nothing about it is tolerated: one line that cannot be understood
 * stops the run, and all of them are named.
 *
 * @throws TallystickError (exit 1) for a list that is missing, stale, empty without leave, or faulty
 */
export async function readLaidOutList(
  list: OptOutList,
  layout: ListLayout,
  words: ListWords,
  runDate: string,
  allowTestRange: boolean,
): Promise<ReadList> {
  const { bytes, ...times } = readListBytes(list, words.what);
  const lines = new ListLines(list, layout, words, allowTestRange);
  await readListRecords(bytes, layout.format, list.shownAs, lines);
  checkNotEmpty(list, lines.numbers.length + lines.faults, words.what);
  lines.check();
  const dates = lines.entries.map(({ event }) => event.date);
  return {
    entries: lines.entries,
    numbers: lines.numbers,
    ...checkAge(list, times, dates, words.what, words.key, runDate),
  };
}

class ListLines implements ListVisitor {
  readonly entries: ReadList['entries'][number][] = [];
  readonly numbers: NhsNumber[] = [];
  faults = 0;
  readonly #named: Problem[] = [];
  readonly #list: OptOutList;
  readonly #layout: ListLayout;
  readonly #words: ListWords;
  readonly #allowTestRange: boolean;
  #names: readonly string[] | null;
  #read: LineReader | null = null;

  constructor(list: OptOutList, layout: ListLayout, words: ListWords, allowTestRange: boolean) {
    this.#list = list;
    this.#layout = layout;
    this.#words = words;
    this.#allowTestRange = allowTestRange;
    this.#names = layout.names;
  }

  get width(): number {
    return this.#names?.length ?? 0;
  }

  row(cellAt: CellAt, line: () => number): void {
    this.#note(this.#reader()(cellAt), line);
  }

  /** @throws TallystickError (exit 1) for a header that does not fit the layout */
  record(record: ScannedRecord): void {
    const line = () => record.line;
    if (record.badQuote) this.#note({ message: 'has a quoted cell that does not end where it should' }, line);
    else if (!record.isUtf8)
      this.#note({ message: `has bytes that are no text in ${this.#layout.format.encoding}` }, line);
    else if (this.#names === null) this.#names = this.#headerOf(record);
    else if (record.fieldCount !== this.#names.length)
      this.#note({ message: 'has too few or too many columns' }, line);
    else this.row((index) => record.field(index)!.toString('utf8'), line);
  }

  /** @throws TallystickError (exit 1) with the faulty lines, if there are any */
  check(): void {
    const { repair } = this.#words;
    const wayOut = `have ${repair} repaired: a line that is passed over could release somebody who opted out`;
    refuseLines(this.#list, this.#named, this.faults, wayOut);
  }

  #reader(): LineReader {
    this.#read ??= lineReader(this.#layout, this.#names!, this.#allowTestRange);
    return this.#read;
  }

  #note(said: ReturnType<LineReader> | LineFault, line: () => number): void {
    if ('message' in said) {
      this.faults += 1;
      // where a line is takes time to find out
      if (this.faults <= LINES_SHOWN) this.#named.push({ file: this.#list.shownAs, line: line(), ...said });
      return;
    }
    this.numbers.push(said.nhsNumber);
    for (const event of said.events) this.entries.push({ nhsNumber: said.nhsNumber, event });
  }

  #headerOf(record: ScannedRecord): readonly string[] {
    const names = record.fields.map((field) => field.toString('utf8').trim());
    const columns = columnsOf(this.#layout);
    if (columns.every((name) => names.filter((one) => one === name).length === 1)) return names;
    throw refused({
      file: this.#list.shownAs,
      line: record.line,
      message: `the ${this.#words.what}'s header must name ${columns.join(', ')}, each once`,
    });
  }
}

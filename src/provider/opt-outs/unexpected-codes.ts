import { LongRefusal, MOST_KEPT } from '../../domain/long-refusal.ts';
import { mayHoldOptOutCode, type OptOutCodeTable, optOutCodes } from '../../domain/opt-out-codes.ts';
import type { Problem } from '../../domain/problem.ts';
import type { Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from '../extract/find-files.ts';
import type { FaultyRecord } from '../extract/locate-faults.ts';
import { locateUnclearCodes } from '../extract/locate-unclear-codes.ts';
import { lostCode } from '../extract/lost-code.ts';
import type { Header } from '../extract/read-header.ts';

/**
 * Opt-out codes of a GP table where none is expected: in columns of categories or of other code systems, and, of a table
 * without a searched column, on rows that cannot be read. Nobody would see what their patients decided.
 */
export class UnexpectedCodes {
  readonly #table: TableSpec;
  readonly #columns: readonly string[];
  readonly #codes: OptOutCodeTable;
  readonly #isSearched: boolean;
  readonly #lost: Problem[] = [];

  constructor(table: TableSpec, { optOuts }: Pipeline) {
    this.#table = table;
    this.#columns = optOuts.elsewhere.find((one) => one.table === table.name)?.columns ?? [];
    this.#codes = optOutCodes(optOuts.codeOverrides, optOuts.lookAlikes);
    // of a table that is searched, unreadable rows have been looked at before the first row is read
    this.#isSearched = optOuts.codes.some((one) => one.table === table.name);
  }

  /** The places of the first such cells of a file in which the bulk reading has met one. */
  locate(file: InputFile, header: Header): Promise<Problem[]> {
    return locateUnclearCodes(file, this.#table, header, this.#columns, this.#codes);
  }

  /** Notes a row that cannot be read, where a code is on it. */
  look({ fields, place, isUnparsed }: FaultyRecord): void {
    if (!isUnparsed || this.#isSearched || this.#columns.length === 0) return;
    if (this.#lost.length === MOST_KEPT) return;
    if (fields.some((field) => mayHoldOptOutCode(field.toString('utf8'), this.#codes)))
      this.#lost.push(lostCode(place));
  }

  /** @throws TallystickError (exit 1) with the rows that were noted */
  check(): void {
    if (this.#lost.length > 0) throw new LongRefusal(this.#lost);
  }
}

import { LongRefusal, MOST_KEPT } from '../../domain/long-refusal.ts';
import { mayHoldOptOutCode, type OptOutCodeTable, optOutCodes } from '../../domain/opt-out-codes.ts';
import type { Problem } from '../../domain/problem.ts';
import type { Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from '../extract/find-files.ts';
import type { FaultyRecord } from '../extract/locate-faults.ts';
import { locateUnclearCodes } from '../extract/locate-unclear-codes.ts';
import { lostCode } from '../extract/lost-code.ts';
import { ownerColumnOf } from '../extract/owner-column.ts';
import type { Header } from '../extract/read-header.ts';

/**
 * Opt-out codes of a GP table where none is expected: in columns of categories or of other code systems, in the place of a
 * key, and on rows in quarantine. Nobody would see what their patients decided.
 */
export class UnexpectedCodes {
  readonly #table: TableSpec;
  readonly #elsewhere: readonly string[];
  /** searched before the first row is read, unreadable rows among them */
  readonly #searched: readonly string[];
  readonly #codes: OptOutCodeTable;
  readonly #lost: Problem[] = [];

  constructor(table: TableSpec, { optOuts }: Pipeline) {
    this.#table = table;
    this.#elsewhere = optOuts.elsewhere.find((one) => one.table === table.name)?.columns ?? [];
    this.#searched = optOuts.codes.find((one) => one.table === table.name)?.columns ?? [];
    this.#codes = optOutCodes(optOuts.codeOverrides, optOuts.lookAlikes);
  }

  /** The locations of the first such cells of a file in which the bulk reading has met one. */
  locate(file: InputFile, header: Header): Promise<Problem[]> {
    const key = this.#searched.length === 0 ? [] : [ownerColumnOf(this.#table).name];
    return locateUnclearCodes(file, this.#table, header, [...this.#elsewhere, ...key], this.#codes);
  }

  /**
   * Notes a row in quarantine on which a code is: in any cell, for its cells may have changed places. Only what is in a searched
   * column of a row that can be parsed has been read.
   */
  look({ fields, header, location, isUnparsed }: FaultyRecord): void {
    const isSearched = this.#searched.length > 0;
    if (isUnparsed ? isSearched || this.#elsewhere.length === 0 : !isSearched) return;
    if (this.#lost.length === MOST_KEPT) return;
    const isRead = (index: number) => !isUnparsed && this.#searched.includes(header[index] ?? '');
    if (
      fields.some((field, index) => !isRead(index) && mayHoldOptOutCode(field.toString('utf8'), this.#codes))
    )
      this.#lost.push(lostCode(location));
  }

  /** @throws TallystickError (exit 1) with the rows that were noted */
  check(): void {
    if (this.#lost.length > 0) throw new LongRefusal(this.#lost);
  }
}

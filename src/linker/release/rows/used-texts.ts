import { bug } from '../../../domain/problem.ts';
import type { ReleaseRule } from '../../../domain/release-rule.ts';
import { textUnderRule } from '../../../domain/text-under-rule.ts';
import type { ScannedTable } from '../../../engine/scanned-table.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import { inByteOrder } from '../../byte-order.ts';
import { addFlags } from './flags.ts';
import { NO_VALUE } from './ranks.ts';
import { sharedInts } from './shared-arrays.ts';

/** What the texts of a column are released as. */
export interface ReleasedTexts {
  /** in the order of their bytes, each once, and each used by a released row */
  readonly texts: readonly string[];
  /** by index of the stored text: the rank of what it is released as, `NO_VALUE` where that is nothing; in memory that threads share */
  readonly rankOf: Int32Array;
}

/**
 * Finds the texts of a column that released rows have. A value that only rows left behind had must not be in the file: a rare code
 * would say that somebody has it.
 */
export class UsedTexts {
  readonly #table: ScannedTable;
  readonly #column: number;
  readonly #used: Uint8Array;

  constructor(table: ScannedTable, column: number) {
    this.#table = table;
    this.#column = column;
    this.#used = new Uint8Array(table.columns[column]!.texts.length);
  }

  /** @param owners of the batch's rows; below 0 for a row that is not released */
  read(batch: number, owners: Int32Array): void {
    const { values, validity, textIndexes } = this.#table.read(batch, this.#column);
    if (textIndexes === null || !(values instanceof Int32Array))
      throw bug('a column of texts holds no texts');
    const ofPart = new Uint8Array(textIndexes.length);
    for (let row = 0; row < owners.length; row += 1) {
      if (owners[row]! >= 0 && (validity === null || isValid(validity, row))) ofPart[values[row]!] = 1;
    }
    for (let code = 0; code < textIndexes.length; code += 1) {
      if (ofPart[code] === 1) this.#used[textIndexes[code]!] = 1;
    }
  }

  /** by index of the text: 1 where a released row has it */
  get used(): Uint8Array {
    return this.#used;
  }

  /** Adds the texts that were found in other batches. */
  add(used: Uint8Array): void {
    addFlags(this.#used, used);
  }

  /** The rule is asked once a text. */
  under(rule: ReleaseRule): ReleasedTexts {
    const stored = this.#table.columns[this.#column]!.texts;
    const released = stored.map((text, index) =>
      this.#used[index] === 1 ? textUnderRule(text, rule) : null,
    );
    const texts = inByteOrder(released.filter((text) => text !== null));
    const ranks = new Map(texts.map((text, rank) => [text, rank]));
    const rankOf = sharedInts(released.length);
    for (const [index, text] of released.entries()) {
      rankOf[index] = text === null ? NO_VALUE : ranks.get(text)!;
    }
    return { texts, rankOf };
  }
}

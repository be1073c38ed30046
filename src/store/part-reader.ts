import { closeSync, fstatSync, readSync } from 'node:fs';
import { bug, refused, TallystickError } from '../domain/problem.ts';
import { openPlainFile } from '../read-plain-file.ts';
import { PART_BYTES } from '../write/parts/part-columns.ts';
import { readTexts } from '../write/parts/part-dictionary.ts';
import { DamagedPart, type PartLayout, readLayout } from '../write/parts/part-layout.ts';
import { countNulls, isValid } from '../write/validity-bitmap.ts';
import { asWriteError, systemErrorCode } from '../write/write-error.ts';
import type { BatchMemory } from './batch-memory.ts';
import type { PartColumn, PartType, PartValues } from './part-columns.ts';

/** What a column's values are in memory. */
type PartArray = Int8Array | Int16Array | Int32Array | BigInt64Array | Float64Array | Uint8Array;

/**
 * Reads a part (`PartWriter`): one column of one record batch at a time, by position, so that memory holds what was asked for and nothing
 * else. Every offset, length, code and null count is checked. Values are not: that is the digest's task (`store-files.ts`).
 */
export class PartReader {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #layout: PartLayout;
  readonly #indexes: ReadonlyMap<string, number>;
  /** number of rows of the whole part */
  readonly rows: number;

  private constructor(path: string, descriptor: number, layout: PartLayout) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#layout = layout;
    this.#indexes = new Map(layout.columns.map(({ name }, index) => [name, index]));
    this.rows = layout.batches.reduce((sum, { rows }) => sum + rows, 0);
  }

  /**
   * Opens a part, and reads where its columns are.
   *
   * @throws TallystickError (exit 1) where it is no part, or damaged; WriteError where it cannot be opened
   */
  static open(path: string): PartReader {
    let descriptor: number;
    try {
      descriptor = openPlainFile(path, path, refused);
    } catch (fault) {
      throw fault instanceof TallystickError ? fault : asWriteError(path, fault);
    }
    try {
      const layout = checked(path, () =>
        readLayout(fstatSync(descriptor).size, (from, bytes) => readBytes(descriptor, from, bytes)),
      );
      return new PartReader(path, descriptor, layout);
    } catch (fault) {
      closeSync(descriptor);
      throw fault;
    }
  }

  get columns(): readonly PartColumn[] {
    return this.#layout.columns;
  }

  /** The number of record batches. */
  get batches(): number {
    return this.#layout.batches.length;
  }

  rowsOf(batch: number): number {
    return this.#layout.batches[batch]!.rows;
  }

  /**
   * The texts of a text column, by their codes. They are read anew at each call.
   *
   * @throws TallystickError (exit 1) where they are damaged
   */
  dictionary(column: string): readonly string[] {
    const dictionary = this.#layout.dictionaries.get(this.#indexOf(column));
    if (dictionary === undefined) throw bug(`column ${column} of a part has no dictionary`);
    return checked(this.#path, () => {
      const { buffer } = readBytes(this.#descriptor, dictionary.offsets, (dictionary.size + 1) * 4);
      const texts = readBytes(this.#descriptor, dictionary.texts, dictionary.bytes);
      return readTexts(new Int32Array(buffer), texts);
    });
  }

  /**
   * The values of one column in one record batch, in memory of their own unless other is given: the typed array of the column's type, `BigInt64Array` for whole numbers of
   * 8 bytes and timestamps. Every code of a valid row is an index in the dictionary.
   *
   * @param memory for them: what was read of the column's last batch is overwritten
   * @throws TallystickError (exit 1) where they are damaged
   */
  read(batch: number, column: string, memory: BatchMemory | null = null): PartValues {
    const index = this.#indexOf(column);
    const { rows, columns } = this.#layout.batches[batch]!;
    const { values, validity, nulls } = columns[index]!;
    const { type } = this.columns[index]!;
    return checked(this.#path, () => {
      const take = (part: string, bytes: number) =>
        memory === null ? ownMemory(bytes) : memory.take(`${column} ${part}`, bytes);
      const bits =
        validity === null
          ? null
          : readInto(this.#descriptor, validity, take('validity', Math.ceil(rows / 8)));
      if (bits !== null && countNulls(bits, 0, rows) !== nulls) {
        throw new DamagedPart('has another number of nulls than it says');
      }
      const bytes = type === 'bool' ? Math.ceil(rows / 8) : rows * PART_BYTES[type];
      const array = asArray(type, readInto(this.#descriptor, values, take('values', bytes)), rows);
      if (type === 'text') assertCodes(array as Int32Array, bits, this.#layout.dictionaries.get(index)!.size);
      return { values: array, validity: bits };
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #indexOf(column: string): number {
    const index = this.#indexes.get(column);
    if (index === undefined) throw bug(`a part has no column ${column}`);
    return index;
  }
}

/** @param bytes begin with the first byte of their buffer */
function asArray(type: PartType, bytes: Uint8Array<ArrayBuffer>, rows: number): PartArray {
  const { buffer } = bytes;
  switch (type) {
    case 'bool':
      return toBytes(bytes, rows);
    case 'int8':
      return new Int8Array(buffer, 0, rows);
    case 'int16':
      return new Int16Array(buffer, 0, rows);
    case 'int32':
    case 'date':
    case 'text':
      return new Int32Array(buffer, 0, rows);
    case 'int64':
    case 'timestamp':
      return new BigInt64Array(buffer, 0, rows);
    case 'float64':
      return new Float64Array(buffer, 0, rows);
  }
}

/** Whatever is wrong with the bytes of a part is an error that names it. */
function checked<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    if (systemErrorCode(fault)?.startsWith('E') && fault instanceof Error && 'syscall' in fault) {
      throw asWriteError(path, fault);
    }
    const what = fault instanceof DamagedPart ? fault.message : 'has metadata that cannot be read';
    throw refused({
      file: path,
      message: `is damaged: it ${what}`,
      wayOut: 'fetch the store again from the provider, or tokenise again',
    });
  }
}

/** Reads bytes in memory of their own, whose first byte is the first of the buffer. */
function readBytes(descriptor: number, from: number, bytes: number): Uint8Array<ArrayBuffer> {
  return readInto(descriptor, from, ownMemory(bytes));
}

function ownMemory(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer);
}

/** Fills the memory with the bytes that begin at `from`. */
function readInto(
  descriptor: number,
  from: number,
  target: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const bytes = target.byteLength;
  let done = 0;
  while (done < bytes) {
    const read = readSync(descriptor, target, done, bytes - done, from + done);
    if (read === 0) throw new DamagedPart('ends too early');
    done += read;
  }
  return target;
}

function toBytes(bits: Uint8Array, rows: number): Uint8Array {
  const bytes = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) bytes[row] = (bits[row >> 3]! >> (row & 7)) & 1;
  return bytes;
}

function assertCodes(codes: Int32Array, validity: Uint8Array | null, size: number): void {
  for (let row = 0; row < codes.length; row++) {
    // `>>> 0` makes a negative code larger than any dictionary
    if (codes[row]! >>> 0 >= size && (validity === null || isValid(validity, row))) {
      throw new DamagedPart('has a code without a text');
    }
  }
}

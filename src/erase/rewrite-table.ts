import { refused } from '../domain/problem.ts';
import { ArrowFileWriter, type WrittenArrowFile } from '../write/arrow-file-writer.ts';
import { openArrowFile, type ReadBatch } from '../write/arrow-read.ts';
import type { ChunkColumn, ColumnKind, OutputColumn } from '../write/output-column.ts';
import type { ReadColumn } from '../write/read-column.ts';
import type { ReadField } from '../write/read-field.ts';
import { isValid } from '../write/validity-bitmap.ts';
import { type KeptRows, slice, sliceBits } from './kept-rows.ts';

/** Characters of every text of a released file that is in no dictionary: a pseudonym or the id of a record, in hexadecimal. */
const HASH_CHARACTERS = 32;

/** A rewritten table. */
export interface RewrittenTable extends WrittenArrowFile {
  /** rows that are not in it any more */
  readonly erased: number;
}

/**
 * Writes a released table anew without the rows of one person, and without the texts that only these rows had: the bytes are those of a
 * release in which the person never was.
 *
 * @param from the released file
 * @param to not there yet
 * @param pseudonyms of the person, 32 hexadecimal digits each
 * @throws TallystickError (exit 1) for a file that tallystick did not write
 * @throws WriteError
 */
export async function rewriteTable(
  from: string,
  to: string,
  pseudonyms: ReadonlySet<string>,
): Promise<RewrittenTable> {
  const arrow = await openArrowFile(from);
  try {
    const { fields, metadata } = arrow;
    const person = fields.findIndex(({ name }) => name === 'person');
    const wanted = [...pseudonyms].map((text) => Buffer.from(text, 'latin1'));
    const noTexts = () => fields.map(({ dictionary }) => new Uint8Array(dictionary?.length ?? 0));
    const [before, after] = [noTexts(), noTexts()];
    let erased = 0;
    for await (const batch of arrow.batches()) {
      const kept = keptRows(from, batch, person, wanted);
      erased += batch.rows - kept.reduce((sum, { from, to }) => sum + to - from, 0);
      for (const [at, column] of batch.columns.entries()) {
        if (column.kind !== 'dictionary') continue;
        markUsed(column, [{ from: 0, to: batch.rows }], before[at]!);
        markUsed(column, kept, after[at]!);
      }
    }
    // a text that no row had is one of a fixed list, and reveals nobody
    const used = before.map((texts, at) => texts.map((was, code) => (was === 0 ? 1 : after[at]![code]!)));
    const newCodes = used.map(newCodesOf);
    const columns = fields.map((field, at) => outputColumn(field, used[at]!));
    const writer = await ArrowFileWriter.open(to, columns, metadata);
    try {
      for await (const batch of arrow.batches()) {
        for (const rows of keptRows(from, batch, person, wanted)) {
          writer.append({
            rows: rows.to - rows.from,
            columns: batch.columns.map((column, at) => chunkOf(from, column, rows, newCodes[at]!)),
          });
        }
      }
      return { ...(await writer.close()), erased };
    } catch (fault) {
      await writer.abort();
      throw fault;
    }
  } finally {
    await arrow.close();
  }
}

/** The rows of a batch that are not the person’s, as ranges. */
function keptRows(
  path: string,
  { rows, columns }: ReadBatch,
  person: number,
  wanted: readonly Buffer[],
): KeptRows[] {
  const column = columns[person];
  if (column?.kind !== 'utf8') throw notReleased(path);
  const { bytes, offsets } = column;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: KeptRows[] = [];
  let from = 0;
  for (let row = 0; row < rows; row += 1) {
    const at = offsets[row]!;
    const isTheirs =
      offsets[row + 1]! - at === HASH_CHARACTERS &&
      wanted.some((one) => text.compare(one, 0, HASH_CHARACTERS, at, offsets[row + 1]) === 0);
    if (!isTheirs) continue;
    if (row > from) kept.push({ from, to: row });
    from = row + 1;
  }
  if (rows > from) kept.push({ from, to: rows });
  return kept;
}

function markUsed(
  { codes, validity }: Extract<ReadColumn, { kind: 'dictionary' }>,
  kept: readonly KeptRows[],
  used: Uint8Array,
): void {
  for (const { from, to } of kept) {
    for (let row = from; row < to; row += 1) {
      if (validity === null || isValid(validity, row)) used[codes[row]!] = 1;
    }
  }
}

/** The new code of each old one: they keep their order. */
function newCodesOf(used: Uint8Array): Int32Array {
  let next = 0;
  return Int32Array.from(used, (isUsed) => (isUsed === 1 ? next++ : 0));
}

function outputColumn(field: ReadField, used: Uint8Array): OutputColumn {
  const { name, nullable, metadata } = field;
  return { name, nullable, metadata, type: kindOf(field, used) };
}

function kindOf({ kind, dictionary }: ReadField, used: Uint8Array): ColumnKind {
  if (kind === 'dictionary') return { kind, values: dictionary!.filter((_, code) => used[code] === 1) };
  return kind === 'utf8' ? { kind: 'hex-token' } : { kind };
}

function chunkOf(path: string, column: ReadColumn, rows: KeptRows, newCodes: Int32Array): ChunkColumn {
  const validity = column.validity === null ? null : sliceBits(column.validity, rows);
  switch (column.kind) {
    case 'utf8':
      return { values: hashesOf(path, column, rows, validity), validity };
    case 'bool': {
      const bits = sliceBits(column.bits, rows);
      return {
        values: Uint8Array.from({ length: rows.to - rows.from }, (_, row) => (isValid(bits, row) ? 1 : 0)),
        validity,
      };
    }
    case 'dictionary': {
      const codes = Int32Array.from(column.codes.subarray(rows.from, rows.to), (code) => newCodes[code] ?? 0);
      return { values: codes, validity };
    }
    default:
      return { values: slice(column.values, rows), validity };
  }
}

/** Bytes 0 to 7 and 8 to 15 of each hash. */
function hashesOf(
  path: string,
  { offsets, bytes }: Extract<ReadColumn, { kind: 'utf8' }>,
  { from, to }: KeptRows,
  validity: Uint8Array | null,
): readonly [Uint8Array, Uint8Array] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const halves = [new Uint8Array((to - from) * 8), new Uint8Array((to - from) * 8)] as const;
  for (let row = from; row < to; row += 1) {
    if (validity !== null && !isValid(validity, row - from)) continue;
    const hash = text.toString('latin1', offsets[row], offsets[row + 1]);
    if (!/^[0-9a-f]{32}$/.test(hash)) throw notReleased(path);
    const words = Buffer.from(hash, 'hex');
    halves[0].set(words.subarray(0, 8), (row - from) * 8);
    halves[1].set(words.subarray(8), (row - from) * 8);
  }
  return halves;
}

function notReleased(path: string) {
  return refused({
    file: path,
    message: 'holds a text that is no pseudonym: tallystick did not release this file',
    wayOut: 'keep it out of the folder of runs',
  });
}

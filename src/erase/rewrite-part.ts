import type { PartChunk, PartColumn, PartValues } from '../store/part-columns.ts';
import { PartReader } from '../store/part-reader.ts';
import { PartWriter, type WrittenPart } from '../store/part-writer.ts';
import { SUBJECT_NUMBER } from '../store/subject-columns.ts';
import { isValid, paddedBytes } from '../write/validity-bitmap.ts';

/** Decides which rows of a batch are left out: their indexes, in order. */
export type LeftOutRows = (part: PartReader, batch: number) => readonly number[];

/**
 * Writes a part anew without some rows, and without the texts that only these rows had.
 *
 * @param newNumbers the new number of each subject of the source; null where numbers stay as they are
 */
export async function rewritePart(
  from: string,
  to: string,
  leftOut: LeftOutRows,
  newNumbers: Int32Array | null,
): Promise<WrittenPart> {
  const part = PartReader.open(from);
  try {
    const kept = Array.from({ length: part.batches }, (_, batch) =>
      keptRows(part.rowsOf(batch), leftOut(part, batch)),
    );
    const texts = new Map(
      part.columns.flatMap(({ name, type }) =>
        type === 'text' ? [[name, keptTexts(part, name, kept)] as const] : [],
      ),
    );
    const writer = await PartWriter.open(to, part.columns);
    try {
      for (let batch = 0; batch < part.batches; batch += 1) {
        writer.append(
          chunkOf(part, batch, kept[batch]!, (column, values) => {
            const { codes } = texts.get(column.name) ?? {};
            const map = codes ?? (column.name === SUBJECT_NUMBER ? newNumbers : null);
            return map === null ? values : { ...values, values: mapped(values, map) };
          }),
        );
      }
      return await writer.close(new Map([...texts].map(([name, { kept: list }]) => [name, list])));
    } catch (fault) {
      await writer.abort();
      throw fault;
    }
  } finally {
    part.close();
  }
}

function keptRows(rows: number, leftOut: readonly number[]): Int32Array {
  const kept = new Int32Array(rows - leftOut.length);
  let [next, to] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    if (leftOut[next] === row) next += 1;
    else kept[to++] = row;
  }
  return kept;
}

/** The texts that kept rows have, in their order, and the new code of each old one. */
function keptTexts(
  part: PartReader,
  name: string,
  kept: readonly Int32Array[],
): { readonly kept: readonly string[]; readonly codes: Int32Array } {
  const all = part.dictionary(name);
  const isUsed = new Uint8Array(all.length);
  for (const [batch, rows] of kept.entries()) {
    const { values, validity } = part.read(batch, name);
    for (const row of rows) {
      if (validity === null || isValid(validity, row)) isUsed[(values as Int32Array)[row]!] = 1;
    }
  }
  let next = 0;
  return {
    kept: all.filter((_, code) => isUsed[code] === 1),
    codes: Int32Array.from(isUsed, (used) => (used === 1 ? next++ : 0)),
  };
}

function chunkOf(
  part: PartReader,
  batch: number,
  rows: Int32Array,
  change: (column: PartColumn, values: PartValues) => PartValues,
): PartChunk {
  return {
    rows: rows.length,
    columns: part.columns.map((column) => change(column, gathered(part.read(batch, column.name), rows))),
  };
}

type AnyArray = Int8Array | Int16Array | Int32Array | BigInt64Array | Float64Array | Uint8Array;

/** The values of these rows, in memory of their own. */
function gathered({ values, validity }: PartValues, rows: Int32Array): PartValues {
  const from = values as AnyArray;
  const to = new (from.constructor as new (length: number) => AnyArray)(rows.length);
  for (let row = 0; row < rows.length; row += 1) to[row] = from[rows[row]!]!;
  if (validity === null) return { values: to, validity };
  const bits = new Uint8Array(paddedBytes(rows.length));
  for (let row = 0; row < rows.length; row += 1) {
    if (isValid(validity, rows[row]!)) bits[row >> 3]! |= 1 << (row & 7);
  }
  return { values: to, validity: bits };
}

function mapped({ values }: PartValues, map: Int32Array): Int32Array {
  return (values as Int32Array).map((value) => map[value] ?? 0);
}

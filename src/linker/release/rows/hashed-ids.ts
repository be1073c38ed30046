import type { ScannedTable } from '../../../engine/scanned-table.ts';
import { MAX_VECTOR_ROWS } from '../../../engine/vector-function.ts';
import { longWords } from '../../../store/long-words.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import type { PairHasher } from '../pseudonym-function.ts';
import type { AskedRows, LongReader } from './rank-sources.ts';
import { columnIndex } from './row-owners.ts';

/** The hashed ids of a batch, in halves; two words a row each. */
interface Hashed {
  readonly batch: number;
  readonly asked: AskedRows;
  readonly halves: readonly [Uint32Array, Uint32Array];
  readonly validity: Uint8Array | null;
}

/**
 * Released ids and parent keys are hashed again, for this agreement, so that no two recipients can join by them.
 *
 * @param token the stored token: the row's own, or that of the row it points at
 * @param hasher makes the released ids of an agreement
 * @returns bytes 0 to 7 and 8 to 15 of the ids, each as a whole number without a sign, whose order is that of the released rows
 */
export function hashedIds(
  table: ScannedTable,
  token: 'record' | 'parent',
  hasher: PairHasher,
): readonly [LongReader, LongReader] {
  const columns = [columnIndex(table, `${token}_a`), columnIndex(table, `${token}_b`)] as const;
  // both halves of a batch are asked for one after the other
  let last: Hashed | null = null;
  const half = (which: 0 | 1): LongReader => ({
    read: (batch, asked) => {
      if (last === null || last.batch !== batch || last.asked !== asked) {
        last = hashBatch(table, columns, batch, asked, hasher);
      }
      return { words: last.halves[which], validity: last.validity };
    },
  });
  return [half(0), half(1)];
}

/** Only the ids of rows that are asked for are hashed. */
function hashBatch(
  table: ScannedTable,
  columns: readonly [number, number],
  batch: number,
  asked: AskedRows,
  hasher: PairHasher,
): Hashed {
  const [a, b] = columns.map((column) => table.read(batch, column)) as [
    ReturnType<ScannedTable['read']>,
    ReturnType<ScannedTable['read']>,
  ];
  const [aWords, bWords] = [longWords(a.values), longWords(b.values)];
  const halves = [new Uint32Array(aWords.length), new Uint32Array(aWords.length)] as const;
  const hashed = new Int32Array(MAX_VECTOR_ROWS);
  const first = new Uint32Array(MAX_VECTOR_ROWS * 2);
  const second = new Uint32Array(MAX_VECTOR_ROWS * 2);
  let waiting = 0;
  const hash = () => {
    const made = hasher.hashPairs(new Uint8Array(first.buffer), new Uint8Array(second.buffer), waiting);
    const words = [longWords(made.first), longWords(made.second)] as const;
    for (const [index, half] of halves.entries()) {
      for (let one = 0; one < waiting; one += 1) {
        half[hashed[one]! * 2] = words[index]![one * 2]!;
        half[hashed[one]! * 2 + 1] = words[index]![one * 2 + 1]!;
      }
    }
    waiting = 0;
  };
  for (const row of asked.rows) {
    if (a.validity !== null && !isValid(a.validity, row)) continue;
    hashed[waiting] = row;
    for (const word of [0, 1]) {
      first[waiting * 2 + word] = aWords[row * 2 + word]!;
      second[waiting * 2 + word] = bWords[row * 2 + word]!;
    }
    waiting += 1;
    if (waiting === MAX_VECTOR_ROWS) hash();
  }
  if (waiting > 0) hash();
  return { batch, asked, halves, validity: a.validity };
}

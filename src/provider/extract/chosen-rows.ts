import { PartReader } from '../../store/part-reader.ts';
import { SUBJECT_NUMBER } from '../../store/subject-columns.ts';
import { isValid } from '../../write/validity-bitmap.ts';
import type { SubjectTokens } from '../tokenise/subject-numbers.ts';
import { RowHash } from './row-hash.ts';

/** Stored columns by which rows are distinguished, by name. */
export interface RowColumns {
  /** whom or what a row is about; the first is a subject or half a token, and at random */
  readonly who: readonly [string, ...string[]];
  /** what it records of them */
  readonly what: readonly string[];
  /** rows name subjects by numbers, which depend on the order of the rows: their tokens are taken instead */
  readonly subjects: SubjectTokens;
}

/** Takes a row: the words of its first half, a hash of everything by which it is known, and one of what it records. */
type TakeRow = (low: number, high: number, row: number, said: number) => void;

/** A column of a record batch. */
interface BatchColumn {
  /** each value as words of 32 bits, lowest first; a shorter one is one word */
  readonly words: Int32Array;
  readonly wordsEach: number;
  readonly validity: Uint8Array | null;
  /** of a text column, in whose words codes are: a hash of each text, as two words */
  readonly texts: Int32Array | null;
}

/**
 * Reads stored rows of one file and hashes those that are chosen by their first half, batch by batch. Texts are hashed as texts, for each file has codes of its own.
 * A row without a first half is about no patient, and left out.
 *
 * @param choose by the low and the high word of the first half
 */
export function eachChosenRow(
  path: string,
  { who, what, subjects }: RowColumns,
  choose: (low: number, high: number) => boolean,
  take: TakeRow,
): void {
  const part = PartReader.open(path);
  try {
    const texts = new Map<string, Int32Array>();
    const chosen: number[] = [];
    for (let batch = 0; batch < part.batches; batch += 1) {
      const column = (name: string) => readColumn(part, batch, name, texts, subjects);
      const first = column(who[0]);
      chosen.length = 0;
      for (let row = 0; row < part.rowsOf(batch); row += 1) {
        if (isNull(first, row)) continue;
        const word = first.wordsEach * row;
        if (choose(first.words[word]!, first.words[word + 1]!)) chosen.push(row);
      }
      // most batches of a large file have few rows or none that are chosen, and many columns
      if (chosen.length > 0) hashRows(chosen, [first, ...who.slice(1).map(column)], what.map(column), take);
    }
  } finally {
    part.close();
  }
}

function hashRows(
  rows: readonly number[],
  who: readonly BatchColumn[],
  what: readonly BatchColumn[],
  take: TakeRow,
): void {
  const hash = new RowHash();
  const [first] = who;
  for (const row of rows) {
    hash.clear();
    for (const column of what) addValue(hash, column, row);
    const said = hash.value;
    for (const column of who) addValue(hash, column, row);
    const word = first!.wordsEach * row;
    take(first!.words[word]!, first!.words[word + 1]!, hash.value, said);
  }
}

function isNull({ validity }: BatchColumn, row: number): boolean {
  return validity !== null && ((validity[row >> 3]! >> (row & 7)) & 1) === 0;
}

function addValue(hash: RowHash, column: BatchColumn, row: number): void {
  if (isNull(column, row)) {
    hash.add(0);
    return;
  }
  const { words, wordsEach, texts } = column;
  hash.add(1);
  if (texts !== null) {
    const code = words[row]!;
    hash.add(texts[2 * code]!);
    hash.add(texts[2 * code + 1]!);
    return;
  }
  for (let word = 0; word < wordsEach; word += 1) hash.add(words[wordsEach * row + word]!);
}

function readColumn(
  part: PartReader,
  batch: number,
  name: string,
  texts: Map<string, Int32Array>,
  subjects: SubjectTokens,
): BatchColumn {
  const { values, validity } = part.read(batch, name);
  if (name === SUBJECT_NUMBER) {
    return { words: tokensOf(values as Int32Array, validity, subjects), wordsEach: 4, validity, texts: null };
  }
  const { type } = part.columns.find((one) => one.name === name)!;
  if (type === 'text' && !texts.has(name)) texts.set(name, hashTexts(part.dictionary(name)));
  return {
    ...wordsOf(values),
    validity,
    texts: type === 'text' ? texts.get(name)! : null,
  };
}

function tokensOf(numbers: Int32Array, validity: Uint8Array | null, subjects: SubjectTokens): Int32Array {
  const words = new Int32Array(numbers.length * 4);
  for (let row = 0; row < numbers.length; row += 1) {
    if (validity === null || isValid(validity, row)) subjects.copyToken(numbers[row]!, words, row * 4);
  }
  return words;
}

function wordsOf(values: ArrayBufferView): Pick<BatchColumn, 'words' | 'wordsEach'> {
  if (values instanceof Int8Array || values instanceof Int16Array || values instanceof Uint8Array) {
    return { words: Int32Array.from(values), wordsEach: 1 };
  }
  const { buffer, byteOffset, byteLength } = values;
  return {
    words: new Int32Array(buffer, byteOffset, byteLength / 4),
    wordsEach: values instanceof Int32Array ? 1 : 2,
  };
}

function hashTexts(texts: readonly string[]): Int32Array {
  const hash = new RowHash();
  const hashes = new Int32Array(2 * texts.length);
  for (const [code, text] of texts.entries()) {
    hash.clear();
    hash.addText(text);
    hashes[2 * code] = hash.value % 2 ** 32;
    hashes[2 * code + 1] = hash.value / 2 ** 32;
  }
  return hashes;
}

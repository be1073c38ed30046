import { longWords } from '../../store/long-words.ts';
import { PartReader } from '../../store/part-reader.ts';
import { SUBJECT_NUMBER } from '../../store/subject-columns.ts';
import type { TokenWords } from '../../store/token-text.ts';
import { isValid } from '../../write/validity-bitmap.ts';
import type { SubjectTokens } from './subject-numbers.ts';

/** Stored rows of one source, and the tokens of the subjects that they name by number. */
export interface StoredTokens {
  readonly paths: readonly string[];
  readonly subjects: SubjectTokens;
}

/** Takes a token of each row of a record batch; null where the row has none. */
type TokenOf = (row: number) => TokenWords | null;

/**
 * Takes subject and `sex|birth date|postcode` of every patient that has one, and of every earlier address, in the order in which they are stored.
 *
 * @param subjectsPart path of the subjects of a source
 * @param addresses the stored rows of its addresses
 */
export function eachStoredTuple(
  subjectsPart: string,
  addresses: StoredTokens,
  take: (subject: TokenWords, tuple: TokenWords) => void,
): void {
  eachBatch([subjectsPart], (part, batch) => {
    const [subject, tuple] = [tokensOf(part, batch, 'subject'), tokensOf(part, batch, 'tuple')];
    takeBoth(part.rowsOf(batch), subject, tuple, take);
  });
  eachBatch(addresses.paths, (part, batch) => {
    const [subject, tuple] = [subjectsOf(part, batch, addresses.subjects), tokensOf(part, batch, 'tuple')];
    takeBoth(part.rowsOf(batch), subject, tuple, take);
  });
}

/** Takes one token of every stored row that has it, as its four words, in the order of the rows. */
export function eachStoredToken(
  token: 'subject' | 'record',
  { paths, subjects }: StoredTokens,
  take: (...token: TokenWords) => void,
): void {
  eachBatch(paths, (part, batch) => {
    const tokenOf = token === 'subject' ? subjectsOf(part, batch, subjects) : tokensOf(part, batch, token);
    for (let row = 0; row < part.rowsOf(batch); row += 1) {
      const words = tokenOf(row);
      if (words !== null) take(...words);
    }
  });
}

function takeBoth(
  rows: number,
  subjectOf: TokenOf,
  tupleOf: TokenOf,
  take: (subject: TokenWords, tuple: TokenWords) => void,
): void {
  for (let row = 0; row < rows; row += 1) {
    const tuple = tupleOf(row);
    const subject = tuple === null ? null : subjectOf(row);
    if (subject !== null) take(subject, tuple!);
  }
}

function eachBatch(paths: readonly string[], read: (part: PartReader, batch: number) => void): void {
  for (const path of paths) {
    const part = PartReader.open(path);
    try {
      for (let batch = 0; batch < part.batches; batch += 1) read(part, batch);
    } finally {
      part.close();
    }
  }
}

function subjectsOf(part: PartReader, batch: number, subjects: SubjectTokens): TokenOf {
  const { values, validity } = part.read(batch, SUBJECT_NUMBER);
  const numbers = values as Int32Array;
  return (row) => (validity === null || isValid(validity, row) ? subjects.tokenOf(numbers[row]!) : null);
}

function tokensOf(part: PartReader, batch: number, token: string): TokenOf {
  const [a, b] = [part.read(batch, `${token}_a`), part.read(batch, `${token}_b`)];
  const [aWords, bWords] = [longWords(a.values), longWords(b.values)];
  return (row) => {
    if (a.validity !== null && !isValid(a.validity, row)) return null;
    const word = row * 2;
    return [aWords[word]!, aWords[word + 1]!, bWords[word]!, bWords[word + 1]!];
  };
}

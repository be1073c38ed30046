import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PartReader } from '../store/part-reader.ts';
import { SUBJECT_NUMBER } from '../store/subject-columns.ts';
import type { TokenStore } from '../store/token-store.ts';
import { type TokenText, tokenBytes } from '../store/token-text.ts';
import { isValid } from '../write/validity-bitmap.ts';
import { FewTokens, hasToken, readTokens, tokenAt } from './few-tokens.ts';
import { linesOf } from './token-lines.ts';

/** A store that is open, and its folder. */
export interface StoreAt {
  readonly directory: string;
  readonly store: TokenStore;
}

/** What the stores have of the person. */
export interface FoundInStores {
  /** numbers of the person’s subjects, by name of source */
  readonly subjects: ReadonlyMap<string, ReadonlySet<number>>;
  /** tokens of these subjects */
  readonly subjectTokens: FewTokens;
  /** tokens of sex, birth date and postcode */
  readonly tuples: FewTokens;
}

/**
 * Finds the subjects of a person in stores that belong together: those with one of the NHS numbers; and of those without any, each
 * whose sex, birth date and postcode are of the person, now or at an earlier address. The last may be a twin’s: a row of which it is not
 * known that it is somebody else’s is erased as well, and the next store, made from the extracts, has it again.
 */
export function findInStores(stores: readonly StoreAt[], numbers: FewTokens): FoundInStores {
  const found = {
    subjects: new Map<string, Set<number>>(),
    subjectTokens: new FewTokens(),
    tuples: new FewTokens(),
  };
  for (const one of stores) findByNumber(one, numbers, found);
  for (const one of stores) {
    addEarlierTuples(one, found);
    addWitnessedTuples(one, numbers, found.tuples);
  }
  for (const one of stores) findByTuple(one, found);
  return found;
}

type Found = {
  readonly subjects: Map<string, Set<number>>;
  readonly subjectTokens: FewTokens;
  readonly tuples: FewTokens;
};

function findByNumber({ directory, store }: StoreAt, numbers: FewTokens, found: Found): void {
  eachBatch(directory, store.subjects, (part, batch, rows, source, from) => {
    const [nhs, own, tuple] = ['nhs', 'subject', 'tuple'].map((name) => readTokens(part, batch, name)!);
    for (const row of numbers.rowsIn(nhs!, rows)) {
      addSubject(found, source, from + row, tokenAt(own!, row));
      if (hasToken(tuple!, row)) found.tuples.add(tokenAt(tuple!, row));
    }
  });
}

/** Of a table of earlier addresses, each row has a subject and the tuple that this address makes. */
function addEarlierTuples({ directory, store }: StoreAt, found: Found): void {
  for (const { source, parts } of store.tables) {
    const own = found.subjects.get(source);
    if (own === undefined) continue;
    eachBatch(
      directory,
      parts.map((part) => ({ source, part })),
      (part, batch, rows) => {
        const tuple = readTokens(part, batch, 'tuple');
        if (tuple === null) return;
        const { values, validity } = part.read(batch, SUBJECT_NUMBER);
        for (let row = 0; row < rows; row += 1) {
          if (validity !== null && !isValid(validity, row)) continue;
          if (own.has((values as Int32Array)[row]!) && hasToken(tuple, row)) {
            found.tuples.add(tokenAt(tuple, row));
          }
        }
      },
    );
  }
}

/** Rows that stayed above the identity boundary left the tuple of a number as evidence. */
function addWitnessedTuples({ directory, store }: StoreAt, numbers: FewTokens, tuples: FewTokens): void {
  if (store.witnesses === undefined) return;
  const file = join(directory, store.witnesses);
  for (const { tokens } of linesOf(readFileSync(file, 'utf8'), file).lines) {
    const [tuple, number] = [tokens.get(''), tokens.get('nhs')];
    if (tuple !== undefined && number !== undefined && numbers.hasText(number)) {
      tuples.add(tokenBytes(tuple as TokenText));
    }
  }
}

function findByTuple({ directory, store }: StoreAt, found: Found): void {
  eachBatch(directory, store.subjects, (part, batch, rows, source, from) => {
    const [nhs, own, tuple] = ['nhs', 'subject', 'tuple'].map((name) => readTokens(part, batch, name)!);
    for (const row of found.tuples.rowsIn(tuple!, rows)) {
      if (!hasToken(nhs!, row)) addSubject(found, source, from + row, tokenAt(own!, row));
    }
  });
}

function addSubject(
  { subjects, subjectTokens }: Found,
  source: string,
  number: number,
  token: Uint8Array,
): void {
  const own = subjects.get(source) ?? new Set();
  own.add(number);
  subjects.set(source, own);
  subjectTokens.add(token);
}

/** Goes through the record batches of parts. */
export function eachBatch(
  directory: string,
  parts: readonly { readonly source: string; readonly part: string }[],
  look: (part: PartReader, batch: number, rows: number, source: string, from: number) => void,
): void {
  for (const { source, part: name } of parts) {
    const part = PartReader.open(join(directory, name));
    try {
      let from = 0;
      for (let batch = 0; batch < part.batches; batch += 1) {
        const rows = part.rowsOf(batch);
        look(part, batch, rows, source, from);
        from += rows;
      }
    } finally {
      part.close();
    }
  }
}

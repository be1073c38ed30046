import { PseudonymIndex } from '../governance/recall/pseudonym-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { PairHasher } from '../keys/pair-hasher.ts';
import { releaseInfo, subjectInfo } from '../keys/recipes.ts';

/** What is known of the person by tokens: 16 bytes each. */
export interface ErasedTokens {
  /** of the NHS numbers */
  readonly numbers: readonly Uint8Array[];
  /** of the subjects that are the person’s in the stores */
  readonly subjects: readonly Uint8Array[];
  /** of sex, birth date and postcode together, in all that the stores have of the person */
  readonly tuples: readonly Uint8Array[];
}

/** How the person is named in everything that was made for one data sharing agreement. */
export interface ErasedHashes {
  /** finds the person in released files */
  readonly index: PseudonymIndex;
  /** 32 hexadecimal digits each: by a number, or, where no number was known to a run, by a subject or a tuple */
  readonly persons: ReadonlySet<string>;
  /** of the person’s subjects, as a link map has them */
  readonly subjects: ReadonlySet<string>;
}

/** The pseudonyms of the person for one agreement. */
export function erasedHashes(tokens: ErasedTokens, releaseKey: KeyRing, agreement: string): ErasedHashes {
  const { numbers, subjects, tuples } = tokens;
  const persons = new PairHasher(releaseKey, releaseInfo(agreement));
  const ofSubjects = new PairHasher(releaseKey, subjectInfo(agreement).pseudonym);
  try {
    const anchors = distinct([...numbers, ...subjects, ...tuples]);
    return {
      index: new PseudonymIndex(wordsOf(anchors), persons),
      persons: new Set(anchors.map((token) => persons.hashOne(token))),
      subjects: new Set(subjects.map((token) => ofSubjects.hashOne(token))),
    };
  } finally {
    persons.close();
    ofSubjects.close();
  }
}

function distinct(tokens: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(tokens.map((token) => [Buffer.from(token).toString('hex'), token])).values()];
}

function wordsOf(tokens: readonly Uint8Array[]): Uint32Array {
  return new Uint32Array(new Uint8Array(Buffer.concat(tokens)).buffer);
}

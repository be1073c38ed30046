import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { PairHasher } from '../../keys/pair-hasher.ts';
import { releaseInfo } from '../../keys/recipes.ts';
import { PseudonymFunction } from './pseudonym-function.ts';
import { PSEUDONYM_FUNCTION } from './steps.ts';
import type { RecordKey } from './threads/table-messages.ts';

/** Makes the pseudonyms of one agreement: of persons in SQL too, and of records. */
export class Pseudonymiser {
  readonly persons: PairHasher;
  readonly records: PairHasher;
  readonly #releaseKey: KeyRing;
  readonly #recordInfo: string;

  /** @param engine in which `release_pseudonym` can be called from here on */
  constructor(engine: DuckDbEngine, releaseKey: KeyRing, agreement: string) {
    this.persons = new PairHasher(releaseKey, releaseInfo(agreement));
    this.#releaseKey = releaseKey;
    this.#recordInfo = `${releaseInfo(agreement)}/record`;
    this.records = new PairHasher(releaseKey, this.#recordInfo);
    engine.register(new PseudonymFunction(PSEUDONYM_FUNCTION, this.persons));
  }

  /** The key of `records` once more, for a thread that makes the same ids; the caller overwrites it. */
  recordKey(): RecordKey {
    return { info: this.#recordInfo, key: this.#releaseKey.derive(this.#recordInfo) };
  }

  /** Forgets its keys. */
  close(): void {
    this.persons.close();
    this.records.close();
  }
}

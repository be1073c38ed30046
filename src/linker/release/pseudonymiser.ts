import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { PairHasher } from '../../keys/pair-hasher.ts';
import { releaseInfo } from '../../keys/recipes.ts';
import { PseudonymFunction } from './pseudonym-function.ts';
import { PSEUDONYM_FUNCTION, RECORD_FUNCTION } from './steps.ts';

/** Makes the pseudonyms of one agreement, of persons and of records, in SQL and one at a time. */
export class Pseudonymiser {
  readonly persons: PairHasher;
  readonly #records: PairHasher;

  /** @param engine in which `release_pseudonym` and `release_record` can be called from here on */
  constructor(engine: DuckDbEngine, releaseKey: KeyRing, agreement: string) {
    this.persons = new PairHasher(releaseKey, releaseInfo(agreement));
    this.#records = new PairHasher(releaseKey, `${releaseInfo(agreement)}/record`);
    engine.register(new PseudonymFunction(PSEUDONYM_FUNCTION, this.persons, true));
    engine.register(new PseudonymFunction(RECORD_FUNCTION, this.#records, false));
  }

  /** Forgets its keys. */
  close(): void {
    this.persons.close();
    this.#records.close();
  }
}

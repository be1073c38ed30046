import type { SensitiveCodes } from '../../domain/sensitive-code.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StageTimes } from '../../program/progress.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import type { PartialRun } from '../../write/partial-run.ts';
import type { LinkerEngine } from '../linker-engine.ts';
import type { OpenStores } from '../open-stores.ts';
import type { Gates } from '../publish/gates.ts';
import type { ReleasePlan } from './plan-release.ts';
import type { PairHasher } from './pseudonym-function.ts';
import type { ReleaseDivision } from './release-division.ts';
import type { RecordKey } from './threads/table-messages.ts';

/** What releasing the tables needs. */
export interface Release {
  readonly pipeline: Pipeline;
  readonly plan: ReleasePlan;
  readonly linker: LinkerEngine;
  readonly stores: OpenStores;
  readonly sensitive: SensitiveCodes;
  /** makes the ids under which records are released */
  readonly records: PairHasher;
  /** their key, a copy for each thread that makes some */
  readonly recordKey: () => RecordKey;
  readonly division: ReleaseDivision;
  readonly run: PartialRun;
  readonly gates: Gates;
  readonly metadata: ReadonlyMap<string, string>;
  readonly pseudonyms: Uint8Array;
  readonly settings: RunSettings;
  readonly times: StageTimes;
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { PairHasher } from '../../keys/pair-hasher.ts';
import { subjectInfo } from '../../keys/recipes.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { Step } from '../../sql/step.ts';
import type { RecordedLinkMap } from '../../write/operator-record.ts';
import type { PartialRun } from '../../write/partial-run.ts';
import { assertReads } from '../linker-engine.ts';
import type { OpenStores } from '../open-stores.ts';
import type { Gates } from '../publish/gates.ts';
import { SubjectFunction } from '../release/subject-function.ts';
import { digestOptOuts, linkRules } from './link-rules.ts';

/**
 * Makes the run's link map, passes it through the gates and adds it to the run, so that it is kept beside the published run.
 *
 * @param step makes `link_map`; null where none is to be kept
 * @param directory private, and one the engine may write to
 * @returns its entry in the operator's record, or null
 */
export async function keepLinkMap(
  engine: DuckDbEngine,
  step: Step | null,
  pipeline: Pipeline,
  stores: OpenStores,
  releaseKey: KeyRing,
  run: PartialRun,
  gates: Gates,
  directory: string,
): Promise<RecordedLinkMap | null> {
  if (step === null) return null;
  const { pseudonym, record } = subjectInfo(pipeline.release.agreement);
  const hashers = [new PairHasher(releaseKey, pseudonym), new PairHasher(releaseKey, record)] as const;
  const file = join(directory, `${step.name}.parquet`);
  try {
    engine.register(new SubjectFunction(...hashers));
    await assertReads(engine, step);
    // Hashes do not compress, and what is left of the file is a few bits a row.
    const rows = await engine.run(
      dialect.writeParquet(step.sql, file, 'uncompressed'),
      'writing the link map',
    );
    await gates.checkLinkMap(engine, file);
    const { bytes, sha256 } = await run.keepLinkMap(file);
    return { rows, bytes, sha256, optOuts: digestOptOuts(stores), rules: linkRules(pipeline, stores) };
  } finally {
    await rm(file, { force: true });
    for (const hasher of hashers) hasher.close();
  }
}

import { join } from 'node:path';
import type { Nights } from '../baseline/nights.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { StageTimes } from '../program/progress.ts';
import type { PublishedRun } from '../write/partial-run.ts';
import { RELEASE_FOLDER } from '../write/run-place.ts';
import type { LinkedPersons } from './link/link-persons.ts';
import type { OpenStores } from './open-stores.ts';
import type { DescribedOptOuts } from './publish/describe-opt-outs.ts';
import type { ReleasedTables } from './release/release-tables.ts';
import type { RunResult } from './result.ts';

/** The result of a published run, from the results of its stages. */
export function resultOf(
  pipeline: Pipeline,
  stores: OpenStores,
  runId: string,
  { counts, audit, implausible }: LinkedPersons,
  { record: { effect, whatIf, applied } }: DescribedOptOuts,
  { written, receipts, warnings }: ReleasedTables,
  { directory, outcome, latest }: PublishedRun,
  nights: Nights,
  times: StageTimes,
): RunResult {
  return {
    name: pipeline.name,
    runId,
    runDate: stores.runDate,
    directory,
    release: join(directory, RELEASE_FOLDER),
    outcome,
    latest,
    rowsIn: stores.receipts.reduce((sum, { rowsIn }) => sum + rowsIn, 0),
    rowsOut: written.reduce((sum, { rows }) => sum + rows, 0),
    receipts: [...stores.receipts, ...receipts],
    persons: counts,
    optOuts: { effect, whatIf, exempt: applied.exempt },
    warnings: [...stores.warnings, ...warnings, ...nights.warnings],
    waivers: stores.waivers,
    comparedWith: nights.comparison,
    implausible,
    audit,
    files: written.map(({ output: { file, bytes }, rows }) => ({ file, rows, bytes })),
    seconds: times.elapsed,
    stages: times.seconds,
  };
}

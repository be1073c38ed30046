import { statSync } from 'node:fs';
import { type Problem, refused } from '../../domain/problem.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { LinkerEngine } from '../../linker/linker-engine.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { type Sql, stored } from '../../sql/sql.ts';
import { digestFile } from '../../write/digest-file.ts';
import { linkMapOf } from '../../write/run-place.ts';
import { causeOf } from './causes.ts';
import { compareCounts } from './compare-counts.ts';
import { compareRelease } from './compare-release.ts';
import type { ComparedRelease, ComparedRun } from './compared-run.ts';
import {
  type Findings,
  PERSON_FINDINGS,
  type PersonFindingName,
  type RunDifference,
  type SubjectFindingName,
} from './findings.ts';
import { listPersons } from './list-persons.ts';
import {
  diffSteps,
  PERSON_COUNTS_SQL,
  RANK_MOVES_SQL,
  SUBJECT_COUNTS_SQL,
  UNEXPLAINED_SQL,
} from './steps.ts';
import { type WhatDiffers, whatDiffers } from './what-differs.ts';

/** A published run, and its folder as it was named. */
export interface PublishedRunToCompare extends ComparedRelease {
  readonly directory: string;
}

/** The same with its manifest and record as one. */
interface WholeRun {
  readonly directory: string;
  readonly run: ComparedRun;
}

/**
 * Compares two published runs: the releases by manifest and record, and persons by the link maps, if both are there. It sees
 * pseudonyms only, and needs no key.
 *
 * @param list file that is to name the persons, not yet there; null for none
 * @throws TallystickError (exit 1) where a link map is damaged or another run's, and for a list that cannot be made because
 *   keys differ or a map is missing
 */
export async function diffRuns(
  a: PublishedRunToCompare,
  b: PublishedRunToCompare,
  list: string | null,
  settings: RunSettings,
): Promise<RunDifference> {
  const releases = { a: a.manifest.run, b: b.manifest.run, release: compareRelease(a, b) };
  const runs = [a, b].map(wholeRun);
  const [inA, inB] = runs;
  if (inA == null || inB == null) {
    const missing = [a, b].filter((_, index) => runs[index] === null).map(noRecord);
    if (list !== null) throw refused(...missing);
    return { ...releases, differs: null, counts: [], findings: null, missing };
  }
  const differs = whatDiffers(inA.run, inB.run);
  const compared = { ...releases, differs, counts: compareCounts(inA.run, inB.run) };
  if (differs.keys.length > 0) {
    if (list === null) return { ...compared, findings: null, missing: [] };
    throw refused({
      message: `no persons can be listed: the ${differs.keys.join(' and the ')} changed`,
      wayOut: 'without --list, the counts are compared',
    });
  }
  const { maps, missing } = await findMaps([inA, inB]);
  if (missing.length > 0) {
    if (list !== null) throw refused(...missing);
    return { ...compared, findings: null, missing };
  }
  return { ...compared, findings: await compareMaps(maps, differs, list, settings), missing };
}

function wholeRun({ directory, manifest, record }: PublishedRunToCompare): WholeRun | null {
  return record === null ? null : { directory, run: { ...manifest, ...record, run: manifest.run } };
}

function noRecord({ directory }: PublishedRunToCompare): Problem {
  return {
    file: directory,
    message: 'the operator’s record of this run is not at hand',
    wayOut: 'whoever ran the pipeline has it: name the folder of the run, with release and operator in it',
  };
}

/**
 * The link maps of both runs, each compared with its record, and which of them are missing.
 *
 * @throws TallystickError (exit 1) with every fault of either, where one is damaged
 */
async function findMaps(
  runs: readonly [WholeRun, WholeRun],
): Promise<{ readonly maps: [string, string]; readonly missing: readonly Problem[] }> {
  const missing: Problem[] = [];
  const damaged: Problem[] = [];
  const paths: string[] = [];
  for (const { directory, run } of runs) {
    const named = run.linkage?.map;
    const path = linkMapOf(directory, run.run.id);
    paths.push(path);
    if (named === undefined) {
      missing.push({
        file: directory,
        message: 'this run kept no link map',
        wayOut: 'set `link: { keepMap: true }` in the pipeline file and run it again: its id stays the same',
      });
    } else if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
      missing.push({
        file: path,
        message: 'the link map of this run is not there',
        wayOut: 'it stays with whoever linked, beside the runs; the same run, made again, leaves it again',
      });
    } else if ((await digestFile(path)).sha256 !== named.sha256) {
      damaged.push({
        file: path,
        message:
          'is damaged, or the link map of another run: its sha256 is not the one in the operator’s record',
        wayOut: 'the same run, made again, leaves it again',
      });
    }
  }
  if (damaged.length > 0) throw refused(...missing, ...damaged);
  return { maps: paths as [string, string], missing };
}

async function compareMaps(
  maps: readonly [string, string],
  differs: WhatDiffers,
  list: string | null,
  settings: RunSettings,
): Promise<Findings> {
  const linker = await LinkerEngine.open(maps, settings);
  const { engine } = linker;
  try {
    const [mapA, mapB] = maps.map((path) => stored('link maps', dialect.readParquet([path]))) as [Sql, Sql];
    const make = linker.makerFor('diff');
    for (const step of diffSteps(mapA, mapB, differs, dialect)) await make(step);
    const findings = await readFindings(engine, differs);
    if (list !== null) await listPersons(engine, differs.allSources, list, settings.signal);
    return findings;
  } finally {
    settings.progress.end();
    linker.close();
  }
}

async function readFindings(engine: DuckDbEngine, { allSources }: WhatDiffers): Promise<Findings> {
  const rows = (sql: string) => engine.query(sql, 'counting what is different');
  const persons = (await rows(PERSON_COUNTS_SQL)).map((row) => ({
    finding: row['finding'] as PersonFindingName,
    ...causeOf(Number(row['cause']), allSources),
    persons: Number(row['persons']),
    subjects: Number(row['subjects']),
  }));
  const subjects = (await rows(SUBJECT_COUNTS_SQL)).map((row) => ({
    finding: row['finding'] as SubjectFindingName,
    source: String(row['source']),
    ...causeOf(Number(row['cause']), allSources),
    subjects: Number(row['subjects']),
  }));
  const ranks = (await rows(RANK_MOVES_SQL)).map((row) => ({
    a: Number(row['a']),
    b: Number(row['b']),
    subjects: Number(row['subjects']),
  }));
  const totals = Object.fromEntries(PERSON_FINDINGS.map((finding) => [finding, 0])) as Record<
    PersonFindingName,
    number
  >;
  for (const one of persons) totals[one.finding] += one.persons;
  const [unexplained] = await rows(UNEXPLAINED_SQL);
  return { totals, persons, subjects, ranks, unexplained: Number(unexplained?.['unexplained']) };
}

import { refused } from '../../domain/problem.ts';
import type { DroppedRows, DropReason, Receipt } from '../../domain/receipt.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { readKnownCodes } from '../../linker/de-identify/known-codes.ts';
import { linkSubjects } from '../../linker/link/link-subjects.ts';
import { loadBusyTuples, loadWitnesses } from '../../linker/link/load-tokens.ts';
import { checkPatientKeys } from '../../linker/link/patient-keys.ts';
import { LinkerEngine } from '../../linker/linker-engine.ts';
import { listFiles, type OpenStores } from '../../linker/open-stores.ts';
import { planRelease } from '../../linker/release/plan-release.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StageTimes } from '../../program/progress.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import type { EvaluationCounts, Grouping, RecordCounts } from './counts.ts';
import type { NotEvaluated } from './evaluation.ts';
import { type NamedTable, storedTables } from './evaluation-pipeline.ts';
import { type EvaluationFigures, figuresOf } from './figures.ts';
import { MOST_PROBLEMS } from './read-truth.ts';
import { EVALUATED_SQL, evaluationSteps, repeatedTruthSql, TRUTH, TRUTH_COLUMNS } from './steps.ts';
import type { TokenisedTruth } from './tokenise-truth.ts';

/** The truth below the boundary. */
export interface TruthTokens extends TokenisedTruth {
  /** path of the file of tokens */
  readonly path: string;
  /** how the truth file itself is named in messages */
  readonly shownAs: string;
  readonly tables: { readonly named: readonly NamedTable[]; readonly unnamed: readonly string[] };
}

/**
 * The second half of an evaluation, below the identity boundary: link, and compare. It sees tokens only, and holds no key.
 *
 * @throws TallystickError (exit 1) for a record that the truth names twice, and where it names none that is there
 */
export async function judgeLinkage(
  pipeline: Pipeline,
  stores: OpenStores,
  truth: TruthTokens,
  settings: RunSettings,
  times: StageTimes,
): Promise<EvaluationFigures & { readonly notEvaluated: NotEvaluated }> {
  const linker = await LinkerEngine.open([...listFiles(stores), truth.path], settings);
  const { engine } = linker;
  try {
    linker.readStores(pipeline, stores);
    await times.time('link', async () => {
      await checkPatientKeys(engine, pipeline, stores);
      await loadBusyTuples(engine, stores);
      await loadWitnesses(engine, pipeline, stores);
      const known = await readKnownCodes(engine, pipeline);
      const { link } = planRelease(pipeline, known);
      const make = linker.makerFor('link');
      for (const step of link.numbering) await make(step);
      linker.numbers.complete();
      await linkSubjects(engine, link, pipeline.link.minProbability, make);
    });
    return await times.time('evaluate', async () => {
      await loadTruth(engine, truth);
      const tables = storedTables(pipeline, truth.tables.named);
      const make = linker.makerFor('evaluate');
      for (const step of evaluationSteps(tables, dialect)) await make(step);
      const ladder = pipeline.link.ranks.map(({ rank }) => rank);
      const sources = pipeline.sources.map(({ name }) => name);
      const figures = figuresOf(await readCounts(engine), ladder, sources);
      return { ...figures, notEvaluated: await readNotEvaluated(engine, truth, stores.receipts) };
    });
  } finally {
    settings.progress.end();
    linker.close();
  }
}

/** Reads the truth's tokens, and makes sure that no record has two persons. */
async function loadTruth(engine: DuckDbEngine, { path, shownAs }: TruthTokens): Promise<void> {
  const columns = Object.entries(TRUTH_COLUMNS).map(([name, type]) => `'${name}': '${type}'`);
  const form = [
    `columns = {${columns.join(', ')}}`,
    'header = true',
    `delim = ','`,
    `quote = '"'`,
    `escape = '"'`,
  ];
  await engine.run(
    `CREATE TABLE ${TRUTH} AS SELECT * FROM ${dialect.readCsv([path], form)}`,
    'reading the truth',
  );
  const repeated = await engine.query(repeatedTruthSql(MOST_PROBLEMS), 'checking the truth');
  if (repeated.length === 0) return;
  throw refused(
    ...repeated.map(({ line, first_line: first }) => ({
      file: shownAs,
      line: Number(line),
      column: 'record_id',
      message: `names a record that line ${Number(first)} has named already`,
    })),
  );
}

/** Everything the steps counted. */
async function readCounts(engine: DuckDbEngine): Promise<EvaluationCounts> {
  const rows = (step: string) => engine.query(`SELECT * FROM ${step}`, `reading ${step}`);
  const [pairs] = await rows('evaluated_pairs');
  const of = (name: string) => Number(pairs?.[name] ?? 0);
  return {
    truePersons: of('true_persons'),
    linkedPersons: of('linked_persons'),
    pairs: { bothPairs: of('both_pairs'), linkedPairs: of('linked_pairs'), truePairs: of('true_pairs') },
    ranks: (await rows('evaluated_ranks')).map((row) => ({
      rank: Number(row['match_rank']),
      ...countsOf(row),
    })),
    groups: (await rows('evaluated_groups')).map((row) => ({
      by: row['characteristic'] as Grouping,
      value: row['value'] === null ? null : String(row['value']),
      ...countsOf(row),
    })),
  };
}

function countsOf(row: Readonly<Record<string, unknown>>): RecordCounts {
  return {
    records: Number(row['records']),
    linked: Number(row['linked']),
    falseMatches: Number(row['false_matches']),
    linkable: Number(row['linkable']),
    missedMatches: Number(row['missed_matches']),
  };
}

/** Rows and lines that were left out, by reason. @throws TallystickError (exit 1) where nothing is left */
async function readNotEvaluated(
  engine: DuckDbEngine,
  { lines, passedOver, shownAs, tables }: TruthTokens,
  receipts: readonly Receipt[],
): Promise<NotEvaluated> {
  const evaluated = await engine.query(EVALUATED_SQL, 'counting what was evaluated');
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const records = sum(evaluated.map((row) => Number(row['records'])));
  if (records === 0) {
    throw refused({
      file: shownAs,
      message: 'names no record that is in the extracts',
      wayOut: 'check that it is the truth of these extracts, and of no others',
    });
  }
  const names = [...tables.named.map(({ table }) => table.name), ...tables.unnamed];
  const own = receipts.filter(({ table }) => names.includes(table));
  const notLinked: DroppedRows = {};
  for (const { dropped } of own) {
    for (const [reason, rows] of Object.entries(dropped) as [DropReason, number][]) {
      notLinked[reason] = (notLinked[reason] ?? 0) + rows;
    }
  }
  return {
    truthOfOtherTables: passedOver,
    truthWithoutRecord: sum(lines) - sum(evaluated.map((row) => Number(row['lines']))),
    recordsWithoutTruth: sum(own.map(({ rowsOut }) => rowsOut)) - records,
    notLinked,
  };
}

import { isCollapsed } from '../domain/column-outcomes.ts';
import { type Problem, refused } from '../domain/problem.ts';
import type { Receipt } from '../domain/receipt.ts';
import { parentsFirst } from '../pipeline/order-tables.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { readIgnoredPostcodes } from '../provider/extract/ignored-postcodes.ts';
import type { QuarantinedRow } from '../provider/extract/locate-faults.ts';
import { readSupersededNumbers } from '../provider/extract/superseded-numbers.ts';
import { checkCodeShapes } from './check-code-shapes.ts';
import { collectOptOuts } from './collect-opt-outs.ts';
import { decidePersons, decideSubjects, firstReason, type PersonDecisions } from './decide.ts';
import { findImplausible, type ImplausibleLinks, takeApart } from './implausible.ts';
import { doubtsOf, knownNumbers, type LinkedSubject, type LinkRules, linkSubjects } from './link.ts';
import { linkageWeightsOf } from './linkage-weights.ts';
import { reachOfOptOuts } from './opt-out-reach.ts';
import { releasePersons } from './persons.ts';
import { readFiles } from './read-files.ts';
import type { MasterKeys } from './recipes.ts';
import { type ReleasedRow, releaseTables } from './release.ts';
import { sensitiveRows } from './sensitive.ts';
import { type ColumnOutcomes, type StandardRow, type StandardTable, standardise } from './standardise.ts';
import { type KeptTable, stopAtBoundary } from './stop-at-boundary.ts';
import { collectSubjects, identityOf } from './subjects.ts';
import { checkUnreadOptOuts } from './unread-opt-outs.ts';
import { collectWitnesses } from './witnesses.ts';

/** The result of a run. */
export interface ReferenceResult {
  /** rows by released table, `persons` among them, each in its final order */
  readonly tables: Readonly<Record<string, readonly ReleasedRow[]>>;
  /** of every table when it was tokenised, then of every released table */
  readonly receipts: readonly Receipt[];
  /** by file, then line */
  readonly quarantine: readonly QuarantinedRow[];
  readonly outcomes: readonly ColumnOutcomes[];
  /** persons by the first of their reasons, each by its name, or `released` */
  readonly persons: Readonly<Record<string, number>>;
  /** persons who are held, by all of their reasons: names in their order, with + between them */
  readonly combinations: Readonly<Record<string, number>>;
  /** null where no table is declared for the rules of implausible links */
  readonly implausible: ImplausibleLinks | null;
  /** subjects that would be linked to a person without the witnesses */
  readonly keptByWitnesses: number;
}

/**
 * A complete run, slow and simple: the specification, with which the fast engine is compared.
 *
 * @param runDate YYYY-MM-DD
 * @throws TallystickError (exit 1) where a run must be refused
 */
export function runReference(pipeline: Pipeline, runDate: string, keys: MasterKeys): ReferenceResult {
  const tables = [
    ...pipeline.sources.flatMap(({ patients }) => (patients === null ? [] : [patients])),
    ...pipeline.sources.flatMap(({ addresses }) => (addresses === null ? [] : [addresses])),
    ...pipeline.sources.flatMap((source) => parentsFirst(source.tables)),
  ];
  const delivered = tables.map(readFiles);
  const isSensitive = sensitiveRows(pipeline);
  const ignoredPostcodes = readIgnoredPostcodes(pipeline.link.ignorePostcodes);
  const superseded = readSupersededNumbers(pipeline.link.supersededNumbers, pipeline.synthetic);
  const standard = delivered.map((one) =>
    withCurrentNumbers(standardise(one, pipeline, runDate), superseded),
  );
  const optOuts = collectOptOuts(pipeline, delivered, runDate, superseded, keys);
  checkQuarantine(standard, pipeline);
  checkColumns(standard, pipeline);
  const kept = stopAtBoundary(standard, optOuts, pipeline);
  checkCodeShapes(kept, delivered, pipeline);
  checkUnreadOptOuts(standard, delivered, optOuts);
  const witnesses = collectWitnesses(kept, delivered, optOuts, superseded, pipeline, runDate);
  // ═══ the identity boundary ═══
  const collected = collectSubjects(kept);
  const rules: LinkRules = {
    ladder: pipeline.link.ranks,
    sources: pipeline.sources.map(({ name }) => name),
    ignoredPostcodes,
    ignoreBusiestPostcodes: pipeline.link.ignoreBusiestPostcodes,
    minProbability: pipeline.link.minProbability,
    witnesses,
  };
  const asLinked = linkSubjects(collected, rules);
  const implausible = findImplausible(asLinked, kept, pipeline, keys);
  const subjects =
    implausible !== null && pipeline.link.quarantineImplausible
      ? takeApart(asLinked, implausible.subjects)
      : asLinked;
  const known = knownNumbers(collected, rules);
  const { doubted, tuples: doubtful } = doubtsOf(collected, rules);
  const mayBe = reachOfOptOuts(collected, doubted, witnesses, known, optOuts);
  const decisions = decidePersons(subjects, asLinked, optOuts, mayBe, known, doubtful, pipeline);
  const linkageWeights = linkageWeightsOf(kept, subjects, pipeline);
  const fates = decideSubjects(subjects, decisions, linkageWeights, pipeline, keys);
  const records = kept.filter(({ table }) => table.kind === 'records');
  const released = releaseTables(records, { pipeline, keys, fates, isSensitive });
  const listed = released.filter(({ table }) =>
    pipeline.release.tables.some((one) => one.table === table.name),
  );
  return {
    tables: {
      ...Object.fromEntries(listed.map(({ table, rows }) => [table.name, rows])),
      persons: releasePersons(kept, released, fates, pipeline),
    },
    receipts: [...kept.map((one) => tokeniseReceipt(one, pipeline)), ...listed.map(({ receipt }) => receipt)],
    quarantine: sortedQuarantine(kept),
    outcomes: kept.flatMap(({ outcomes }) => outcomes),
    persons: countPersons(decisions, pipeline),
    combinations: countCombinations(decisions, pipeline),
    implausible,
    keptByWitnesses: countKept(asLinked, linkSubjects(collected, { ...rules, witnesses: [] })),
  };
}

function countKept(
  asLinked: ReadonlyMap<string, LinkedSubject>,
  withoutWitnesses: ReadonlyMap<string, LinkedSubject>,
): number {
  const isKept = ([id, { person }]: [string, LinkedSubject]) =>
    identityOf(person) !== identityOf(withoutWitnesses.get(id)!.person);
  return [...asLinked].filter(isKept).length;
}

/** Each row with the current number of its person. */
function withCurrentNumbers(table: StandardTable, superseded: ReadonlyMap<string, string>): StandardTable {
  const current = (row: StandardRow): StandardRow => ({
    ...row,
    nhsNumber: superseded.get(row.nhsNumber ?? '') ?? row.nhsNumber,
  });
  return { ...table, rows: table.rows.map(current) };
}

function countPersons(decisions: PersonDecisions, pipeline: Pipeline): ReferenceResult['persons'] {
  const counts: Record<string, number> = {};
  for (const { all } of decisions.values()) {
    const fate = firstReason(all, pipeline)?.name ?? 'released';
    counts[fate] = (counts[fate] ?? 0) + 1;
  }
  return counts;
}

function countCombinations(
  decisions: PersonDecisions,
  { optOuts }: Pipeline,
): ReferenceResult['combinations'] {
  const counts: Record<string, number> = {};
  for (const { all } of decisions.values()) {
    if (all.size === 0) continue;
    const names = optOuts.reasons.filter(({ name }) => all.has(name)).map(({ name }) => name);
    counts[names.join('+')] = (counts[names.join('+')] ?? 0) + 1;
  }
  return counts;
}

function checkQuarantine(tables: readonly StandardTable[], pipeline: Pipeline): void {
  const problems = tables.flatMap(({ table, rowsIn, quarantined }): Problem[] => {
    const { quarantineMax } = pipeline.sources.find(({ name }) => name === table.source)!;
    return quarantined.length <= rowsIn * quarantineMax
      ? []
      : [{ file: table.name, message: 'too many faulty rows' }];
  });
  if (problems.length > 0) throw refused(...problems);
}

function checkColumns(tables: readonly StandardTable[], { expect }: Pipeline): void {
  const collapsed = tables
    .flatMap(({ outcomes }) => outcomes)
    .filter(({ table, column, outcomes }) => isCollapsed(outcomes, expect.valid[table]![column]!.atLeast));
  if (collapsed.length === 0) return;
  throw refused(
    ...collapsed.map(({ table, column }) => ({ file: table, column, message: 'hardly any cell is valid' })),
  );
}

function tokeniseReceipt(
  { table, rowsIn, rows, quarantined, stopped }: KeptTable,
  { optOuts }: Pipeline,
): Receipt {
  const counts = optOuts.reasons.map(
    (reason) => [reason.receipt, stopped.filter((one) => one.reason === reason).length] as const,
  );
  return {
    stage: 'tokenise',
    source: table.source,
    table: table.name,
    rowsIn,
    rowsOut: rows.length,
    dropped: {
      ...(quarantined.length === 0 ? {} : { quarantined: quarantined.length }),
      ...Object.fromEntries(counts.filter(([, count]) => count > 0)),
    },
  };
}

function sortedQuarantine(tables: readonly KeptTable[]): QuarantinedRow[] {
  return tables
    .flatMap(({ quarantined }) => quarantined)
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

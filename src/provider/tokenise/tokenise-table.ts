import { join } from 'node:path';
import type { Finding } from '../../domain/finding.ts';
import { bug } from '../../domain/problem.ts';
import type { DroppedRows, Receipt } from '../../domain/receipt.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../domain/standardised.ts';
import type { Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { columnsStored } from '../../store/columns-stored.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import type { StoredCodes, StoredOutcomes, StoredTable } from '../../store/token-store.ts';
import { codeShapeFindings, countCodes, strayOptOutFindings } from '../extract/count-codes.ts';
import { estimateRows } from '../extract/estimate-rows.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import type { FaultyRecord, QuarantinedRow } from '../extract/locate-faults.ts';
import type { CollectedOptOuts } from '../opt-outs/collect-opt-outs.ts';
import { UnreadOptOuts } from '../opt-outs/unread-opt-outs.ts';
import { noteLetThrough } from '../quarantine/let-through.ts';
import { checkQuarantine } from '../quarantine/quarantine.ts';
import { quarantinedWitnesses } from '../quarantine/quarantined-witnesses.ts';
import { checkStoppedPatients } from '../quarantine/stopped-patients.ts';
import { warnOfTestRange } from '../standardise/warn-of-test-range.ts';
import { type NamedPart, readFiles } from './read-files.ts';
import type { ReaderThreads } from './reader-threads.ts';
import type { SourceSubjects } from './source-subjects.ts';
import { TableTokeniser, type TokeniseCounts, type TokeniserContext } from './table-tokeniser.ts';
import type { TokenKernel } from './token-kernel.ts';

/** What the tables of a source share. */
export interface TableContext extends TokeniserContext {
  readonly subjects: SourceSubjects;
}

/** The results of one table above the boundary. */
export interface TokenisedTable {
  readonly stored: StoredTable;
  readonly receipt: Receipt;
  readonly outcomes: readonly StoredOutcomes[];
  readonly codes: readonly StoredCodes[];
  readonly rowsOfFiles: readonly number[];
  /** of each file, in the order of the files */
  readonly parts: readonly NamedPart[];
  readonly quarantined: readonly QuarantinedRow[];
  /** what was found in its data; the caller settles them together with those of the other tables */
  readonly findings: readonly Finding[];
}

/**
 * Takes one table's files across the identity boundary, each in one pass.
 *
 * @throws TallystickError (exit 1) for faulty rows beyond the limit, files without rows, and keys that occur twice
 */
export async function tokeniseTable(
  pipeline: Pipeline,
  inputs: TableInputs,
  plan: TokenPlan,
  tokens: TokenKernel,
  context: TableContext,
  optOuts: Pick<CollectedOptOuts, 'unnumbered' | 'searched'>,
  storeDirectory: string,
  threads: ReaderThreads,
  settings: RunSettings,
): Promise<TokenisedTable> {
  const { source, table, files } = inputs;
  const tokeniser = new TableTokeniser(
    plan,
    tokens,
    table.setting === 'gp' ? context : { ...context, stops: null },
  );
  const { counts } = tokeniser;
  const { subjects } = context;
  const keepWitness = quarantinedWitnesses(pipeline, plan, tokens, context, settings.runDate, () => {
    counts.withoutWitness += 1;
  });
  const unread = new UnreadOptOuts(optOuts.unnumbered, table);
  const expected = estimateRows(files.map(({ file }) => file));
  settings.progress.begin(`tokenise ${table.name}`, () => counts.rowsIn, expected);
  const look = (record: FaultyRecord) => {
    keepWitness?.(record);
    unread.look(record);
  };
  const { parts, rowsOfFiles, rowsUnparsed, quarantined, countsOf } = await readFiles(
    pipeline,
    inputs,
    plan,
    { tokeniser, subjects },
    optOuts.searched,
    look,
    storeDirectory,
    threads,
    settings,
  );
  const rowsStored = parts.reduce((sum, { rows }) => sum + rows, 0);
  settings.progress.end();
  const paths = parts.map(({ name }) => join(storeDirectory, name));
  if (table.kind === 'patients' && table.setting === 'gp') {
    checkStoppedPatients(
      tokeniser,
      table,
      { paths, subjects },
      files.map(({ file }) => file.shownAs),
    );
  }
  if (rowsStored !== counts.rowsOut) {
    throw bug(`${table.name}: ${counts.rowsOut} rows were let through and ${rowsStored} were stored`);
  }
  const rowsIn = counts.rowsIn + rowsUnparsed;
  checkQuarantine(source, table.name, rowsIn, quarantined);
  const { stops } = context;
  if (table.setting === 'gp' && stops !== null && rowsUnparsed + counts.faultsWithoutKey > 0) {
    noteLetThrough(pipeline, plan, { paths, subjects }, rowsStored, stops);
  }
  const counted = countCodes(pipeline, inputs, countsOf);
  if (stops !== null && plan.subject.by === 'patient-key') {
    unread.check(plan.subject.key.kind, stops, quarantined);
  }
  settings.log({ level: 'info', stage: 'tokenise', table: table.name, rows: rowsIn, message: 'tokenised' });
  const outcomes = plan.hasDemographics ? outcomesOf(source.name, plan, tokeniser) : [];
  warnOfTestRange(outcomes, settings);
  return {
    stored: {
      source: source.name,
      table: table.name,
      parts: parts.map(({ name }) => name),
      rows: rowsStored,
      columns: columnsStored(table, pipeline),
    },
    receipt: {
      stage: 'tokenise',
      source: source.name,
      table: table.name,
      rowsIn,
      rowsOut: rowsStored,
      dropped: {
        ...(quarantined.length === 0 ? {} : { quarantined: quarantined.length }),
        ...stoppedRows(pipeline, counts),
      },
    },
    outcomes,
    rowsOfFiles,
    parts,
    quarantined,
    codes: counted.map(({ codes }) => codes),
    findings: [
      ...codeShapeFindings(inputs, counted),
      ...strayOptOutFindings(inputs, counted),
      ...withoutWitness(table, counts),
    ],
  };
}

/** Stopped rows by reason, in the order of the reasons. */
function stoppedRows({ optOuts }: Pipeline, { stopped }: TokeniseCounts): DroppedRows {
  const counts = optOuts.reasons.flatMap(({ receipt }) => {
    const rows = stopped.get(receipt);
    return rows === undefined ? [] : [[receipt, rows] as const];
  });
  return Object.fromEntries(counts);
}

/** Rows that stay above the boundary with too few identifiers for a witness: linking cannot take account of them. */
function withoutWitness({ name }: TableSpec, { withoutWitness: rows }: TokeniseCounts): Finding[] {
  if (rows === 0) return [];
  return [
    {
      check: 'rows-without-witness',
      severity: 'warn',
      file: name,
      message: `${rows} rows that were stopped or quarantined have no birth date or no postcode that can be read`,
      wayOut:
        'what else is recorded of their people without an NHS number could be linked to somebody else; have the rows completed',
    },
  ];
}

function outcomesOf(source: string, { table }: TokenPlan, { counts }: TableTokeniser): StoredOutcomes[] {
  return Object.entries(counts.outcomes).flatMap(([role, byCode]) => {
    const column = table.columns.find((one) => one.role === role);
    if (column === undefined) return [];
    const outcomes = OUTCOME_NAMES.map((name) => [name, byCode[OUTCOMES[name].code] ?? 0] as const);
    const met = outcomes.filter(([, rows]) => rows > 0);
    return [{ source, table: table.name, column: column.name, outcomes: Object.fromEntries(met) }];
  });
}

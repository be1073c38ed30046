import type { Finding } from '../../domain/finding.ts';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { classifyOptOutCode, optOutCodes } from '../../domain/opt-out-codes.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { countRejected, withReadablePath } from '../../extract/extract-file.ts';
import { findLostCodes } from '../../extract/find-lost-codes.ts';
import { flaggedRowsSql, ownerColumnOf } from '../../extract/opt-out-owners.ts';
import { codedEventsSql } from '../../extract/opt-out-queries.ts';
import type { CodedTable, ColumnSpec, Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../run-settings.ts';
import type { TableInputs } from './find-inputs.ts';
import { optOutCodesOf, systemOf } from './opt-out-code-columns.ts';

/** An opt-out event, and what its row says of whose it is; null where it says nothing. */
export interface RecordedEvent {
  readonly owner: string | null;
  readonly event: OptOutEvent;
}

/** The events of one table. */
export interface RecordedEvents {
  readonly inputs: TableInputs;
  readonly events: readonly RecordedEvent[];
  /** what its flags say that nobody declared */
  readonly findings: readonly Finding[];
}

/**
 * Every opt-out that the records themselves state, in codes or in flags.
 *
 * @throws TallystickError (exit 1) where one may stand on a row that cannot be parsed
 */
export async function readRecordedOptOuts(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  engine: DuckDbEngine,
  settings: RunSettings,
): Promise<RecordedEvents[]> {
  const found: RecordedEvents[] = [];
  const lost: Problem[] = [];
  for (const one of inputs) {
    const codes = pipeline.optOuts.codes.find(({ table }) => table === one.table.name);
    const flags = one.table.columns.filter(({ flag }) => flag !== null);
    const events: RecordedEvent[] = [];
    const findings: Finding[] = [];
    if (codes !== undefined) events.push(...(await readCoded(pipeline, one, codes, engine, settings, lost)));
    if (flags.length > 0) events.push(...(await readFlagged(one, flags, engine, settings, lost, findings)));
    if (codes !== undefined || flags.length > 0) found.push({ inputs: one, events, findings });
  }
  if (lost.length > 0) throw refused(...lost);
  return found;
}

async function readCoded(
  pipeline: Pipeline,
  { table, files }: TableInputs,
  codes: CodedTable,
  engine: DuckDbEngine,
  settings: RunSettings,
  lost: Problem[],
): Promise<RecordedEvent[]> {
  const codeTable = optOutCodes(pipeline.optOuts.codeOverrides);
  const codesOf = optOutCodesOf(table, codes.columns, pipeline);
  const events: RecordedEvent[] = [];
  for (const { file, header } of files) {
    const about = `looking for coded opt-outs in ${file.shownAs}`;
    const rows = await withReadablePath(file, { table }, settings.privateDirectory, (path) =>
      engine.query(codedEventsSql(table, header.names, path, duckdbDialect, codesOf, codes.date), about),
    );
    const unparsed = await countRejected(engine, about);
    if (unparsed > 0) {
      const read = columnsOf(table, [...codes.columns, codes.date]);
      lost.push(...(await findLostCodes(file, table, header, read, [...codesOf.values()].flat(), unparsed)));
    }
    for (const row of rows) {
      const date = typeof row['date'] === 'string' ? row['date'] : null;
      for (const [at, column] of codes.columns.entries()) {
        const code = row[`code_${at}`];
        const event =
          typeof code === 'string' ? classifyOptOutCode(systemOf(table, column), code, codeTable) : null;
        if (event === null) continue;
        events.push({ owner: textOf(row['owner']), event: { type: event.type, kind: event.kind, date } });
      }
    }
  }
  return events;
}

/** Whoever has a flag that does not say that nobody opted out, has opted out, on an unknown day. */
async function readFlagged(
  { table, files }: TableInputs,
  flags: readonly ColumnSpec[],
  engine: DuckDbEngine,
  settings: RunSettings,
  lost: Problem[],
  findings: Finding[],
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  const undeclared = flags.map(() => 0);
  for (const { file, header } of files) {
    const about = `looking for opt-out flags in ${file.shownAs}`;
    const rows = await withReadablePath(file, { table }, settings.privateDirectory, (path) =>
      engine.query(flaggedRowsSql(table, header.names, path, duckdbDialect, flags), about),
    );
    const unparsed = await countRejected(engine, about);
    if (unparsed > 0) {
      lost.push({
        file: file.shownAs,
        message: `${unparsed} rows cannot be read, and an opt-out flag may stand on them`,
        wayOut: 'have the rows repaired: a run without them could release what their patients refused',
      });
    }
    for (const row of rows) {
      for (const [at, { flag }] of flags.entries()) {
        const cell = textOf(row[`flag_${at}`]) ?? '';
        if (flag === null || flag.none.includes(cell)) continue;
        if (!flag.registered.includes(cell)) undeclared[at]! += 1;
        events.push({
          owner: textOf(row['owner']),
          event: { type: flag.type, kind: 'registered', date: null },
        });
      }
    }
  }
  for (const [at, { name }] of flags.entries()) {
    if (undeclared[at] === 0) continue;
    findings.push({
      check: 'opt-out-flag-values',
      severity: 'warn',
      column: name,
      message: `${undeclared[at]} cells of the opt-out-flag ${name} in ${table.name} hold a value that is not declared`,
      wayOut: 'each counts as an opt-out; declare in values what they mean, the empty cell ("") as well',
    });
  }
  return events;
}

/** The columns that a query asks the bulk reader for: these, and that of the owner. */
function columnsOf(table: TableSpec, names: readonly (string | null)[]): ColumnSpec[] {
  const owner = ownerColumnOf(table);
  return table.columns.filter((column) => column === owner || names.includes(column.name));
}

function textOf(cell: unknown): string | null {
  return typeof cell === 'string' && trimBlanks(cell) !== '' ? cell : null;
}

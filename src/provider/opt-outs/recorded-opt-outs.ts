import type { Finding } from '../../domain/finding.ts';
import { LongRefusal } from '../../domain/long-refusal.ts';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { type OptOutCodeTable, optOutCodes, readOptOutCell } from '../../domain/opt-out-codes.ts';
import type { Problem } from '../../domain/problem.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { CodedTable, ColumnSpec, Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { countRejected, withReadablePath } from '../extract/extract-file.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { findLostCodes } from '../extract/find-lost-codes.ts';
import { locateUnclearCodes } from '../extract/locate-unclear-codes.ts';
import { flaggedRowsSql } from '../extract/opt-out-owners.ts';
import { codedEventsSql } from '../extract/opt-out-queries.ts';
import { ownerColumnOf } from '../extract/owner-column.ts';
import { systemOf } from './opt-out-code-columns.ts';

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
 * @throws LongRefusal (exit 1) where one may be on a row that cannot be parsed, or a cell may be one and is unclear
 */
export async function readRecordedOptOuts(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  engine: DuckDbEngine,
  settings: RunSettings,
): Promise<RecordedEvents[]> {
  const { codes: codedTables, codeOverrides, lookAlikes } = pipeline.optOuts;
  const codeTable = optOutCodes(codeOverrides, lookAlikes);
  const found: RecordedEvents[] = [];
  const lost: Problem[] = [];
  for (const one of inputs) {
    const codes = codedTables.find(({ table }) => table === one.table.name);
    const flags = one.table.columns.filter(({ flag }) => flag !== null);
    const events: RecordedEvent[] = [];
    const findings: Finding[] = [];
    if (codes !== undefined) events.push(...(await readCoded(one, codes, codeTable, engine, settings, lost)));
    if (flags.length > 0) events.push(...(await readFlagged(one, flags, engine, settings, lost, findings)));
    if (codes !== undefined || flags.length > 0) found.push({ inputs: one, events, findings });
  }
  if (lost.length > 0) throw new LongRefusal(lost);
  return found;
}

async function readCoded(
  { table, files }: TableInputs,
  codes: CodedTable,
  codeTable: OptOutCodeTable,
  engine: DuckDbEngine,
  settings: RunSettings,
  lost: Problem[],
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (const { file, header } of files) {
    const about = `looking for coded opt-outs in ${file.shownAs}`;
    const rows = await withReadablePath(file, { table }, settings.privateDirectory, (readable) =>
      engine.query(
        codedEventsSql(table, header.names, readable, duckdbDialect, codes.columns, codeTable, codes.date),
        about,
      ),
    );
    const unparsed = await countRejected(engine, about);
    if (unparsed > 0) {
      const read = columnsOf(table, [...codes.columns, codes.date]);
      lost.push(...(await findLostCodes(file, table, header, read, codeTable, unparsed)));
    }
    const readCell = (row: Readonly<Record<string, unknown>>, at: number) => {
      const code = row[`code_${at}`];
      const system = systemOf(table, codes.columns[at]!);
      return typeof code === 'string' ? readOptOutCell(system, code, codeTable) : 'none';
    };
    if (rows.some((row) => codes.columns.some((_, at) => readCell(row, at) === 'unclear'))) {
      lost.push(...(await locateUnclearCodes(file, table, header, codes.columns, codeTable)));
    }
    for (const row of rows) {
      const date = typeof row['date'] === 'string' ? row['date'] : null;
      for (const at of codes.columns.keys()) {
        const event = readCell(row, at);
        if (event === 'none' || event === 'unclear') continue;
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
    const rows = await withReadablePath(file, { table }, settings.privateDirectory, (readable) =>
      engine.query(flaggedRowsSql(table, header.names, readable, duckdbDialect, flags), about),
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

import type { BirthEvent } from '../../domain/implausible.ts';
import { matchesListedCode } from '../../domain/listed-code.ts';
import { isSensitiveCode, type SensitiveCodes } from '../../domain/sensitive-code.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { TextClassifier } from '../../engine/text-classifier.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { stored } from '../../sql/sql.ts';
import { codeColumnsLookedThrough } from '../../store/stored-columns.ts';
import { sensitiveFunction, sensitiveValuesSql } from './steps.ts';

/** What was found among the codes of a store before any step is planned, each as it is written there. */
export interface KnownCodes {
  /** by table, then column: codes whose rows are never released; null where nobody has looked */
  readonly sensitive: CodesByColumn | null;
  /** by table, then column: codes that record the event; null where nobody has looked */
  readonly births: Readonly<Record<BirthEvent, CodesByColumn>> | null;
}

type CodesByColumn = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** For a plan that is printed, and no data read. */
export const NO_CODES_READ: KnownCodes = { sensitive: null, births: null };

/**
 * Asks the rules of the domain of each distinct code of the store, once: 10 ns a row, because Parquet keeps a dictionary.
 * Steps then compare texts, whatever the spelling.
 *
 * @param sensitive null where nothing is released
 */
export async function readKnownCodes(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  sensitive: SensitiveCodes | null,
  pathsOf: (table: string) => readonly string[],
): Promise<KnownCodes> {
  return {
    sensitive: sensitive === null ? null : await readSensitive(engine, pipeline, sensitive, pathsOf),
    births: await readBirths(engine, pipeline, pathsOf),
  };
}

async function readSensitive(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  codes: SensitiveCodes,
  pathsOf: (table: string) => readonly string[],
): Promise<CodesByColumn> {
  const tables = pipeline.sources.flatMap((source) => source.tables);
  const looked = tables.flatMap((table) => codeColumnsLookedThrough(table, pipeline));
  for (const system of new Set(looked.map((column) => column.system!))) {
    const isSensitive = (text: string) => (isSensitiveCode(system, text, codes) ? 1 : 0);
    engine.register(new TextClassifier(sensitiveFunction(system), isSensitive));
  }
  const found = new Map<string, Map<string, readonly string[]>>();
  for (const table of tables) {
    const ofTable = new Map<string, readonly string[]>();
    for (const { name, system } of codeColumnsLookedThrough(table, pipeline)) {
      const column = { name, system: system! };
      const relation = stored(table.name, dialect.readParquet(pathsOf(table.name)));
      const { text } = sensitiveValuesSql(column, relation, dialect);
      const rows = await engine.query(text, `looking for codes of ${table.name} that are never released`);
      ofTable.set(column.name, rows.map(({ value }) => String(value)).sort());
    }
    found.set(table.name, ofTable);
  }
  return found;
}

/** The function that says what a code records: 1 a delivery, 2 a birth, 3 both. */
const BIRTH_FUNCTION = 'birth_event';
const BIRTH_BITS = { delivery: 1, newborn: 2 } as const satisfies Record<BirthEvent, number>;

async function readBirths(
  engine: DuckDbEngine,
  { link }: Pipeline,
  pathsOf: (table: string) => readonly string[],
): Promise<KnownCodes['births']> {
  if (link.implausible === null) return null;
  const { births, birthCodes } = link.implausible;
  const listed = (event: BirthEvent) =>
    birthCodes[event].map((code) => ({ system: 'icd-10', code, match: 'prefix' }) as const);
  const sought = { delivery: listed('delivery'), newborn: listed('newborn') };
  const bitOf = (text: string, event: BirthEvent) =>
    matchesListedCode('icd-10', text, sought[event]) ? BIRTH_BITS[event] : 0;
  engine.register(
    new TextClassifier(BIRTH_FUNCTION, (text) => bitOf(text, 'delivery') | bitOf(text, 'newborn')),
  );
  const found = { delivery: new Map(), newborn: new Map() } as Record<
    BirthEvent,
    Map<string, Map<string, readonly string[]>>
  >;
  for (const { table, codes } of births) {
    const ofTable = { delivery: new Map<string, string[]>(), newborn: new Map<string, string[]>() };
    for (const column of codes) {
      const name = dialect.name(column);
      const rows = await engine.query(
        `SELECT value, (${BIRTH_FUNCTION}(value)).class AS class
FROM (SELECT DISTINCT ${name} AS value FROM ${dialect.readParquet(pathsOf(table))} AS stored) AS codes
WHERE value IS NOT NULL`,
        `looking for codes of births in ${table}`,
      );
      for (const event of ['delivery', 'newborn'] as const) {
        const isOf = (row: Readonly<Record<string, unknown>>) =>
          (Number(row['class']) & BIRTH_BITS[event]) !== 0;
        ofTable[event].set(
          column,
          rows
            .filter(isOf)
            .map(({ value }) => String(value))
            .sort(),
        );
      }
    }
    for (const event of ['delivery', 'newborn'] as const) found[event].set(table, ofTable[event]);
  }
  return found;
}

import type { BirthEvent } from '../../domain/implausible.ts';
import { matchesListedCode } from '../../domain/listed-code.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { TextClassifier } from '../../engine/text-classifier.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';

/** What was found among the codes of a store before any step is planned, each as it is written there. */
export interface KnownCodes {
  /** by table, then column: codes that record the event; null where nobody has looked */
  readonly births: Readonly<Record<BirthEvent, CodesByColumn>> | null;
}

type CodesByColumn = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** For a plan that is printed, and no data read. */
export const NO_CODES_READ: KnownCodes = { births: null };

/**
 * Asks the rules of the domain of each distinct code of the store, once: they are in its dictionaries, and no row is read.
 * Steps then compare texts, whatever the spelling.
 */
export async function readKnownCodes(engine: DuckDbEngine, pipeline: Pipeline): Promise<KnownCodes> {
  return { births: await readBirths(engine, pipeline) };
}

/** The function that says what a code records: 1 a delivery, 2 a birth, 3 both. */
const BIRTH_FUNCTION = 'birth_event';
const BIRTH_BITS = { delivery: 1, newborn: 2 } as const satisfies Record<BirthEvent, number>;

async function readBirths(engine: DuckDbEngine, { link }: Pipeline): Promise<KnownCodes['births']> {
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
      const rows = await engine.query(
        `SELECT CAST(value AS VARCHAR) AS value, (${BIRTH_FUNCTION}(CAST(value AS VARCHAR))).class AS class
FROM ${dialect.readTexts(table, column)} AS texts`,
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

import { payloadType } from '../domain/role.ts';
import { PERSON_FACTS, type PersonFact, type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import type { ReadBatch } from '../write/arrow-read.ts';
import type { ReadColumn } from '../write/read-column.ts';
import type { ReadField } from '../write/read-field.ts';
import { type PossibleValues, possibleDates, possiblePayload, possibleTexts } from './possible-values.ts';

/** The number of values of a column that are impossible under its rule. */
export interface RuleViolation {
  readonly column: string;
  /** 0 where the column's type alone is wrong */
  readonly values: number;
}

/**
 * Checks a written file by the rules of the pipeline file: a month is the first day of one, an age band is one of the
 * bands, a truncated text is no longer than it may be. It is independent of the code that makes the values, so that a rule
 * that was not applied is found in the file itself.
 */
export class RuleCheck {
  readonly #possible: ReadonlyMap<string, PossibleValues>;
  /** per column of the file */
  #columns: readonly { readonly name: string; readonly possible: PossibleValues; found: number }[] = [];
  #wrongTypes: readonly RuleViolation[] = [];
  /** for each dictionary in the file, which of its codes are impossible */
  readonly #judged = new WeakMap<readonly string[], Uint8Array>();

  /** @param table a table of records, or `persons` */
  constructor(pipeline: Pipeline, table: string) {
    this.#possible = possibleValues(pipeline, table);
  }

  /** The number of columns with a rule that was checked. */
  get looked(): number {
    return this.#columns.length;
  }

  /** Call it before the first batch. */
  schema(fields: readonly ReadField[]): void {
    const ruled = fields.flatMap(({ name, kind }) => {
      const possible = this.#possible.get(name);
      return possible === undefined ? [] : [{ name, isOfType: possible.kind === kind, possible }];
    });
    this.#wrongTypes = ruled
      .filter(({ isOfType }) => !isOfType)
      .map(({ name }) => ({ column: name, values: 0 }));
    this.#columns = ruled
      .filter(({ isOfType }) => isOfType)
      .map(({ name, possible }) => ({ name, possible, found: 0 }));
  }

  batch(fields: readonly ReadField[], batch: ReadBatch): void {
    for (const column of this.#columns) {
      const index = fields.findIndex(({ name }) => name === column.name);
      column.found += this.#impossible(batch.columns[index]!, column.possible, batch.rows);
    }
  }

  get violations(): RuleViolation[] {
    const values = this.#columns
      .filter(({ found }) => found > 0)
      .map(({ name, found }) => ({ column: name, values: found }));
    return [...this.#wrongTypes, ...values];
  }

  #impossible(column: ReadColumn, { text, number }: PossibleValues, rows: number): number {
    if (column.kind === 'dictionary' && text !== undefined) {
      const isImpossible = this.#judge(column.dictionary, text);
      return count(rows, column, (row) => isImpossible[column.codes[row]!] === 1);
    }
    if ((column.kind === 'int16' || column.kind === 'date32') && number !== undefined) {
      return count(rows, column, (row) => !number(column.values[row]!));
    }
    return 0; // any value of the type is possible
  }

  #judge(dictionary: readonly string[], isPossible: (value: string) => boolean): Uint8Array {
    const known = this.#judged.get(dictionary);
    if (known !== undefined) return known;
    const judged = Uint8Array.from(dictionary, (value) => (isPossible(value) ? 0 : 1));
    this.#judged.set(dictionary, judged);
    return judged;
  }
}

/** The number of rows that are not null and for which a condition is true. */
function count(rows: number, { validity }: ReadColumn, isTrue: (row: number) => boolean): number {
  let found = 0;
  for (let row = 0; row < rows; row += 1) {
    if (!isTrue(row)) continue;
    if (validity === null || ((validity[row >> 3]! >> (row & 7)) & 1) === 1) found += 1;
  }
  return found;
}

/** The values that the pipeline file allows in each column of a file. */
function possibleValues(pipeline: Pipeline, table: string): ReadonlyMap<string, PossibleValues> {
  if (table === 'persons') return possibleFacts(pipeline);
  const spec = tablesOf(pipeline).find(({ name }) => name === table);
  const released = pipeline.release.tables.find((one) => one.table === table)?.columns ?? [];
  return new Map(
    released.flatMap(({ name, rule }): [string, PossibleValues][] => {
      const type = payloadType(spec!.columns.find((column) => column.name === name)!.role);
      return type === null ? [] : [[name, possiblePayload(type, rule)]];
    }),
  );
}

function possibleFacts({ release, sources }: Pipeline): ReadonlyMap<string, PossibleValues> {
  return new Map(
    release.persons.flatMap(({ name, rule }): [string, PossibleValues][] => {
      const possible: Record<PersonFact, () => PossibleValues> = {
        sex: () => ({ kind: 'dictionary', text: (value) => value === '1' || value === '2' }),
        age_band: () => possibleTexts(rule),
        year_of_birth: () => possibleDates(rule),
        area: () => possibleTexts(rule),
        ethnic_category: () => possibleTexts(rule),
        deprivation: () => possibleTexts(rule),
        date_of_death: () => possibleDates(rule),
        first_seen: () => possibleDates(rule),
        last_seen: () => possibleDates(rule),
      };
      const names =
        PERSON_FACTS[name] === 'date' ? sources.map(({ setting }) => `${name}_${setting}`) : [name];
      return [...new Set(names)].map((column) => [column, possible[name]()]);
    }),
  );
}

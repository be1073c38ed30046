import { matchesListedCode } from '../domain/listed-code.ts';
import type { CodeSystem } from '../domain/role.ts';
import { isSensitiveCode, type SensitiveCodes } from '../domain/sensitive-code.ts';
import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import type { ReadField } from '../write/read-field.ts';

/** How many codes of a column must not be in it. */
export interface CodeViolation {
  readonly column: string;
  readonly codes: number;
}

/**
 * Looks in a written file for codes whose records are never released: those of the sensitive-code file, and those that record
 * an opt-out. The rows were left out by what was found in the store; this applies the rule of the domain again, to the file.
 *
 * A dictionary holds no value that no row has, so each value is asked once. What a rule has changed cannot be asked: a prefix of
 * a code is another code, and a map gives what its author likes. A truncated column is compared with the prefixes that are no longer than its values.
 */
export class CodeCheck {
  readonly #ruled: ReadonlyMap<string, (text: string) => boolean>;
  readonly #violations: CodeViolation[] = [];
  #looked = 0;

  /** @param table a table of records, or `persons`, which has no codes */
  constructor(pipeline: Pipeline, table: string, sensitive: SensitiveCodes) {
    this.#ruled = codeRules(pipeline, table, sensitive);
  }

  /** How many code columns were looked at. */
  get looked(): number {
    return this.#looked;
  }

  get violations(): readonly CodeViolation[] {
    return this.#violations;
  }

  /** The columns of the file, with their dictionaries. */
  schema(fields: readonly ReadField[]): void {
    for (const { name, dictionary } of fields) {
      const isSensitive = this.#ruled.get(name);
      if (isSensitive === undefined || dictionary === null) continue;
      this.#looked += 1;
      const codes = dictionary.filter(isSensitive).length;
      if (codes > 0) this.#violations.push({ column: name, codes });
    }
  }
}

/** Of each released code column, whether a value must not be in the file. */
function codeRules(
  pipeline: Pipeline,
  table: string,
  sensitive: SensitiveCodes,
): ReadonlyMap<string, (text: string) => boolean> {
  const spec = tablesOf(pipeline).find(({ name }) => name === table);
  const released = pipeline.release.tables.find((one) => one.table === table)?.columns ?? [];
  const rules = new Map<string, (text: string) => boolean>();
  for (const { name, rule } of released) {
    const system = spec?.columns.find((column) => column.name === name)?.system ?? null;
    if (system === null) continue;
    if (rule.rule === 'keep') rules.set(name, (text) => isSensitiveCode(system, text, sensitive));
    if (rule.rule === 'truncate') rules.set(name, beginsSensitive(system, rule.length, sensitive));
  }
  return rules;
}

/** Whether a truncated code begins like codes all of which are sensitive. */
function beginsSensitive(
  system: CodeSystem,
  length: number,
  { listed }: SensitiveCodes,
): (text: string) => boolean {
  const prefixes = listed.filter((one) => one.match === 'prefix' && one.code.length <= length);
  return (text) => matchesListedCode(system, text, prefixes);
}

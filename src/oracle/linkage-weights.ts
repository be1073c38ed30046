import { inverseProbabilityWeights } from '../linker/missed/inverse-probability-weights.ts';
import { PERSON_FACTS, type Pipeline } from '../pipeline/pipeline.ts';
import { birthFact, coarsen } from './coarsen.ts';
import type { LinkedSubject } from './link.ts';
import { compare } from './release.ts';
import { columnOf, hasOwnIdentifiers, type StandardRow, type Value } from './standardise.ts';
import type { KeptTable } from './stop-at-boundary.ts';
import { subjectId, subjectOf } from './subjects.ts';

/** The characteristics of rows with equal ones. */
interface Stratum {
  readonly source: string;
  /** null for a row without a subject */
  readonly id: string | null;
  readonly levels: readonly (string | null)[];
  readonly records: number;
}

/**
 * The linkage weight (inverse-probability weight) of each linked subject, as src/linker/missed/README.md describes; none where the
 * pipeline file does not request them.
 *
 * @returns by `subjectId`
 */
export function linkageWeightsOf(
  tables: readonly KeptTable[],
  subjects: ReadonlyMap<string, LinkedSubject>,
  pipeline: Pipeline,
): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  if (!pipeline.release.linkageWeights) return weights;
  const strata = strataOf(tables, pipeline);
  const isLinked = ({ id }: Stratum) => id !== null && subjects.get(id)?.person.kind === 'nhs-number';
  for (const { name } of pipeline.sources) {
    const own = strata.filter(({ source }) => source === name);
    const kinds = [...new Set(own.map(({ levels }) => JSON.stringify(levels)))];
    const cells = kinds.map((kind) => own.filter(({ levels }) => JSON.stringify(levels) === kind));
    const found = inverseProbabilityWeights(
      cells.map((cell) => ({
        levels: cell[0]!.levels,
        records: recordsOf(cell),
        linked: recordsOf(cell.filter(isLinked)),
      })),
    );
    for (const [index, cell] of cells.entries()) {
      for (const one of cell.filter(isLinked)) weights.set(one.id!, found[index]!);
    }
  }
  return weights;
}

/** Every subject with the smallest of its rows' values for each characteristic; every row without a subject separately. */
function strataOf(tables: readonly KeptTable[], pipeline: Pipeline): Stratum[] {
  const rows = tables
    .filter(({ table }) => hasOwnIdentifiers(table))
    .flatMap(({ table, rows: own }) =>
      own.map((row): Stratum => {
        const subject = subjectOf(row, table);
        const id = subject === null ? null : subjectId(table.source, subject.own);
        return { source: table.source, id, levels: levelsOf(row, table, pipeline), records: 1 };
      }),
    );
  const named = [...new Set(rows.flatMap(({ id }) => id ?? []))].map((id): Stratum => {
    const own = rows.filter((one) => one.id === id);
    const levels = own[0]!.levels.map((_, index) => smallest(own.map((one) => one.levels[index]!)));
    return { source: own[0]!.source, id, levels, records: own.length };
  });
  return [...named, ...rows.filter(({ id }) => id === null)];
}

/** Sex, age band, ethnic category and deprivation, under the rules by which persons are released; null where they are not. */
function levelsOf(row: StandardRow, table: KeptTable['table'], { release }: Pipeline): (string | null)[] {
  const text = (value: Value) => (value === null ? null : String(value));
  return (['sex', 'age_band', 'ethnic_category', 'deprivation'] as const).map((fact) => {
    const rule = release.persons.find(({ name }) => name === fact)?.rule;
    if (rule === undefined) return null;
    if (fact === 'sex') return text(row.sex);
    if (fact === 'age_band') return text(birthFact(row.birthDate, rule));
    const column = columnOf(table, PERSON_FACTS[fact]);
    return column === undefined ? null : text(coarsen(row.values[column.name] ?? null, rule));
  });
}

function smallest(values: readonly (string | null)[]): string | null {
  return values.toSorted(compare)[0] ?? null;
}

function recordsOf(strata: readonly Stratum[]): number {
  return strata.reduce((sum, { records }) => sum + records, 0);
}

import type { ReleaseRule } from '../domain/release-rule.ts';
import { CARE_SETTINGS } from '../domain/role.ts';
import { PERSON_FACTS, type PersonFact, type Pipeline } from '../pipeline/pipeline.ts';
import { birthFact, coarsen } from './coarsen.ts';
import type { Fate } from './decide.ts';
import { compare, type ReleasedRow, type ReleasedTable } from './release.ts';
import { columnOf, hasOwnIdentifiers, type StandardRow, type Value } from './standardise.ts';
import type { KeptTable } from './stop-at-boundary.ts';
import { subjectId, subjectOf } from './subjects.ts';

/** The facts of a person in one row. */
interface Statement {
  readonly value: Value;
  /** index of its source in the pipeline file */
  readonly source: number;
  /** YYYY-MM-DD, '' where the row has no date */
  readonly date: string;
}

/** Days are counted from this date: a record dated earlier ranks like one without a date. */
const FIRST_DAY = '1900-01-01';

/** One row for each released person, in the order of their pseudonyms. */
export function releasePersons(
  tables: readonly KeptTable[],
  released: readonly ReleasedTable[],
  fates: ReadonlyMap<string, Fate>,
  pipeline: Pipeline,
): ReleasedRow[] {
  const met = tables
    .filter(({ table }) => hasOwnIdentifiers(table))
    .flatMap(({ table, rows }) =>
      rows.flatMap((row) => {
        const subject = subjectOf(row, table);
        const fate = subject === null ? undefined : fates.get(subjectId(table.source, subject.own));
        return fate?.person == null ? [] : [{ table, row, person: fate.person, rank: fate.matchRank }];
      }),
    );
  const persons = [...new Set(met.map(({ person }) => person))].sort();
  return persons.map((person) => {
    const own = met.filter((one) => one.person === person);
    const careSettings = CARE_SETTINGS.filter((careSetting) =>
      own.some(({ table }) => table.setting === careSetting),
    );
    const facts = pipeline.release.persons
      .filter(({ name }) => PERSON_FACTS[name] !== 'date')
      .map(({ name, rule }): [string, Value] => [name, bestFact(own, name, rule, pipeline)]);
    return {
      person,
      settings: careSettings.join('+'),
      settings_met: careSettings.length,
      ...weakestRanks(own, pipeline),
      ...Object.fromEntries(facts),
      ...seenDates(person, released, pipeline),
    };
  });
}

/** For each care setting, the last rank in the ladder by which a record of the person was linked; 0, for none, counts as weaker still. */
function weakestRanks(
  own: readonly { readonly table: KeptTable['table']; readonly rank: number }[],
  { sources, link }: Pipeline,
): ReleasedRow {
  const met = CARE_SETTINGS.filter((careSetting) => sources.some((source) => source.setting === careSetting));
  const inOrder = [...link.ranks.map(({ rank }) => rank), 0];
  return Object.fromEntries(
    met.map((careSetting) => {
      const ranks = own.filter(({ table }) => table.setting === careSetting).map(({ rank }) => rank);
      return [`match_rank_${careSetting}`, inOrder.findLast((rank) => ranks.includes(rank)) ?? null];
    }),
  );
}

/** The first source in the pipeline file wins, then the latest record, then the smallest value. */
function bestFact(
  own: readonly { readonly table: KeptTable['table']; readonly row: StandardRow }[],
  name: PersonFact,
  rule: ReleaseRule,
  pipeline: Pipeline,
): Value {
  const statements = own.flatMap(({ table, row }): Statement[] => {
    const value = factValue(row, table, name, rule);
    const day = table.date === null ? '' : String(row.values[table.date] ?? '').slice(0, 10);
    const source = pipeline.sources.findIndex((one) => one.name === table.source);
    return value === null ? [] : [{ value, source, date: day <= FIRST_DAY ? '' : day }];
  });
  const [best] = statements.sort(
    (a, b) => a.source - b.source || compare(b.date, a.date) || compareFacts(a.value, b.value, rule),
  );
  return best?.value ?? null;
}

/** Age bands are identified by their lowest age. */
function compareFacts(a: Value, b: Value, { rule }: ReleaseRule): number {
  const lowestAge = (band: Value) => Number.parseInt(String(band), 10);
  return rule === 'age-band' ? lowestAge(a) - lowestAge(b) : compare(a, b);
}

function factValue(row: StandardRow, table: KeptTable['table'], name: PersonFact, rule: ReleaseRule): Value {
  if (name === 'sex') return row.sex;
  if (name === 'year_of_birth' || name === 'age_band') return birthFact(row.birthDate, rule);
  const column = columnOf(table, PERSON_FACTS[name]);
  const value = column === undefined ? null : (row.values[column.name] ?? null);
  // nobody who died before 1900 has a record in these sources: such a date is ignored
  if (name === 'date_of_death' && value !== null && value < FIRST_DAY) return null;
  return coarsen(value, rule);
}

/** First and last day of a person's releasable records in each care setting. */
function seenDates(person: string, released: readonly ReleasedTable[], pipeline: Pipeline): ReleasedRow {
  const seen: Record<string, Value> = {};
  for (const careSetting of CARE_SETTINGS) {
    const dated = released.filter(({ table }) => table.setting === careSetting && table.date !== null);
    if (dated.length === 0) continue;
    const dates = dated
      .flatMap(({ table, records }) =>
        records
          .filter(({ fate }) => fate.person === person)
          .flatMap(({ row }) => row.values[table.date!] ?? []),
      )
      .map((date) => String(date).slice(0, 10))
      .sort();
    for (const [fact, date] of [
      ['first_seen', dates.at(0)],
      ['last_seen', dates.at(-1)],
    ] as const) {
      const rule = pipeline.release.persons.find(({ name }) => name === fact)?.rule;
      if (rule !== undefined) seen[`${fact}_${careSetting}`] = coarsen(date ?? null, rule);
    }
  }
  return seen;
}

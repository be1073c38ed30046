import { createHash } from 'node:crypto';
import { isFirstOfJanuary } from '../../../domain/birth-date.ts';
import { comparesUnderNhsNumber, type Ladder } from '../../../domain/match-rank.ts';
import { duckdbDialect } from '../../../engine/duckdb/dialect.ts';
import { DuckDbEngine } from '../../../engine/duckdb/engine.ts';
import { compositeOf, type Subject } from '../../../oracle/subjects.ts';
import type { Witness } from '../../../oracle/witnesses.ts';
import { samePair } from '../../../sql/same.ts';
import { table } from '../../../sql/sql.ts';
import type { Step } from '../../../sql/step.ts';
import { AS_LINKED, withImplausibleLinks } from '../../link/implausible/steps.ts';
import { linkSubjects } from '../../link/link-subjects.ts';
import { linksByTuple } from '../../link/match-probabilities.ts';
import { planLinking } from '../../link/steps.ts';
import { SUBJECT_PERSONS } from '../../link/subject-persons.ts';
import type { AddressTable, SubjectTable } from '../../link/subjects.ts';
import { TokenNumbers } from '../../link/token-numbers.ts';
import { tokenNumber } from '../../link/token-sql.ts';
import { NUMBER_SOURCES } from '../../link/under-nhs-number.ts';
import type { AuditedLinkage } from '../steps.ts';

/** Sources of every made-up linkage, in the order of the pipeline file. */
export const SOURCES = ['gp', 'hospital', 'clinic'];

/** A subject, and what only an audit asks of it. */
export interface AuditedSubject extends Subject {
  /** stored rows that are about it: one of a patient, any number of a subject of a flat source */
  readonly records: number;
  /** its link was found implausible, and has been taken apart */
  readonly isTakenApart: boolean;
}

/** What is linked, and how. */
export interface Linkage {
  /** each with a name of its own in its source; a patient has no local ids, and a subject of a flat source no earlier postcodes */
  readonly subjects: readonly AuditedSubject[];
  /** the sources that have flat tables, two of them each; the others have patients */
  readonly flat: readonly string[];
  /** postcodes that too many people share */
  readonly ignoredPostcodes: ReadonlySet<string>;
  /** tuples and numbers of rows that stayed above the boundary */
  readonly witnesses: readonly Witness[];
  /** a link of less is refused; null refuses none. Only for ladders that compare anything under the number */
  readonly minProbability: number | null;
}

/** A token of a text: the same as the program's in nothing but that it is 128 bits and looks random. */
function halves(text: string | null): [string, string] {
  if (text === null) return ['NULL', 'NULL'];
  const digest = createHash('sha256').update(text).digest();
  return [String(digest.readBigInt64LE(0)), String(digest.readBigInt64LE(8))];
}

/** The token of a subject. */
export function subjectHalves({ own }: Pick<Subject, 'own'>): [string, string] {
  return halves(`${own.kind} ${own.text}`);
}

const quoted = (text: string | null) => (text === null ? 'NULL' : `'${text}'`);

const KEY = 'subject_a BIGINT, subject_b BIGINT';
const COMPARED = ['sex', 'year', 'month', 'day', 'postcode'] as const;
const OF_SUBJECTS = `subject INTEGER, ${KEY}, is_orphan BOOLEAN, nhs_a BIGINT, nhs_b BIGINT, tuple_a BIGINT, tuple_b BIGINT, first_of_january BOOLEAN, ignored_postcode BOOLEAN, ${COMPARED.map((field) => `compared_${field} VARCHAR`).join(', ')}`;
const COLUMNS = {
  subjects: OF_SUBJECTS,
  patients: 'subject INTEGER',
  flat: 'subject INTEGER, local_a BIGINT, local_b BIGINT',
  addresses: 'subject INTEGER, tuple_a BIGINT, tuple_b BIGINT, first_of_january BOOLEAN',
} as const;

/** A subject, as the token store has it. */
function storedSubject(subject: Subject, { ignoredPostcodes }: Linkage, number: number): string {
  const { nhsNumber, sex, birthDate, postcode } = subject;
  const bound = (part: string | null | undefined) =>
    quoted(nhsNumber === null || part == null ? null : `${nhsNumber}|${part}`);
  const [year, month, day] = birthDate?.split('-') ?? [];
  return [
    number,
    ...subjectHalves(subject),
    false,
    ...halves(nhsNumber),
    ...halves(compositeOf(subject)),
    birthDate !== null && isFirstOfJanuary(birthDate),
    postcode !== null && ignoredPostcodes.has(postcode),
    ...[sex, year, month, day, postcode].map(bound),
  ].join(', ');
}

/** A subject to whom only rows point: no patient was delivered under its key. */
const ORPHAN = (number: number) =>
  [
    number,
    ...halves('an orphan'),
    true,
    ...OF_SUBJECTS.split(', ')
      .slice(4)
      .map(() => 'NULL'),
  ].join(', ');

/** A flat row that does not say who it is about. */
const NOBODYS = COLUMNS.flat
  .split(', ')
  .map(() => 'NULL')
  .join(', ');

function addressRow(subject: Subject, number: number, postcode: string): string {
  const { birthDate } = subject;
  const isFirst = birthDate !== null && isFirstOfJanuary(birthDate);
  return [number, ...halves(compositeOf({ ...subject, postcode })), isFirst].join(', ');
}

/** A table of the token store, made by hand. */
interface Stored {
  readonly name: string;
  readonly source: number;
  readonly kind: keyof typeof COLUMNS;
  readonly rows: readonly string[];
}

function storedTables(linkage: Linkage): Stored[] {
  return SOURCES.flatMap((name, source): Stored[] => {
    const subjects = linkage.subjects.filter((one) => one.source === name);
    const numberOf = (index: number) => index * SOURCES.length + source;
    const stored: Stored = {
      name: `${name}_subjects`,
      source,
      kind: 'subjects',
      rows: [
        ...subjects.map((subject, index) => storedSubject(subject, linkage, numberOf(index))),
        ORPHAN(numberOf(subjects.length)),
      ],
    };
    if (linkage.flat.includes(name)) {
      // the rows of a subject are in both tables by turns, each with one of its local ids
      const tables = [0, 1].map((half) => ({
        name: `${name}_${half}`,
        source,
        kind: 'flat' as const,
        rows: [NOBODYS].concat(
          subjects.flatMap((subject, index) => {
            const ids = [...subject.localPatientIds];
            return Array.from({ length: subject.records }, (_, nth) => ids[nth % ids.length] ?? null)
              .map((id, nth) => (nth % 2 === half ? [numberOf(index), ...halves(id)].join(', ') : ''))
              .filter((row) => row !== '');
          }),
        ),
      }));
      return [stored, ...tables];
    }
    const earlier = subjects.flatMap((subject, index) =>
      [...subject.earlierPostcodes].map((postcode) => addressRow(subject, numberOf(index), postcode)),
    );
    return [
      stored,
      { name, source, kind: 'patients', rows: subjects.map((_, index) => String(numberOf(index))) },
      ...(earlier.length === 0
        ? []
        : [{ name: `${name}_addresses`, source, kind: 'addresses' as const, rows: earlier }]),
    ];
  });
}

function planOf(tables: readonly Stored[], { minProbability }: Linkage, ladder: Ladder) {
  const subjectTables = tables
    .filter(({ kind }) => kind === 'patients' || kind === 'flat')
    .map(
      ({ name, source, kind }): SubjectTable => ({
        source,
        rows: table(name),
        subjects: table(`${SOURCES[source]}_subjects`),
        isFlat: kind === 'flat',
        comparedFields: COMPARED,
        hasLocalIds: kind === 'flat',
        hasIgnoredPostcodes: true,
        hasBusyTuples: false,
      }),
    );
  const addressTables = tables
    .filter(({ kind }) => kind === 'addresses')
    .map(({ name }): AddressTable => ({ rows: table(name) }));
  return planLinking(subjectTables, addressTables, ladder, minProbability, SUBJECT_PERSONS);
}

/** The input of the audit about a linkage. */
export function auditedLinkage(linkage: Linkage, ladder: Ladder): AuditedLinkage {
  const { minProbability } = linkage;
  const tables = storedTables(linkage);
  return {
    ladder,
    numberSources: comparesUnderNhsNumber(ladder) ? null : NUMBER_SOURCES,
    hasAddresses: tables.some(({ kind }) => kind === 'addresses'),
    flat: tables
      .filter(({ kind }) => kind === 'flat')
      .map(({ name, source }) => ({ source, relation: table(name) })),
    linksByTuple:
      minProbability === null || !comparesUnderNhsNumber(ladder) ? null : linksByTuple(minProbability),
  };
}

/** Runs steps, each of which leaves a table. */
export function maker(engine: DuckDbEngine): (step: Step) => Promise<void> {
  return async ({ name, sql }) => {
    await engine.run(`CREATE TABLE ${name} AS ${sql}`, `making ${name}`);
  };
}

/**
 * An engine in which everything has been linked, by the steps of a run, over tables made by hand.
 *
 * @param numberedBefore texts whose tokens get the first numbers: the others have other numbers then
 */
export async function openLinked(
  linkage: Linkage,
  ladder: Ladder,
  threads = 1,
  numberedBefore: readonly string[] = [],
): Promise<DuckDbEngine> {
  const engine = await DuckDbEngine.open({
    threads,
    memory: '512MiB',
    spillDirectory: null,
    allowedDirectories: [],
    allowedPaths: [],
    keepOrder: true,
  });
  const fill = async (table: string, columns: string, rows: readonly string[]) => {
    await engine.run(`CREATE TABLE ${table} (${columns})`, `making ${table}`);
    if (rows.length === 0) return;
    await engine.run(
      `INSERT INTO ${table} VALUES ${rows.map((row) => `(${row})`).join()}`,
      `filling ${table}`,
    );
  };
  const tables = storedTables(linkage);
  for (const { name, kind, rows } of tables) await fill(name, COLUMNS[kind], rows);
  const numbers = new TokenNumbers();
  for (const one of numbers.functions) engine.register(one);
  for (const text of numberedBefore) {
    const digest = createHash('sha256').update(text).digest();
    const [w0, w1, w2, w3] = [0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset));
    numbers.numberOf(w0!, w1!, w2!, w3!);
  }
  await fill(
    'stored_witnesses',
    'tuple_a BIGINT, tuple_b BIGINT, nhs_a BIGINT, nhs_b BIGINT, local_a BIGINT, local_b BIGINT, opt_out VARCHAR',
    linkage.witnesses.map(({ tuple, nhsNumber, localPatientId }) =>
      [...[tuple, nhsNumber, localPatientId].flatMap(halves), 'NULL'].join(', '),
    ),
  );
  const witness = (['tuple', 'nhs', 'local'] as const).map((name) => tokenNumber(`w.${name}`));
  await engine.run(
    `CREATE TABLE witnesses AS SELECT DISTINCT ${witness[0]} AS tuple, ${witness[1]} AS nhs, ${witness[2]} AS local, opt_out
FROM stored_witnesses AS w`,
    'making witnesses',
  );
  const plan = planOf(tables, linkage, ladder);
  for (const step of plan.numbering) await maker(engine)(step);
  numbers.complete();
  await linkSubjects(engine, plan, linkage.minProbability, maker(engine));
  const apart = linkage.subjects.filter(({ isTakenApart }) => isTakenApart);
  if (apart.length > 0) {
    // implausible links are given here, and not found; the last step takes it apart
    await engine.run(`ALTER TABLE subject_persons RENAME TO ${AS_LINKED}`, 'renaming');
    await fill(
      'taken_apart',
      `source TINYINT, ${KEY}`,
      apart.map((one) => [SOURCES.indexOf(one.source), ...subjectHalves(one)].join(', ')),
    );
    await engine.run(
      `CREATE TABLE implausible_links AS
SELECT s.subject FROM taken_apart AS t JOIN subjects AS s ON t.source = s.source AND ${samePair('subject', 't', 's')}`,
      'making implausible_links',
    );
    const { steps, stepsAfterEstimate } = withImplausibleLinks(
      () => plan,
      ONE_RULE,
      ladder,
      true,
      duckdbDialect,
    );
    await maker(engine)([...steps, ...stepsAfterEstimate].at(-1)!);
  }
  return engine;
}

const ONE_RULE: Parameters<typeof withImplausibleLinks>[1] = {
  asked: ['infant-giving-birth'],
  deaths: [],
  activity: [],
  stays: [],
  births: [],
  birthCodes: { newborn: [], delivery: [] },
  birthYears: [],
};

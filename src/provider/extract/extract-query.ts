import { optOutCodes } from '../../domain/opt-out-codes.ts';
import { payloadType } from '../../domain/role.ts';
import { OPT_OUT_CODE_FOUND, ROW_FLAG } from '../../domain/row-flag.ts';
import { OUTCOMES } from '../../domain/standardised.ts';
import type { ColumnSpec, Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { NamedSql } from '../../sql/named-sql.ts';
import type { Dialect } from '../../sql/step.ts';
import { storedColumns } from '../../store/stored-columns.ts';
import { birthDateSql } from '../standardise/birth-date-sql.ts';
import { birthFacts } from '../standardise/birth-facts-sql.ts';
import { nhsNumberSql } from '../standardise/nhs-number-sql.ts';
import { postcodeSql } from '../standardise/postcode-sql.ts';
import { sexSql } from '../standardise/sex-sql.ts';
import type { StandardisedSql } from '../standardise/standardised-sql.ts';
import { isCodeElsewhereSql, isCodeForKeySql } from './codes-elsewhere.ts';
import { ownerColumnOf } from './owner-column.ts';
import { payloadSql } from './payload-sql.ts';
import { faultOf } from './payload-value.ts';
import { type EngineFile, readCsvSql } from './read-csv-sql.ts';

/** What the extract stage is told about the hashing function, which is another stage's. */
export interface TokenFunction {
  readonly name: string;
  readonly hasDemographics: boolean;
  /** key columns in the order of its parameters */
  readonly keyColumns: readonly string[];
  /** payload columns it reads itself, whose values it returns as cell_0, cell_1 and so on */
  readonly cellColumns: readonly string[];
  /** its results, such as subject, nhs, sdp, record, parent: each a pair of columns `_a` and `_b` */
  readonly tokens: readonly string[];
  /** its results of one BIGINT each, stored as they are */
  readonly agreements: readonly string[];
  /** bits of its flags that are stored, each as a BOOLEAN column */
  readonly flags: readonly { readonly name: string; readonly flag: number }[];
}

export interface ExtractSource {
  readonly table: TableSpec;
  readonly pipeline: Pipeline;
  readonly runDate: string;
  readonly tokenFunction: TokenFunction;
  readonly dialect: Dialect;
}

/** Identifier roles that make up the demographics, in the order of the hashing function's parameters. */
const DEMOGRAPHICS = ['nhs-number', 'date-of-birth', 'sex', 'postcode'] as const;
const NOTHING: Record<(typeof DEMOGRAPHICS)[number], string> = {
  'nhs-number': 'CAST(0 AS BIGINT)',
  'date-of-birth': 'CAST(0 AS INTEGER)',
  sex: 'CAST(0 AS TINYINT)',
  postcode: "''",
};

/**
 * The one streaming query of a file above the identity boundary: read as text, standardise, check the payload, hash,
 * and keep only tokens and payload. No sort, no aggregate, no join: nothing that would have to hold rows.
 */
export function extractSql(source: ExtractSource, header: readonly string[], file: EngineFile): string {
  const { table, pipeline, tokenFunction, dialect } = source;
  const raw = new Map(table.columns.map((column, at) => [column.name, `raw_${at}`]));
  const read = table.columns.filter((column) => isRead(column, tokenFunction));
  const layers = new Layers(
    `(SELECT ${read.map((column) => `${dialect.name(column.name)} AS ${raw.get(column.name)}`).join(', ')}
      FROM ${readCsvSql(table.format, readerNames(header, table), file, dialect)})`,
  );

  const texts = new Map<string, string>();
  const values = new Map<string, string>();
  const faults = codesElsewhere(source, raw);
  for (const [at, column] of table.columns.entries()) {
    if (faultOf(column) === null || !read.includes(column)) continue;
    const cell = tokenFunction.cellColumns.indexOf(column.name);
    if (cell >= 0) {
      const value = `t.cell_${cell}`;
      values.set(column.name, payloadType(column.role) === 'date' ? `DATE '1970-01-01' + ${value}` : value);
      continue;
    }
    const sql = payloadSql(column, raw.get(column.name)!);
    const [text, value] = [`text_${at}`, `value_${at}`];
    layers.add(0, { name: text, sql: sql.text });
    if (payloadType(column.role) !== 'text') layers.add(1, { name: value, sql: sql.value(text) });
    texts.set(column.name, text);
    values.set(column.name, payloadType(column.role) === 'text' ? text : value);
    faults.push(`WHEN ${sql.isFault(text, value)} THEN ${at + 1}`);
  }
  for (const column of table.columns) {
    if (column.role !== 'local-patient-id' && !isProvider(column, table)) continue;
    if (texts.has(column.name) || !read.includes(column)) continue;
    const name = `text_${table.columns.indexOf(column)}`;
    layers.add(0, { name, sql: payloadSql(column, raw.get(column.name)!).text });
    texts.set(column.name, name);
  }

  const standardised = tokenFunction.hasDemographics
    ? standardise(source, raw)
    : new Map<string, StandardisedSql>();
  for (const one of standardised.values()) {
    for (const [depth, names] of one.layers.entries()) for (const name of names) layers.add(depth, name);
  }

  const call = [
    faults.length === 0 ? 'CAST(0 AS SMALLINT)' : `CAST(CASE ${faults.join(' ')} ELSE 0 END AS SMALLINT)`,
    ...(tokenFunction.hasDemographics
      ? DEMOGRAPHICS.flatMap((role) => demographicArguments(role, standardised))
      : []),
    ...tokenFunction.keyColumns.map((name) => `coalesce(${texts.get(name)}, '')`),
    ...tokenFunction.cellColumns.map((name) => `coalesce(${raw.get(name)}, '')`),
  ];
  layers.addLast({ name: 't', sql: `${dialect.name(tokenFunction.name)}(${call.join(', ')})` });

  const facts =
    tokenFunction.hasDemographics && table.kind !== 'addresses'
      ? birthFacts(
          pipeline,
          standardised.get('date-of-birth')?.value ?? 'CAST(NULL AS INTEGER)',
          standardised.get('sex')?.value ?? 'CAST(NULL AS TINYINT)',
        )
      : [];
  const stored = storedColumns(table, pipeline).map(
    (column) => `${values.get(column.name)} AS ${dialect.name(column.name)}`,
  );
  const columns = [
    ...tokenColumns(tokenFunction),
    ...facts.map(({ name, sql }) => `${sql} AS ${name}`),
    ...stored,
  ];
  return `SELECT ${columns.join(', ')} FROM ${layers.relation()} WHERE ${hasFlag(ROW_FLAG.keep)}`;
}

/** Cases of a row's fault: a cell that holds an opt-out code where none is expected comes before every fault. */
function codesElsewhere({ table, pipeline }: ExtractSource, raw: ReadonlyMap<string, string>): string[] {
  const { elsewhere, codes: searched, codeOverrides, lookAlikes } = pipeline.optOuts;
  const codes = optOutCodes(codeOverrides, lookAlikes);
  const names = elsewhere.find((one) => one.table === table.name)?.columns ?? [];
  const filters = table.columns
    .filter(({ name }) => names.includes(name))
    .map((one) => isCodeElsewhereSql(one, raw.get(one.name)!, codes));
  if (searched.some((one) => one.table === table.name))
    filters.push(isCodeForKeySql(raw.get(ownerColumnOf(table).name)!, codes));
  return filters.map((filter) => `WHEN ${filter} THEN ${OPT_OUT_CODE_FOUND}`);
}

/** Names for the reader: declared columns keep theirs, the others, which may even be empty or repeated, are numbered. */
export function readerNames(header: readonly string[], table: TableSpec): string[] {
  const declared = new Set(table.columns.map((column) => column.name));
  return header.map((name, at) => (declared.has(name) ? name : `unread column ${at}`));
}

/** True for columns whose cells are needed: declared, and not of a stripped role. */
export function isRead(column: ColumnSpec, tokenFunction: TokenFunction): boolean {
  if (faultOf(column) !== null && column.role !== 'record-id' && column.role !== 'parent-key') return true;
  if (tokenFunction.keyColumns.includes(column.name)) return true;
  return tokenFunction.hasDemographics && (DEMOGRAPHICS as readonly string[]).includes(column.role);
}

function isProvider(column: ColumnSpec, table: TableSpec): boolean {
  return table.columns.some((one) => one.provider === column.name);
}

function standardise(source: ExtractSource, raw: ReadonlyMap<string, string>): Map<string, StandardisedSql> {
  const result = new Map<string, StandardisedSql>();
  for (const role of DEMOGRAPHICS) {
    const column = source.table.columns.find((one) => one.role === role);
    const cell = column === undefined ? undefined : raw.get(column.name);
    if (column === undefined || cell === undefined) continue;
    switch (role) {
      case 'nhs-number':
        result.set(role, nhsNumberSql(cell, 'nhs', { allowTestRange: source.pipeline.synthetic }));
        break;
      case 'date-of-birth':
        result.set(role, birthDateSql(cell, 'dob', column.format, source.runDate));
        break;
      case 'sex':
        result.set(role, sexSql(cell, 'sex', column.map));
        break;
      case 'postcode':
        result.set(role, postcodeSql(cell, 'postcode'));
    }
  }
  return result;
}

function demographicArguments(
  role: (typeof DEMOGRAPHICS)[number],
  standardised: ReadonlyMap<string, StandardisedSql>,
): string[] {
  const one = standardised.get(role);
  if (one === undefined) return [NOTHING[role], `CAST(${OUTCOMES.absent.code} AS TINYINT)`];
  return [`coalesce(${one.value}, ${NOTHING[role]})`, one.outcome];
}

function hasFlag(flag: number): string {
  return `(t.flags & ${flag}) <> 0`;
}

/** Tokens as they are stored: NULL where there is none, and linking tokens only where the subject was first met. */
function tokenColumns(tokenFunction: TokenFunction): string[] {
  const pairs = tokenFunction.tokens.flatMap((token) =>
    ['a', 'b'].map((half) => `t.${token}_${half} AS ${token}_${half}`),
  );
  return [
    ...pairs,
    ...tokenFunction.agreements.map((name) => `t.${name} AS ${name}`),
    ...tokenFunction.flags.map(({ name, flag }) => `${hasFlag(flag)} AS ${name}`),
  ];
}

/** Nested projections: expressions of the same depth share one, and may use every name of a lower depth. */
class Layers {
  readonly #depths: NamedSql[][] = [];
  readonly #from: string;

  constructor(from: string) {
    this.#from = from;
  }

  add(depth: number, column: NamedSql): void {
    while (this.#depths.length <= depth) this.#depths.push([]);
    this.#depths[depth]!.push(column);
  }

  addLast(column: NamedSql): void {
    this.#depths.push([column]);
  }

  relation(): string {
    return this.#depths.reduce(
      (from, columns) =>
        `(SELECT *, ${columns.map(({ name, sql }) => `${sql} AS ${name}`).join(', ')} FROM ${from})`,
      this.#from,
    );
  }
}

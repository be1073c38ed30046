import { type Limits, severityOf } from '../../domain/expectation.ts';
import type { Finding } from '../../domain/finding.ts';
import { payloadType } from '../../domain/role.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { InputFile } from '../../extract/find-files.ts';
import { storedColumns } from '../../extract/stored-columns.ts';
import type { Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import { planTokens } from '../../tokenise/token-plan.ts';

/** A file of a table as it was read and stored. */
export interface ReadFile {
  readonly file: InputFile;
  readonly sha256: string;
  readonly rows: number;
  /** path of its stored rows */
  readonly part: string;
}

/** Rows of each file that are looked for in the table's other files. */
const SAMPLE = 200;
const CHECK = 'repeated-delivery';
const WAY_OUT =
  'leave one of them out of the folder, or narrow the pattern: each record has to be delivered once';

/**
 * Finds deliveries that a table's patterns match twice: files with the same bytes, a file beside its own compressed copy, and
 * files of which most rows are in another file as well, whatever their order. Files that share patients and no records pass.
 *
 * Nothing is looked at for a table of one file. Of others a sample of rows is looked for, by record id or patient key
 * where there is one, else by everything that is stored of them.
 *
 * @param engine that may read the stored parts
 */
export async function repeatedDeliveries(
  pipeline: Pipeline,
  table: TableSpec,
  files: readonly ReadFile[],
  engine: DuckDbEngine,
): Promise<Finding[]> {
  const delivered = files.filter(({ rows }) => rows > 0);
  if (delivered.length < 2) return [];
  const limits = pipeline.expect.repeats;
  if (limits.warn === null && limits.stop === null) return [];
  const same = sameFiles(pipeline, table, delivered);
  return same.length > 0 ? same : sharedRows(pipeline, table, delivered, limits, engine);
}

/** Of these, what is seen without reading a row: files with the same bytes, and a file beside its own compressed copy. */
export function sameFiles(
  { expect: { repeats } }: Pick<Pipeline, 'expect'>,
  table: TableSpec,
  delivered: readonly Pick<ReadFile, 'file' | 'sha256'>[],
): Finding[] {
  if (repeats.warn === null && repeats.stop === null) return [];
  const severity = repeats.stop === null ? 'warn' : 'stop';
  const same = [
    ...groupsOf(delivered, ({ sha256 }) => sha256, 'have the same content'),
    ...groupsOf(
      delivered,
      ({ file }) => withoutCompression(file.path),
      'are one file, and a compressed copy of it',
    ),
  ];
  const told = new Map(same.map((one) => [one.names.join('\n'), one]));
  return [...told.values()].map(({ names, what }) => finding(table, names, what, severity));
}

interface Group {
  readonly names: readonly string[];
  readonly what: string;
}

function groupsOf<T extends Pick<ReadFile, 'file'>>(
  files: readonly T[],
  key: (file: T) => string,
  what: string,
): Group[] {
  const groups = new Map<string, InputFile[]>();
  for (const one of files) groups.set(key(one), [...(groups.get(key(one)) ?? []), one.file]);
  return [...groups.values()].flatMap((group): Group[] => {
    const [first] = group;
    if (first === undefined || group.length < 2) return [];
    // the path tells: one file may be shown under its name by one pattern, and by its place by another
    if (group.every(({ path }) => path === first.path)) {
      return [{ names: [first.shownAs], what: 'are one file that several patterns match' }];
    }
    return [{ names: group.map(({ shownAs }) => shownAs), what }];
  });
}

function withoutCompression(path: string): string {
  return path.replace(/\.(?:gz|zst)$/, '');
}

/** How much of each file's sample is in each other file: one query, which reads of each row what it is known by. */
async function sharedRows(
  pipeline: Pipeline,
  table: TableSpec,
  files: readonly ReadFile[],
  limits: Limits,
  engine: DuckDbEngine,
): Promise<Finding[]> {
  const { columns, isCertain } = identityOf(pipeline, table);
  const rows = await engine.query(
    sharedSql(
      files.map(({ part }) => part),
      columns,
    ),
    `looking whether ${table.name} was delivered twice`,
  );
  const seen = new Set<string>();
  return rows.flatMap((row): Finding[] => {
    const [sampled, found] = [Number(row['sampled']), Number(row['found'])];
    const [one, other] = [files[Number(row['looked_in'])]!, files[Number(row['found_in'])]!];
    // where nothing tells records apart, some are alike: only files that are alike as a whole are one delivery
    const isAlike = isCertain || (one.rows === other.rows && found === sampled);
    const severity = isAlike ? severityOf(found / sampled, limits) : null;
    const names = [one.file.shownAs, other.file.shownAs].sort();
    if (severity === null || seen.has(names.join('\n'))) return [];
    seen.add(names.join('\n'));
    const what = `have records in common: of ${sampled} looked at in ${one.file.shownAs}, ${found} are in ${other.file.shownAs}`;
    return [finding(table, names, what, severity)];
  });
}

/**
 * The stored columns by which a row is known, and whether two rows that are alike in them are certainly one record: by a key, or by
 * everything, if a day is among it. Tokens that link are left out: they stand on one row of a subject only.
 */
function identityOf(
  pipeline: Pipeline,
  table: TableSpec,
): { readonly columns: readonly string[]; readonly isCertain: boolean } {
  const halves = (token: string) => [`${token}_a`, `${token}_b`];
  const { subject, record, parent } = planTokens(table, pipeline);
  if (table.kind === 'patients') return { columns: halves('subject'), isCertain: true };
  if (record !== null) return { columns: halves('record'), isCertain: true };
  const payload = storedColumns(table, pipeline);
  return {
    columns: [
      ...(subject.by === 'parent' ? [] : halves('subject')),
      ...(parent === null ? [] : halves('parent')),
      ...(table.kind === 'addresses' ? halves('sdp') : []),
      ...payload.map(({ name }) => dialect.name(name)),
    ],
    isCertain: payload.some(({ role }) => ['date', 'timestamp'].includes(payloadType(role) ?? '')),
  };
}

/** @param columns the first is joined on; it is part of a token, and told apart by it, few rows are left */
function sharedSql(parts: readonly string[], columns: readonly string[]): string {
  const [first] = columns;
  const known = `${first} AS first_half, hash(${columns.join(', ')}) AS row_hash`;
  const read = (part: string, at: number, end: string) =>
    `(SELECT ${at}::INTEGER AS part, ${known} FROM ${dialect.readParquet([part])} WHERE ${first} IS NOT NULL${end})`;
  const all = parts.map((part, at) => read(part, at, '')).join('\nUNION ALL\n');
  const some = parts.map((part, at) => read(part, at, ` LIMIT ${SAMPLE}`)).join('\nUNION ALL\n');
  return `WITH looked AS MATERIALIZED (SELECT DISTINCT part, first_half, row_hash FROM (${some}) AS some_rows),
sampled AS (SELECT part, count(*)::INTEGER AS sampled FROM looked GROUP BY part),
found AS (SELECT s.part AS looked_in, l.part AS found_in, count(DISTINCT s.row_hash)::INTEGER AS found
  FROM looked AS s JOIN (${all}) AS l
    ON s.first_half = l.first_half AND s.row_hash = l.row_hash AND s.part <> l.part
  GROUP BY s.part, l.part)
SELECT looked_in, found_in, sampled, found
FROM found JOIN sampled ON found.looked_in = sampled.part
ORDER BY found::DOUBLE / sampled DESC, looked_in, found_in`;
}

function finding(
  table: TableSpec,
  names: readonly string[],
  what: string,
  severity: Finding['severity'],
): Finding {
  const patterns = table.files.map(({ shownAs }) => shownAs).join(', ');
  return {
    check: CHECK,
    severity,
    file: [...new Set(names)].join(', '),
    message: `the files of ${table.name} ${what} (matched by ${patterns})`,
    wayOut: WAY_OUT,
  };
}

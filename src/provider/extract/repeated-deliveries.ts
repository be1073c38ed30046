import type { Limits } from '../../domain/expectation.ts';
import type { Finding } from '../../domain/finding.ts';
import { payloadType } from '../../domain/role.ts';
import type { Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import { storedColumns } from '../../store/stored-columns.ts';
import { SUBJECT_NUMBER } from '../../store/subject-columns.ts';
import { planTokens } from '../../store/token-plan.ts';
import type { SubjectTokens } from '../tokenise/subject-numbers.ts';
import type { InputFile } from './find-files.ts';
import { type RowIdentity, sharedRows } from './shared-rows.ts';

/** A file of a table as it was read and stored. */
export interface ReadFile {
  readonly file: InputFile;
  readonly sha256: string;
  readonly rows: number;
  /** path of its stored rows */
  readonly part: string;
}

const CHECK = 'repeated-delivery';
const WAY_OUT =
  'leave one of them out of the folder, or narrow the pattern: each record has to be delivered once';

/**
 * Finds deliveries that a table's patterns match twice: files with the same bytes, a file beside its own compressed copy, and
 * files of which most rows are in another file as well, whatever their order. Files that share patients and no records pass.
 *
 * Nothing is looked at for a table of one file. Of others a sample of rows is looked for, by record id or patient key
 * where there is one, else by everything that is stored of them (shared-rows.ts).
 */
export function repeatedDeliveries(
  pipeline: Pipeline,
  table: TableSpec,
  files: readonly ReadFile[],
  subjects: SubjectTokens,
): Finding[] {
  const delivered = files.filter(({ rows }) => rows > 0);
  if (delivered.length < 2) return [];
  const limits = pipeline.expect.repeats;
  if (limits.warn === null && limits.stop === null) return [];
  const same = sameFiles(pipeline, table, delivered);
  return same.length > 0 ? same : sharing(pipeline, table, delivered, subjects, limits);
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
  const distinct = new Map(same.map((one) => [one.names.join('\n'), one]));
  return [...distinct.values()].map(({ names, what }) => finding(table, names, what, severity));
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
    // files are distinguished by path: one file may be shown under its name by one pattern, and by its number by another
    if (group.every(({ path }) => path === first.path)) {
      return [{ names: [first.shownAs], what: 'are one file that several patterns match' }];
    }
    return [{ names: group.map(({ shownAs }) => shownAs), what }];
  });
}

function withoutCompression(path: string): string {
  return path.replace(/\.(?:gz|zst)$/, '');
}

/** The files that share most of their rows, each pair once. */
function sharing(
  pipeline: Pipeline,
  table: TableSpec,
  files: readonly ReadFile[],
  subjects: SubjectTokens,
  limits: Limits,
): Finding[] {
  const identity = { ...identityOf(pipeline, table), subjects };
  const seen = new Set<string>();
  const shared = sharedRows(files, identity, limits);
  return shared.flatMap(({ lookedIn, foundIn, sampled, found, severity }): Finding[] => {
    const [one, other] = [files[lookedIn]!.file.shownAs, files[foundIn]!.file.shownAs];
    const names = [one, other].sort();
    if (seen.has(names.join('\n'))) return [];
    seen.add(names.join('\n'));
    const what = identity.isCertain ? 'records' : 'rows';
    const said = `have ${what} in common: of ${sampled} looked at in ${one}, ${found} are in ${other}`;
    return [finding(table, names, said, severity)];
  });
}

/**
 * The stored columns by which a row is known, and whether two rows that are alike in them are certainly one record: by a key, or by
 * everything, if a day is among it.
 */
function identityOf(pipeline: Pipeline, table: TableSpec): Omit<RowIdentity, 'subjects'> {
  const halves = (token: string): [string, string] => [`${token}_a`, `${token}_b`];
  const { subject, record, parent } = planTokens(table, pipeline);
  if (table.kind === 'patients') return { who: [SUBJECT_NUMBER], what: [], isCertain: true };
  if (record !== null) return { who: halves('record'), what: [], isCertain: true };
  const payload = storedColumns(table, pipeline);
  const isOfPatient = subject.by !== 'parent';
  return {
    who: isOfPatient ? [SUBJECT_NUMBER] : halves('parent'),
    what: [
      ...(isOfPatient && parent !== null ? halves('parent') : []),
      ...(table.kind === 'addresses' ? halves('tuple') : []),
      ...payload.map(({ name }) => name),
    ],
    isCertain: payload.some(({ role }) => ['date', 'timestamp'].includes(payloadType(role) ?? '')),
  };
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

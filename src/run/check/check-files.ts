import { EXIT, type Problem, TallystickError } from '../../domain/problem.ts';
import { type Pipeline, type TableSpec, tablesOf } from '../../pipeline/pipeline.ts';
import { brokenFiles, digestFiles, type FileDigest } from '../../provider/extract/digest-inputs.ts';
import { estimateRows } from '../../provider/extract/estimate-rows.ts';
import type { InputFile } from '../../provider/extract/find-files.ts';
import { findTableFiles } from '../../provider/extract/find-inputs.ts';
import { checkHeaderFits, emptyFile } from '../../provider/extract/header-fits.ts';
import { hasRows, lookAtEnd, TAIL_BYTES } from '../../provider/extract/look-at-end.ts';
import { namePresenter } from '../../provider/extract/present-names.ts';
import type { Header } from '../../provider/extract/read-header.ts';
import { sameFiles } from '../../provider/extract/repeated-deliveries.ts';
import { unexpectedFiles } from '../../provider/extract/unexpected-files.ts';
import { formatCount, formatSize } from '../../report/format.ts';
import { attempt, type DeliveryFinding, failed, fromFindings, ok, warning } from './delivery-finding.ts';

/** What was found of tonight's files. */
export interface CheckedFiles {
  readonly findings: readonly DeliveryFinding[];
  /** rows by table, estimated from the beginning of each file; tables of which nothing can be said are left out */
  readonly rows: Readonly<Record<string, number>>;
  /** of all files, as they lie on disk */
  readonly bytes: number;
}

/** By so much may the declared rows of a file differ from what its size says; long free text at its end alone makes a tenth. */
const FAR_OFF = 0.25;

interface CheckedFile {
  readonly file: InputFile;
  readonly header: Header;
  readonly hasRows: boolean;
  /** null where it cannot be estimated */
  readonly rows: number | null;
  readonly digest: FileDigest;
}

/**
 * Looks at the files of every table: there, readable, with the declared columns, whole, the expected ones, delivered once. Each file
 * is read once, for its digest, and no row of it is understood.
 */
export async function checkFiles(pipeline: Pipeline, signal: AbortSignal): Promise<CheckedFiles> {
  const presenter = await attempt('', () => namePresenter(pipeline));
  const isPresentable = 'value' in presenter ? presenter.value.isPresentable : () => false; // the canary list itself is looked at elsewhere
  const found = [];
  for (const table of tablesOf(pipeline))
    found.push({ table, ...(await findTableFiles(table, isPresentable)) });
  const files = found.flatMap((one) => one.files.map(({ file }) => file));
  const digests = new Map(
    (await digestFiles(files, signal, TAIL_BYTES)).map((digest, index) => [files[index], digest]),
  );
  const findings: DeliveryFinding[] = [];
  const rows: Record<string, number> = {};
  for (const { table, files, problems } of found) {
    const checked = [];
    for (const { file, header } of files) {
      checked.push(await lookAtRows(file, header, table, digests.get(file)!));
    }
    const estimate = checked.reduce<number | null>(
      (sum, one) => (sum === null || one.rows === null ? null : sum + one.rows),
      0,
    );
    if (problems.length === 0 && estimate !== null) rows[table.name] = estimate;
    findings.push(...(await judgeTable(pipeline, table, checked, problems, estimate)));
  }
  return { findings, rows, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function lookAtRows(
  file: InputFile,
  header: Header,
  table: TableSpec,
  digest: FileDigest,
): Promise<CheckedFile> {
  // what is wrong with a damaged file is said of its digest
  const below = digest.isWhole ? await attempt('', () => hasRows(file, table.format)) : { value: true };
  const isEmpty = 'value' in below && !below.value;
  const lines = digest.isWhole ? estimateRows([file]) : null;
  return {
    file,
    header,
    hasRows: !isEmpty,
    rows: isEmpty ? 0 : lines === null ? null : Math.max(1, lines - 1),
    digest,
  };
}

async function judgeTable(
  pipeline: Pipeline,
  table: TableSpec,
  files: readonly CheckedFile[],
  found: readonly Problem[],
  estimate: number | null,
): Promise<DeliveryFinding[]> {
  const what = `table ${table.name}`;
  const inputs = files.map(({ file }) => file);
  const digests = files.map(({ digest }) => digest);
  const ends = await lookAtEnds(what, table, files);
  const same = fromFindings(
    what,
    sameFiles(
      pipeline,
      table,
      files.filter((one) => one.hasRows).map(({ file, digest }) => ({ file, sha256: digest.sha256 })),
    ),
  );
  const problems = [
    ...found,
    ...brokenFiles(inputs, digests),
    ...unexpectedFiles(
      inputs,
      digests.map(({ sha256 }) => sha256),
    ),
    ...ends.problems,
    ...files.flatMap((one) => emptiness(table, one)),
    ...same.flatMap((one) => one.problems ?? []),
  ];
  const warnings = [
    ...ends.warnings,
    ...files.flatMap((one) => rowsExpected(what, one)),
    ...same.filter(({ verdict }) => verdict === 'warning'),
  ];
  if (problems.length > 0) return [failed(what, EXIT.refused, problems), ...warnings];
  const bytes = inputs.reduce((sum, one) => sum + one.bytes, 0);
  const rows = estimate === null ? '' : `, about ${formatCount(estimate)} rows`;
  return [
    ok(what, `${inputs.length} ${inputs.length === 1 ? 'file' : 'files'}, ${formatSize(bytes)}${rows}`),
    ...warnings,
  ];
}

/** Files that end in mid-row: such a file was cut off. */
async function lookAtEnds(
  what: string,
  table: TableSpec,
  files: readonly CheckedFile[],
): Promise<{ readonly problems: readonly Problem[]; readonly warnings: readonly DeliveryFinding[] }> {
  const problems: Problem[] = [];
  const warnings: DeliveryFinding[] = [];
  for (const { file, header, digest } of files) {
    if (!digest.isWhole || digest.tail.length === 0) continue;
    const end = await lookAtEnd(digest.tail, table.format, header.names.length);
    if (end === 'line-end') continue;
    const place = { file: file.shownAs };
    if (end === 'mid-row') {
      problems.push({
        ...place,
        message: 'the file ends in mid-row',
        wayOut: 'ask for the file again, whole',
      });
    } else {
      warnings.push(
        warning(what, {
          ...place,
          message: 'the last row has no line end: the file is written so, or was cut off in the last cell',
          wayOut: 'ask the sender whether it is whole; expect.sha256 or expect.rows of the file settles it',
        }),
      );
    }
  }
  return { problems, warnings };
}

/** What a run says of a file without rows. */
function emptiness(table: TableSpec, { file, header, hasRows }: CheckedFile): readonly Problem[] {
  if (hasRows) return [];
  try {
    checkHeaderFits(file, header, 0, 0);
  } catch (fault) {
    if (fault instanceof TallystickError) return fault.problems;
    throw fault;
  }
  return table.allowEmpty ? [] : [emptyFile(file)];
}

/** Rows are counted in a run; here a file is only seen to be far too long or too short. */
function rowsExpected(what: string, { file, rows }: CheckedFile): DeliveryFinding[] {
  const expected = file.expect.rows;
  if (expected === null || rows === null || Math.abs(rows - expected) <= expected * FAR_OFF) return [];
  return [
    warning(what, {
      file: file.shownAs,
      message: `has about ${formatCount(rows)} rows, by its size; ${formatCount(expected)} are expected`,
      wayOut: 'a run counts them, and is refused if there are not as many as expected',
    }),
  ];
}

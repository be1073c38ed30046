import { basename, isAbsolute } from 'node:path';
import { type Problem, refused, TallystickError } from '../../domain/problem.ts';
import { parentsFirst } from '../../pipeline/order-tables.ts';
import type { Pipeline, SourceSpec, TableSpec } from '../../pipeline/pipeline.ts';
import { type InputFile, type IsPresentable, lookForFiles } from './find-files.ts';
import { namePresenter } from './present-names.ts';
import { type Header, readHeader } from './read-header.ts';

/** A table with the files that were found for it, each with its header. */
export interface TableInputs {
  readonly source: SourceSpec;
  readonly table: TableSpec;
  readonly files: readonly { readonly file: InputFile; readonly header: Header }[];
}

/**
 * Finds every file of the chosen sources and holds its header against the layout, before anything is read.
 * Patients tables come first, then their addresses, then parents before their children.
 *
 * @param only names of sources; null for all
 * @throws TallystickError with everything that is wrong with any file
 */
export async function findInputs(pipeline: Pipeline, only: readonly string[] | null): Promise<TableInputs[]> {
  const sources = pipeline.sources.filter((source) => only === null || only.includes(source.name));
  const tables = [
    ...sources.flatMap((source) => (source.patients === null ? [] : [{ source, table: source.patients }])),
    ...sources.flatMap((source) => (source.addresses === null ? [] : [{ source, table: source.addresses }])),
    ...sources.flatMap((source) => parentsFirst(source.tables).map((table) => ({ source, table }))),
  ];
  const { isPresentable } = namePresenter(pipeline);
  const problems: Problem[] = [];
  const inputs: TableInputs[] = [];
  for (const { source, table } of tables) {
    const found = await findTableFiles(table, isPresentable);
    problems.push(...found.problems);
    inputs.push({ source, table, files: found.files });
  }
  if (problems.length > 0) throw refused(...problems);
  return inputs;
}

/** The files of one table whose header fits the layout, and what is wrong with the others. */
export async function findTableFiles(
  table: TableSpec,
  isPresentable: IsPresentable,
): Promise<Pick<TableInputs, 'files'> & { readonly problems: readonly Problem[] }> {
  const found = lookForFiles(table, isPresentable);
  const problems = [...found.problems];
  const files: { file: InputFile; header: Header }[] = [];
  for (const file of found.files) {
    try {
      files.push({ file, header: await readHeader(file, table) });
    } catch (fault) {
      problems.push(...problemsOf(fault));
    }
  }
  return { files, problems };
}

/** The name a file goes by in what is published: never a path of this machine. */
export function publishedName(file: InputFile): string {
  return isAbsolute(file.shownAs) ? basename(file.shownAs) : file.shownAs;
}

function problemsOf(fault: unknown): readonly Problem[] {
  if (fault instanceof TallystickError) return fault.problems;
  throw fault;
}

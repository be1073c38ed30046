import { parse } from 'csv-parse/sync';
import { type ListedCode, readListedCode } from '../../domain/listed-code.ts';
import { optOutCodes } from '../../domain/opt-out-codes.ts';
import { type Problem, refused, TallystickError } from '../../domain/problem.ts';
import { CODE_SYSTEMS } from '../../domain/role.ts';
import type { SensitiveCodes } from '../../domain/sensitive-code.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readPlainFile } from '../../read-plain-file.ts';

/**
 * The codes a pipeline leaves out: its sensitive-code file (CSV system,code,match,reason), and always those that record
 * an opt-out, because a released record never says that its person once opted out.
 *
 * @throws TallystickError (exit 1) for a file that is missing, or with every line that cannot be understood or that could
 * match no code
 */
export function readSensitiveCodes({ release, optOuts }: Pipeline): SensitiveCodes {
  const { codeOverrides, lookAlikes } = optOuts;
  const path = release.sensitiveCodes;
  return {
    listed: path === null ? [] : readList(path),
    optOuts: optOutCodes(codeOverrides, lookAlikes),
  };
}

/** A line of the file as csv-parse gives it; cells that are not there are undefined. */
interface ListLine {
  readonly record: Readonly<Partial<Record<'system' | 'code' | 'match', string>>>;
  /** lines read, this one included */
  readonly info: { readonly lines: number };
}

function readList(path: string): readonly ListedCode[] {
  let lines: readonly ListLine[];
  try {
    lines = parse(readPlainFile(path), {
      bom: true,
      columns: true,
      comment: '#',
      trim: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as readonly ListLine[];
  } catch (fault) {
    if (fault instanceof TallystickError) throw fault;
    throw refused({
      file: path,
      message: 'the sensitive-code file is missing or not readable as CSV',
      wayOut: 'without it, sensitive records would be released: nothing was published',
    });
  }
  if (lines.length === 0) throw refused({ file: path, message: 'the sensitive-code file names no code' });
  const problems: Problem[] = [];
  const listed = lines.flatMap((line) => {
    const entry = readLine(line);
    if (!('fault' in entry)) return [entry];
    const { column, fault } = entry;
    problems.push({
      file: path,
      line: line.info.lines,
      column,
      message: fault,
      wayOut: 'an entry that matches nothing leaves records in that are meant to be left out',
    });
    return [];
  });
  if (problems.length > 0) throw refused(...problems);
  return listed;
}

function readLine({ record }: ListLine): ListedCode | { readonly column: string; readonly fault: string } {
  const { system, code, match } = record;
  const known = CODE_SYSTEMS.find((one) => one === system);
  if (known === undefined) return { column: 'system', fault: `is not one of ${CODE_SYSTEMS.join(', ')}` };
  if (match !== 'exact' && match !== 'prefix') return { column: 'match', fault: 'is not exact or prefix' };
  const entry = readListedCode(known, code ?? '', match);
  return 'fault' in entry ? { column: 'code', ...entry } : entry;
}

import { type Problem, refused } from '../../domain/problem.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';

/** A record of the truth file, unchanged, with the physical line on which it starts. */
export interface ScannedLine {
  readonly line: number;
  readonly fields: readonly Buffer[];
  readonly badQuote: boolean;
}

/** Who a record is of. Record id and person are identifiers, and stay above the identity boundary. */
export interface TruthLine {
  readonly line: number;
  readonly table: string;
  readonly recordId: string;
  readonly person: string;
}

/** Which tables the truth may name. */
export interface TruthTables {
  /** every table of the pipeline */
  readonly known: ReadonlySet<string>;
  /** those that carry identifiers, and have no column that names their records */
  readonly unnamed: ReadonlySet<string>;
}

/** The header of a truth file. */
const TRUTH_HEADER = ['table', 'record_id', 'person'] as const;
/** More problems than these are not listed: a file of the wrong kind has one on every line. */
export const MOST_PROBLEMS = 20;

/**
 * Reads a truth file, one line after another, and holds none of them. Nothing about it is tolerated: a line that was passed
 * over would be a record whose linkage is not judged.
 *
 * @param file how the file is named in messages
 * @throws TallystickError (exit 1) with up to 20 problems, each with its line, and never with a value
 */
export async function* readTruth(
  lines: AsyncIterable<ScannedLine>,
  file: string,
  tables: TruthTables,
): AsyncGenerator<TruthLine> {
  const problems: Problem[] = [];
  const blamed = new Set<string>();
  let rows = -1;
  for await (const { line, fields, badQuote } of lines) {
    const cells = fields.map((field) => trimBlanks(field.toString('utf8')));
    rows += 1;
    if (rows === 0) {
      if (badQuote || cells.join() !== TRUTH_HEADER.join()) {
        throw refused({ file, line, message: `the header of a truth file is ${TRUTH_HEADER.join(',')}` });
      }
      continue;
    }
    const problem = problemOf(cells, badQuote, tables);
    if (problem === null) {
      const [table, recordId, person] = cells as [string, string, string];
      if (problems.length === 0) yield { line, table, recordId, person };
      continue;
    }
    if (problem.column === 'table') {
      // a table is one problem, however many lines name it
      if (blamed.has(cells[0]!)) continue;
      blamed.add(cells[0]!);
    }
    problems.push({ file, line, ...problem });
    if (problems.length === MOST_PROBLEMS) break;
  }
  if (rows < 1) {
    const message = rows < 0 ? 'is empty: not even a header' : 'has a header and no rows';
    throw refused({ file, message });
  }
  if (problems.length > 0) throw refused(...problems);
}

function problemOf(
  cells: readonly string[],
  badQuote: boolean,
  { known, unnamed }: TruthTables,
): Pick<Problem, 'column' | 'message' | 'wayOut'> | null {
  if (badQuote) return { message: 'a quote is not closed, or text goes on behind it' };
  if (cells.length !== TRUTH_HEADER.length) return { message: 'has too few or too many columns' };
  const empty = TRUTH_HEADER.find((_, index) => cells[index] === '');
  if (empty !== undefined) return { column: empty, message: 'is empty' };
  const [table] = cells as [string];
  if (!known.has(table)) {
    return {
      column: 'table',
      message: 'is not a table of the pipeline file',
      wayOut: `there are ${[...known].join(', ')}`,
    };
  }
  if (unnamed.has(table)) {
    return {
      column: 'table',
      message: `the records of ${table} cannot be distinguished: it has no record-id column`,
      wayOut: 'declare the column that the truth names them by in the pipeline file, with role: record-id',
    };
  }
  return null;
}

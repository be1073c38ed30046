import { type CodeShapeExpectation, DEFAULT_CODE_SHAPE } from '../domain/code-shape.ts';
import type { Complain } from './complain.ts';
import type { Path } from './locate.ts';
import { type CodeExpectationFile, type ColumnFile, shareOf } from './schema.ts';

/** The expected code shape of a column: its own setting, else that of its source, else the default. */
export function completeCodeShape(
  { role, system, expect }: ColumnFile,
  ofSource: CodeExpectationFile | undefined,
  path: Path,
  complain: Complain,
): CodeShapeExpectation | null {
  if (role !== 'code' || system === undefined || system === 'local') {
    if (expect?.codeShape !== undefined) {
      const what = role === 'code' ? 'column of local codes' : `${role} column`;
      complain([...path, 'expect', 'codeShape'], `a ${what} has no shape to expect`);
    }
    return null;
  }
  const given = expect?.codeShape ?? ofSource?.codeShape;
  if (given === undefined) return DEFAULT_CODE_SHAPE;
  return typeof given === 'string' ? { min: shareOf(given), waived: null } : { min: 0, waived: given.none };
}

import { countShapes, isMisshapen, shapeBits } from '../../domain/code-shape.ts';
import type { Finding } from '../../domain/finding.ts';
import { SYSTEM_WORDS } from '../../domain/listed-code.ts';
import { isOptOutSystem, optOutCodes, readOptOutCell } from '../../domain/opt-out-codes.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StoredCodes } from '../../store/token-store.ts';
import type { TableInputs } from './find-inputs.ts';

/** Beside the bits of a shape: the cell is, or may be, an opt-out code. */
const OPT_OUT_BIT = 64;

/** How the cells of a code column are written, and how many of them are, or may be, opt-out codes that are not read as such. */
export interface CountedCodes {
  readonly codes: StoredCodes;
  readonly optOuts: number;
}

/** The distinct texts of a column, and how many rows have each. */
export type TextCounts = Iterable<readonly [text: string, rows: number]>;

/** How the cells of each code column of a table are written, of the rows that are stored. The rules are asked once a distinct code. */
export function countCodes(
  { optOuts }: Pipeline,
  { source, table }: TableInputs,
  countsOf: (column: string) => TextCounts,
): CountedCodes[] {
  const declared = optOutCodes(optOuts.codeOverrides, optOuts.lookAlikes);
  const looked = table.columns.filter(({ codeShape }) => codeShape !== null);
  return looked.map(({ name, codeShape, system: declaredSystem }) => {
    const system = declaredSystem!;
    // opt-out codes in columns of a GP table have been looked for
    const isAsked = table.setting !== 'gp' && isOptOutSystem(system);
    const cells = new Map<number, number>();
    for (const [text, rows] of countsOf(name)) {
      if (rows === 0) continue;
      const isOptOut = isAsked && readOptOutCell(system, text, declared) !== 'none';
      const bits = shapeBits(system, text, declared) + (isOptOut ? OPT_OUT_BIT : 0);
      cells.set(bits, (cells.get(bits) ?? 0) + rows);
    }
    const optOuts = [...cells].reduce((sum, [bits, n]) => sum + ((bits & OPT_OUT_BIT) === 0 ? 0 : n), 0);
    const location = { source: source.name, table: table.name, column: name, system };
    return { codes: { ...location, ...countShapes(cells), waived: codeShape!.waived }, optOuts };
  });
}

/** A finding for each column that does not look like its code system: local codes under SNOMED CT would hide every opt-out. */
export function codeShapeFindings(
  { table, files }: TableInputs,
  counted: readonly CountedCodes[],
): Finding[] {
  return counted.flatMap(({ codes }): Finding[] => {
    const { codeShape } = table.columns.find(({ name }) => name === codes.column)!;
    if (codeShape === null || !isMisshapen(codes, codeShape)) return [];
    const { cells, fit, unreadable, system } = codes;
    const share = Math.floor((fit / cells) * 1000) / 10;
    return [
      {
        check: 'code-shape',
        severity: 'stop',
        file: files.map(({ file }) => file.shownAs).join(', '),
        column: codes.column,
        message: `${fit} of ${cells} cells (${share} %) look like ${SYSTEM_WORDS[system]} codes, and ${unreadable} cannot be read as any`,
        wayOut:
          'check that this is the right column and system; cells that stand for nothing belong under missing; if the codes are right, say so: expect: { codeShape: 60% }, or { codeShape: { none: why } }',
      },
    ];
  });
}

/** A warning for each code column of a hospital's or a community service's in which somebody's opt-out is recorded. */
export function strayOptOutFindings({ table }: TableInputs, counted: readonly CountedCodes[]): Finding[] {
  return counted.flatMap(({ codes: { column }, optOuts }): Finding[] =>
    optOuts === 0
      ? []
      : [
          {
            check: 'opt-out-codes-elsewhere',
            severity: 'warn',
            column,
            message: `${optOuts} cells of ${column} in ${table.name} are, or may be, opt-out codes, and opt-outs are read from GP tables only`,
            wayOut:
              'their rows are not released, and act on nobody else: see that a GP source or optOuts.register has these opt-outs',
          },
        ],
  );
}

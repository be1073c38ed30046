import { canonicalCode, fitsCodeShape } from './clinical-code.ts';
import { classifyOptOutCode, isOptOutSystem, type OptOutCodeTable } from './opt-out-codes.ts';
import type { CodeSystem } from './role.ts';

/** The share of a code column that must look like codes of its system. */
export interface CodeShapeExpectation {
  /** 0..1; 0 where it is waived */
  readonly min: number;
  /** why it is waived; null where it is not */
  readonly waived: string | null;
}

/** In a column of real codes very few cells have a wrong shape; suppliers' own codes are a few in a hundred. */
export const DEFAULT_CODE_SHAPE: CodeShapeExpectation = { min: 0.95, waived: null };

/**
 * With fewer cells than this a share is no evidence: one odd cell in ten is already below 95 %. Then a column fails only if
 * fewer than half of its cells fit.
 */
const FEW_CELLS = 20;
const SHARE_OF_FEW = 0.5;

/** How the cells of a code column are written. */
export interface CodeCounts {
  /** cells that are not empty */
  readonly cells: number;
  /** those that look like a code of the system, in any spelling */
  readonly fit: number;
  /** those that cannot be read as a code of the system */
  readonly unreadable: number;
  /** those that can be read and are not in canonical form: decimals, terms, quotes, missing dots */
  readonly respelt: number;
}

/** True of a column that does not look like its code system: it is probably another column, or damaged. */
export function isMisshapen({ cells, fit }: CodeCounts, { min }: CodeShapeExpectation): boolean {
  const least = cells < FEW_CELLS ? Math.min(min, SHARE_OF_FEW) : min;
  return fit < cells * least;
}

/** The properties of one cell, as bits, so that an engine can count cells by them. */
const SHAPE_BITS = { fit: 1, unreadable: 2, respelt: 4 } as const;

/** The bits of a cell. A declared opt-out code fits its system whatever its shape, because the pipeline file declares it. */
export function shapeBits(system: CodeSystem, text: string, optOuts: OptOutCodeTable): number {
  const canonical = canonicalCode(system, text);
  const isDeclared = isOptOutSystem(system) && classifyOptOutCode(system, text, optOuts) !== null;
  return (
    (isDeclared || fitsCodeShape(system, text) ? SHAPE_BITS.fit : 0) |
    (canonical === null ? SHAPE_BITS.unreadable : 0) |
    (canonical !== null && canonical !== text ? SHAPE_BITS.respelt : 0)
  );
}

/** The counts of a column, from the number of its cells for each combination of bits. */
export function countShapes(cellsByBits: Iterable<readonly [bits: number, cells: number]>): CodeCounts {
  const counts = { cells: 0, fit: 0, unreadable: 0, respelt: 0 };
  for (const [bits, cells] of cellsByBits) {
    counts.cells += cells;
    for (const name of ['fit', 'unreadable', 'respelt'] as const) {
      if ((bits & SHAPE_BITS[name]) !== 0) counts[name] += cells;
    }
  }
  return counts;
}

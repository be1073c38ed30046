import { isUtf8 } from 'node:buffer';
import type { RegularText } from './regular-records.ts';
import type { Block } from './scan-blocks.ts';

/** Rows of a text that is what the scanner has scanned last, each of `width` cells. */
export interface PlainTable {
  readonly text: RegularText;
  readonly rows: number;
  readonly width: number;
  readonly quote: number;
}

/** A block without any sign of a faulty record; null if its records must be judged one by one. */
export function plainTable({ regular }: Block, width: number, quote: number): PlainTable | null {
  const rows = regular?.rowsOf(width) ?? null;
  if (regular === null || rows === null || !isUtf8(regular.bytes)) return null;
  return { text: regular, rows, width, quote };
}

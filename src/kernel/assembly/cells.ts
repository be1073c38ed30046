import {
  CELLS_AT,
  EMPTY_CELL,
  OTHER_CELL,
  PLAIN_CELL,
  POSITIONS_AT,
  QUOTES_INSIDE,
  STATES_AT,
  TEXT_AT,
} from '../memory-layout';

const CR: u8 = 0x0d;

/** Bytes that are looked at together. */
const VECTOR: u32 = 16;

/** True of printable ASCII. Blanks are below it, but for one that is none of ASCII's. */
export function isVisible(byte: u8): bool {
  return byte > 0x20 && byte < 0x7f;
}

/** Whether a byte is in a text. What is behind the text in memory does not matter. */
export function hasByte(text: usize, length: u32, byte: u8): bool {
  const sought = i8x16.splat(<i8>byte);
  for (let at: u32 = 0; at < length; at += VECTOR) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(text + at), sought));
    const left = length - at;
    if ((left >= VECTOR ? found : found & ((1 << left) - 1)) !== 0) return true;
  }
  return false;
}

/**
 * Writes at CELLS_AT where the cells of one column are, in a text that was scanned, is regular, and has the same number of cells
 * in each row. A cell is taken without its quotes, and the last one of a row without the CR behind it. The length of one with quotes in it is
 * QUOTES_INSIDE.
 *
 * @param column from 0
 * @param width cells of each row
 * @param from the first row
 * @param count rows, at most BATCH
 * @param quote the byte that the text was scanned with
 */
export function findCells(column: i32, width: i32, from: i32, count: i32, quote: i32): void {
  const isLast = column === width - 1;
  let position: usize = POSITIONS_AT + ((from * width + column) << 2);
  for (let row = 0; row < count; row += 1, position += width << 2) {
    let begin: usize = TEXT_AT + (position === POSITIONS_AT ? 0 : load<u32>(position - 4) + 1);
    let end: usize = TEXT_AT + load<u32>(position);
    if (isLast && end > begin && load<u8>(end - 1) === CR) end -= 1;
    let length = <u32>(end - begin);
    if (length !== 0 && load<u8>(begin) === <u8>quote) {
      begin += 1;
      length -= 2;
      if (hasByte(begin, length, <u8>quote)) length = QUOTES_INSIDE;
    }
    const cell: usize = CELLS_AT + (row << 3);
    store<u32>(cell, <u32>begin);
    store<u32>(cell, length, 4);
  }
}

/** The address of a cell that was found. */
export function addressOf(row: i32): usize {
  return load<u32>(CELLS_AT + (row << 3));
}

/** The bytes of a cell that was found, or QUOTES_INSIDE. */
export function lengthOf(row: i32): u32 {
  return load<u32>(CELLS_AT + (row << 3), 4);
}

/** Whether there is something in a cell of this length, and no quotes. */
export function isReadable(length: u32): bool {
  return length !== 0 && length !== QUOTES_INSIDE;
}

/** Writes what a cell is, and returns 1 of one that is neither plain nor empty. */
export function storeState(row: i32, length: u32, isPlain: bool): i32 {
  const state: i32 = isPlain ? PLAIN_CELL : length === 0 ? EMPTY_CELL : OTHER_CELL;
  store<u8>(STATES_AT + row, <u8>state);
  return state === OTHER_CELL ? 1 : 0;
}

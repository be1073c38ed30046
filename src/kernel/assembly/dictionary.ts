import {
  BATCH,
  CODES_AT,
  DICTIONARY_AT,
  ENTRIES_AT,
  ENTRY_TEXT_BYTES,
  ENTRY_TEXTS_AT,
  MAX_ENTRIES,
  MAX_ENTRY_BYTES,
  MAX_PROBES,
  NO_CODE,
  TABLE_AT,
  TABLE_SLOTS,
  TEXT_AT,
} from '../memory-layout';
import { addressOf, findCells, isVisible, lengthOf } from './cells';

/** Odd numbers with well-mixed bits, for multiplicative hashing: 2^64 / golden ratio, and a factor of MurmurHash3's last step. */
const MIX: u64 = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15;
const MIX_AGAIN: u64 = ((<u64>0xff51afd7) << 32) | 0xed558ccd;

/** Eight bytes of a text, zeros behind its end. What is behind it in memory does not matter. */
function wordAt(text: usize, length: u32, at: u32): u64 {
  const word = load<u64>(text + at);
  const left = length - at;
  return left >= 8 ? word : word & (((<u64>1) << ((<u64>left) << 3)) - 1);
}

function hashOf(text: usize, length: u32): u64 {
  let hash = <u64>length * MIX;
  for (let at: u32 = 0; at < length; at += 8) {
    hash = (hash ^ wordAt(text, length, at)) * MIX_AGAIN;
    hash ^= hash >>> 32;
  }
  return hash;
}

function isEntry(code: u32, text: usize, length: u32): bool {
  const entry: usize = ENTRIES_AT + (code << 3);
  if (load<u32>(entry, 4) !== length) return false;
  const known: usize = ENTRY_TEXTS_AT + load<u32>(entry);
  for (let at: u32 = 0; at < length; at += 8) {
    if (load<u64>(known + at) !== wordAt(text, length, at)) return false;
  }
  return true;
}

/** The code of a text that is new; NO_CODE where the dictionary is full. */
function addEntry(slot: usize, text: usize, length: u32): u32 {
  const code = load<u32>(DICTIONARY_AT);
  const used = load<u32>(DICTIONARY_AT, 4);
  const bytes = (length + 7) & ~7;
  if (code >= <u32>MAX_ENTRIES || used + bytes > <u32>ENTRY_TEXT_BYTES) return NO_CODE;
  for (let at: u32 = 0; at < length; at += 8) {
    store<u64>(ENTRY_TEXTS_AT + used + at, wordAt(text, length, at));
  }
  const entry: usize = ENTRIES_AT + (code << 3);
  store<u32>(entry, used);
  store<u32>(entry, length, 4);
  store<u32>(slot, code + 1);
  store<u32>(DICTIONARY_AT, code + 1);
  store<u32>(DICTIONARY_AT, used + bytes, 4);
  return code;
}

function codeOf(text: usize, length: u32): u32 {
  let slot = <u32>hashOf(text, length);
  for (let probe = 0; probe < MAX_PROBES; probe += 1, slot += 1) {
    const at: usize = TABLE_AT + ((slot & (TABLE_SLOTS - 1)) << 2);
    const known = load<u32>(at);
    if (known === 0) return addEntry(at, text, length);
    if (isEntry(known - 1, text, length)) return known - 1;
  }
  return NO_CODE;
}

/** Where a text is in the sieve, whose bits are those of the hash table. */
function sieveByte(hash: u64): usize {
  return <usize>TABLE_AT + ((<usize>hash >>> 3) & <usize>(TABLE_SLOTS * 4 - 1));
}

/** Puts the first `length` bytes of the text into the sieve. */
export function mark(length: i32): void {
  const hash = hashOf(TEXT_AT, length);
  const at = sieveByte(hash);
  store<u8>(at, load<u8>(at) | ((<u8>1) << (<u8>hash & 7)));
}

/** 1 of a text that may be in the sieve, 0 of one that is not; NO_CODE where there may be blanks around a text that is. */
function sifted(text: usize, length: u32): u32 {
  if (length === 0) return 0;
  if (!isVisible(load<u8>(text)) || !isVisible(load<u8>(text + length - 1))) return NO_CODE;
  const hash = hashOf(text, length);
  return (load<u8>(sieveByte(hash)) >>> (<u8>hash & 7)) & 1;
}

/**
 * Codes of the cells of one column, in a text that was scanned, is regular, and has the same number of cells in each row.
 * Cells that are equal have one code, of this text and of every text before it. A cell longer than MAX_ENTRY_BYTES, with a quote
 * in it, or met when the dictionary is full has NO_CODE.
 *
 * @param column from 0
 * @param width cells of each row
 * @param rows codes that are written at CODES_AT, at most MAX_ROWS
 * @param quote the byte that the text was scanned with
 * @param sifts write 1 or 0 instead of a code, for a cell that may be in the sieve or is not; NO_CODE also for one with blanks around it
 */
export function encode(column: i32, width: i32, rows: i32, quote: i32, sifts: bool): void {
  for (let done = 0; done < rows; done += BATCH) {
    const count = min(rows - done, BATCH);
    findCells(column, width, done, count, quote);
    for (let row = 0; row < count; row += 1) {
      const text = addressOf(row);
      const length = lengthOf(row);
      const isPlain = length <= <u32>MAX_ENTRY_BYTES;
      store<u32>(
        CODES_AT + ((done + row) << 2),
        isPlain ? (sifts ? sifted(text, length) : codeOf(text, length)) : NO_CODE,
      );
    }
  }
}

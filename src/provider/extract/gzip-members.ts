import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** RFC 1952, section 2.3: two bytes of magic, the one method there is, flags, time (4), extra flags, operating system. */
const MEMBER = Buffer.from([0x1f, 0x8b, 0x08]);
const HEADER_BYTES = 10;
/** FTEXT, FHCRC, FCOMMENT: DuckDB 1.5.6 refuses a member with any of them. It passes over FEXTRA and FNAME. */
const REFUSED_FLAGS = 0x01 | 0x02 | 0x10;
/** Bits that are always 0, and what the two last bytes of a header may be: they tell a header from chance. */
const RESERVED_FLAGS = 0xe0;
const EXTRA_FLAGS = [0, 2, 4];
const LAST_SYSTEM = 13;
const UNKNOWN_SYSTEM = 255;
/** The trailer ends with the member's length: four zeros are a member without text, or padding. */
const LENGTH_BYTES = 4;
const READ_BYTES = 4 << 20;

/**
 * True if the engine can read a gzip file: no member has a header field that it refuses, and nothing pads the file.
 *
 * Members begin wherever the one before ends, so headers are looked for everywhere. Ten bytes that look like one by chance
 * (once in about 10^11 bytes) cost only the slower way. The search takes about 0.1 s a gigabyte.
 */
export function engineReadsGzip(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const end = Buffer.alloc(LENGTH_BYTES);
    readSync(descriptor, end, 0, LENGTH_BYTES, Math.max(0, size - LENGTH_BYTES));
    if (end.every((byte) => byte === 0)) return false;
    const bytes = Buffer.alloc(Math.min(READ_BYTES, size));
    // pieces overlap, so that a header at the end of one is whole in the next
    for (let at = 0; at < size; at += READ_BYTES - HEADER_BYTES) {
      const piece = bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, at));
      if (hasRefusedMember(piece)) return false;
    }
    return true;
  } finally {
    closeSync(descriptor);
  }
}

function hasRefusedMember(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(MEMBER); at >= 0; at = bytes.indexOf(MEMBER, at + 1)) {
    if (at + HEADER_BYTES > bytes.length) return false;
    const [flags, extra, system] = [bytes[at + 3]!, bytes[at + 8]!, bytes[at + 9]!];
    const isHeader =
      (flags & RESERVED_FLAGS) === 0 &&
      EXTRA_FLAGS.includes(extra) &&
      (system <= LAST_SYSTEM || system === UNKNOWN_SYSTEM);
    if (isHeader && (flags & REFUSED_FLAGS) !== 0) return true;
  }
  return false;
}

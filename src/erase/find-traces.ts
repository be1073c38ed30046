import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** The shortest text that is looked for: four bytes are compared at once. */
const LEAST_BYTES = 8;
/** Bytes read at a time. */
const PIECE = 4 * 2 ** 20;

/** Byte sequences that must be nowhere, looked for all at once. */
export class Traces {
  /** 1 for the first two bytes of any of them */
  readonly #begins = new Uint8Array(2 ** 16);
  readonly #byFirstFour = new Map<number, Buffer[]>();
  readonly #numbers = new Set<Buffer>();
  #longest = 0;

  /**
   * Adds one. It has at least eight bytes, so that it is nowhere by chance.
   *
   * @param isNumber true of digits that are a trace only where no digit is beside them: any ten digits are somewhere in enough tokens
   */
  add(bytes: Uint8Array, isNumber = false): void {
    const trace = Buffer.from(bytes);
    if (trace.length < LEAST_BYTES) throw new RangeError('a trace is too short to be looked for');
    const first = trace.readUInt32LE(0);
    const others = this.#byFirstFour.get(first) ?? [];
    if (others.some((other) => other.equals(trace))) return;
    if (isNumber) this.#numbers.add(trace);
    this.#begins[trace.readUInt16LE(0)] = 1;
    this.#byFirstFour.set(first, [...others, trace]);
    this.#longest = Math.max(this.#longest, trace.length);
  }

  /** The files below some folders in which any of them is, hidden files included. @param apart files that are not looked at */
  filesWithin(folders: readonly string[], apart: ReadonlySet<string>): { looked: number; found: string[] } {
    const result = { looked: 0, found: [] as string[] };
    for (const folder of folders) {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        const path = join(entry.parentPath, entry.name);
        if (!entry.isFile() || apart.has(path)) continue;
        result.looked += 1;
        if (this.#isIn(path)) result.found.push(path);
      }
    }
    return { ...result, found: result.found.sort() };
  }

  #isIn(path: string): boolean {
    const descriptor = openSync(path, 'r');
    try {
      // what may be the beginning of a trace is looked at again with the next piece, and one byte before it
      const overlap = this.#longest + 1;
      const buffer = Buffer.alloc(PIECE + overlap);
      for (let [held, at] = [0, 0]; ; ) {
        const read = readSync(descriptor, buffer, held, PIECE, at);
        const filled = held + read;
        if (this.#isAmong(buffer.subarray(0, filled), at > 0 ? 1 : 0, read === 0)) return true;
        if (read === 0) return false;
        at += read;
        held = Math.min(filled, overlap);
        buffer.copyWithin(0, filled - held, filled);
      }
    } finally {
      closeSync(descriptor);
    }
  }

  #isAmong(bytes: Buffer, from: number, isEnd: boolean): boolean {
    const begins = this.#begins;
    const last = bytes.length - LEAST_BYTES;
    for (let at = from; at <= last; at += 1) {
      if (begins[bytes[at]! | (bytes[at + 1]! << 8)] === 0) continue;
      const traces = this.#byFirstFour.get(bytes.readUInt32LE(at)) ?? [];
      for (const trace of traces) {
        const end = at + trace.length;
        if (!bytes.subarray(at, end).equals(trace)) continue;
        if (!this.#numbers.has(trace)) return true;
        if (!isDigit(bytes[at - 1]) && !isDigit(bytes[end]) && (end < bytes.length || isEnd)) return true;
      }
    }
    return false;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** A token as any file of a store may have it: each half, both as text, and all of it in hexadecimal. */
export function addToken(traces: Traces, token: Uint8Array): void {
  const view = new DataView(token.buffer, token.byteOffset, 16);
  traces.add(token.subarray(0, 8));
  traces.add(token.subarray(8));
  traces.add(Buffer.from(`${view.getBigInt64(0, true)},${view.getBigInt64(8, true)}`));
  traces.add(Buffer.from(Buffer.from(token).toString('hex')));
}

/** A pseudonym as a released file has it, as text; and as a link map has it: each half as a number, its last byte first. */
export function addPseudonym(traces: Traces, pseudonym: string): void {
  traces.add(Buffer.from(pseudonym));
  for (const half of [pseudonym.slice(0, 16), pseudonym.slice(16)]) {
    const bytes = Buffer.from(half, 'hex');
    traces.add(bytes);
    traces.add(Buffer.from(bytes).reverse());
  }
}

/** An NHS number as it is written: in one piece, and as people group it. */
export function addNumber(traces: Traces, number: string): void {
  traces.add(Buffer.from(number), true);
  for (const separator of [' ', '-']) {
    traces.add(Buffer.from([number.slice(0, 3), number.slice(3, 6), number.slice(6)].join(separator)), true);
  }
}

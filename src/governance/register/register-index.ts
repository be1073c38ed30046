import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { dateOfDay } from '../../domain/day-number.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { logInfo } from '../../keys/recipes.ts';
import { Sealer } from '../../keys/seal-text.ts';
import { replaceWhole } from '../../write/whole-file.ts';
import { systemErrorCode } from '../../write/write-error.ts';
import type { LogHead } from '../log/head.ts';
import type { LogChange } from '../log/next-change.ts';
import { NO_DAY, REGISTER, REGISTERED, type RegisterEvents } from './read-register.ts';
import type { RegisterEvent } from './register-line.ts';

/*
 * The index of a register: its events in buckets by token, so that a command finds those of one person without reading the rest.
 * Nothing in it is believed that is not sealed: the seal covers the table of buckets, and the table has the digest of each bucket.
 * So a bucket that is read is whole, and that a token is not in it means that the index has no event of that token.
 */

/** An event that was found, and where the header of its change begins in the register. */
export interface IndexedEvent extends RegisterEvent {
  readonly headerAt: number;
  /** counted from 0 through the register */
  readonly number: number;
}

/** What an index has of some people. */
export interface IndexAnswer {
  /** how far the register went when the index was made */
  readonly head: LogHead;
  /** in the order of recording */
  readonly events: readonly IndexedEvent[];
}

const FORM = `tallystick ${REGISTER} index 1`;
/** Token, where the header begins (48 bits), type, kind, written day (int32), number of the event (uint32); little-endian. */
const ENTRY_BYTES = 32;
const AT = { header: 16, type: 22, kind: 23, day: 24, number: 28 } as const;
const HEADER_BYTES = 6;
const TOKEN_BYTES = 16;
/** Number of entries (uint32) and their SHA-256. */
const BUCKET_BYTES = 36;
/** A bucket has this many entries on average: a few kilobytes. */
const ENTRIES_A_BUCKET = 128;
const MOST_TEXT_BYTES = 32_768;

/** The file of a register's index. */
function indexPath(register: string): string {
  return `${register}.index`;
}

/** Makes the index of a register that has been read whole, in place of an earlier one. The caller has the register's lock. */
export function writeIndex(
  register: string,
  key: KeyRing,
  events: RegisterEvents,
  changes: readonly LogChange[],
): void {
  const bits = Math.max(0, Math.ceil(Math.log2(events.count / ENTRIES_A_BUCKET)));
  const { table, entries } = fillBuckets(events, changes, bits);
  const header: IndexHeader = {
    ...events.head,
    bits,
    typeNames: events.typeNames,
    table: createHash('sha256').update(table).digest('hex'),
  };
  const text = `${FORM} ${key.keyId}\n${JSON.stringify(header)}\n`;
  const sealer = new Sealer(key, logInfo(REGISTER));
  const seal = sealer.seal(`index\n${text}`);
  sealer.close();
  const path = indexPath(register);
  replaceWhole(path, Buffer.concat([Buffer.from(`${text}= ${seal}\n`), table, entries]));
}

/**
 * The point of the register up to which its index goes; null where there is no index that can be believed. Whether this point is
 * one of the register is for the caller to see.
 */
export function indexedHead(register: string, key: KeyRing): LogHead | null {
  return lookUp(register, key, [])?.head ?? null;
}

function fillBuckets(
  { count, tokens, types, kinds, writtenDays }: RegisterEvents,
  changes: readonly LogChange[],
  bits: number,
): { readonly table: Buffer; readonly entries: Buffer } {
  const buckets = 2 ** bits;
  const sizes = new Uint32Array(buckets);
  for (let row = 0; row < count; row += 1) sizes[bucketOf(tokens[row * 4]!, bits)]! += 1;
  const next = new Uint32Array(buckets);
  for (let bucket = 1; bucket < buckets; bucket += 1) next[bucket] = next[bucket - 1]! + sizes[bucket - 1]!;
  const bytes = Buffer.alloc(count * ENTRY_BYTES);
  const entries = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let row = 0;
  for (const { count: lines, offset } of changes) {
    for (const end = row + lines; row < end; row += 1) {
      const bucket = bucketOf(tokens[row * 4]!, bits);
      const at = next[bucket]! * ENTRY_BYTES;
      next[bucket]! += 1;
      for (let word = 0; word < 4; word += 1) entries.setUint32(at + word * 4, tokens[row * 4 + word]!, true);
      entries.setUint32(at + AT.header, offset >>> 0, true);
      entries.setUint16(at + AT.header + 4, Math.floor(offset / 2 ** 32), true);
      entries.setUint8(at + AT.type, types[row]!);
      entries.setUint8(at + AT.kind, kinds[row]!);
      entries.setInt32(at + AT.day, writtenDays[row]!, true);
      entries.setUint32(at + AT.number, row, true);
    }
  }
  const table = Buffer.alloc(buckets * BUCKET_BYTES);
  for (let bucket = 0, from = 0; bucket < buckets; bucket += 1) {
    const to = from + sizes[bucket]! * ENTRY_BYTES;
    table.writeUInt32LE(sizes[bucket]!, bucket * BUCKET_BYTES);
    createHash('sha256')
      .update(bytes.subarray(from, to))
      .digest()
      .copy(table, bucket * BUCKET_BYTES + 4);
    from = to;
  }
  return { table, entries: bytes };
}

/** The upper bits of a token's first word: tokens are as good as random. */
function bucketOf(firstWord: number, bits: number): number {
  return bits === 0 ? 0 : firstWord >>> (32 - bits);
}

interface IndexHeader extends LogHead {
  readonly bits: number;
  readonly typeNames: readonly string[];
  /** SHA-256 of the table */
  readonly table: string;
}

/**
 * Looks some tokens up in the index of a register.
 *
 * @returns null where there is no index, or none that can be believed: the register itself has to be read
 */
export function lookUp(register: string, key: KeyRing, tokens: readonly Uint8Array[]): IndexAnswer | null {
  let descriptor: number;
  try {
    descriptor = openSync(indexPath(register), 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const start = readAt(descriptor, 0, MOST_TEXT_BYTES);
    const read = readHeader(start, key);
    if (read === null) return null;
    const { header, end } = read;
    const table = readAt(descriptor, end, 2 ** header.bits * BUCKET_BYTES);
    if (createHash('sha256').update(table).digest('hex') !== header.table) return null;
    const events: IndexedEvent[] = [];
    for (const token of tokens) {
      const bucket = bucketOf(Buffer.from(token).readUInt32LE(0), header.bits);
      let from = end + table.length;
      for (let before = 0; before < bucket; before += 1)
        from += table.readUInt32LE(before * BUCKET_BYTES) * ENTRY_BYTES;
      const entries = readAt(descriptor, from, table.readUInt32LE(bucket * BUCKET_BYTES) * ENTRY_BYTES);
      const digest = table.subarray(bucket * BUCKET_BYTES + 4, (bucket + 1) * BUCKET_BYTES);
      if (!createHash('sha256').update(entries).digest().equals(digest)) return null;
      events.push(...entriesOf(entries, token, header.typeNames));
    }
    events.sort((a, b) => a.number - b.number);
    const { changes, bytes, digest } = header;
    return { head: { changes, bytes, digest }, events };
  } finally {
    closeSync(descriptor);
  }
}

function readHeader(
  start: Buffer,
  key: KeyRing,
): { readonly header: IndexHeader; readonly end: number } | null {
  const [, text, seal] = /^([^\n]+\n[^\n]+\n)= ([0-9a-f]{64})\n/.exec(start.toString('latin1')) ?? [];
  if (text === undefined || seal === undefined || !text.startsWith(`${FORM} ${key.keyId}\n`)) return null;
  const sealer = new Sealer(key, logInfo(REGISTER));
  const isSealed = sealer.isSealed(`index\n${text}`, seal);
  sealer.close();
  // what is sealed was written here
  return isSealed
    ? { header: JSON.parse(text.split('\n')[1]!) as IndexHeader, end: text.length + seal.length + 3 }
    : null;
}

function* entriesOf(
  entries: Buffer,
  token: Uint8Array,
  typeNames: readonly string[],
): Generator<IndexedEvent> {
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    if (entries.compare(token, 0, TOKEN_BYTES, at, at + TOKEN_BYTES) !== 0) continue;
    const day = entries.readInt32LE(at + AT.day);
    yield {
      token: Buffer.from(token).toString('hex'),
      type: typeNames[entries[at + AT.type]!]!,
      kind: entries[at + AT.kind] === REGISTERED ? 'registered' : 'withdrawn',
      date: day === NO_DAY ? null : dateOfDay(day),
      headerAt: entries.readUIntLE(at + AT.header, HEADER_BYTES),
      number: entries.readUInt32LE(at + AT.number),
    };
  }
}

/** The bytes at a position; fewer where the file ends. */
function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = readSync(descriptor, bytes, read, length - read, position + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
}

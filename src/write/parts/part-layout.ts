import { FlatTable } from './flat-table.ts';
import { PART_BYTES, type PartColumn } from './part-columns.ts';
import { columnsOf } from './part-fields.ts';

/**
 * Where the parts of an Arrow IPC file are. The file is
 *
 *     ARROW1 and two zero bytes
 *     messages without a gap: the schema, record batches, dictionaries; each is
 *       FF FF FF FF, length of the metadata (int32), metadata (flatbuffer, padded to 8 bytes), body
 *     the end mark, FF FF FF FF 00 00 00 00
 *     the footer (flatbuffer): the schema, and offset and lengths of each record batch and dictionary
 *     length of the footer (int32)
 *     ARROW1
 *
 * Each place is checked before anything is read there: behind the message before it, and long enough for its rows.
 */
export interface PartLayout {
  readonly columns: readonly PartColumn[];
  readonly batches: readonly BatchLayout[];
  /** by index of the column; of text columns only */
  readonly dictionaries: ReadonlyMap<number, DictionaryLayout>;
}

/** Offsets in the file, from its first byte. */
export interface BatchLayout {
  readonly rows: number;
  /** a column's values, and its bitmap; null where no value is missing */
  readonly columns: readonly {
    readonly values: number;
    readonly validity: number | null;
    readonly nulls: number;
  }[];
}

/** The texts of a dictionary, one behind the other, and where each of them ends (int32, one more than there are texts). */
export interface DictionaryLayout {
  readonly size: number;
  readonly offsets: number;
  readonly texts: number;
  readonly bytes: number;
}

/** What is wrong with the file, without any of its bytes. */
export class DamagedPart extends Error {}

/** Reads bytes `from` to `from + bytes` of the file. */
type ReadBytes = (from: number, bytes: number) => Uint8Array<ArrayBuffer>;

const MAGIC = 'ARROW1';
/** the mark with its padding */
const HEAD_BYTES = 8;
/** length of the footer, and the mark */
const TAIL_BYTES = 4 + MAGIC.length;
/** the continuation mark and the length of the metadata */
const PREFIX_BYTES = 8;
const END_MARK_BYTES = 8;
/** Offset, length of the metadata (4 bytes and 4 of padding, which are zero) and length of the body. */
const BLOCK_LONGS = 3;
/** Members of Arrow's union `MessageHeader` (Message.fbs). */
const HEADER = { dictionary: 2, recordBatch: 3 } as const;

/**
 * Reads where everything is in a part.
 *
 * @param size of the file in bytes
 * @throws DamagedPart where it is no part, or not whole; RangeError or TypeError at metadata that cannot be read
 */
export function readLayout(size: number, read: ReadBytes): PartLayout {
  if (size < HEAD_BYTES + TAIL_BYTES) throw new DamagedPart('is too short');
  const tail = read(size - TAIL_BYTES, TAIL_BYTES);
  if (!isMagic(read(0, MAGIC.length)) || !isMagic(tail.subarray(4))) {
    throw new DamagedPart('does not begin and end as an Arrow file does');
  }
  const footerBytes = new DataView(tail.buffer, tail.byteOffset).getInt32(0, true);
  const end = size - TAIL_BYTES - footerBytes;
  if (footerBytes <= 0 || end < HEAD_BYTES) throw new DamagedPart('has no footer');
  const footer = FlatTable.root(read(end, footerBytes));
  const schema = footer.table(1);
  const columns = schema === null ? null : columnsOf(schema);
  if (columns === null) throw new DamagedPart('has columns of another kind than a part has');
  const messages = new Messages(end, read);
  messages.skipSchema();
  const batches = footer
    .structs(3, BLOCK_LONGS)
    .map((block) => batchLayout(messages.open(block, HEADER.recordBatch), columns));
  const dictionaries = new Map<number, DictionaryLayout>();
  for (const block of footer.structs(2, BLOCK_LONGS)) {
    const [id, layout] = dictionaryLayout(messages.open(block, HEADER.dictionary));
    if (columns[id]?.type !== 'text' || dictionaries.has(id)) {
      throw new DamagedPart('has a dictionary that belongs to no column');
    }
    dictionaries.set(id, layout);
  }
  if (columns.some(({ type }, at) => type === 'text' && !dictionaries.has(at))) {
    throw new DamagedPart('lacks a dictionary');
  }
  messages.close();
  return { columns, batches, dictionaries };
}

function isMagic(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('latin1') === MAGIC;
}

/** A message: its header (Message.fbs), and where its body is. */
interface OpenMessage {
  readonly header: FlatTable;
  readonly body: number;
  readonly bytes: number;
}

/** Opens the messages one after another. Each begins where the one before it ends, so that none can be missing. */
class Messages {
  readonly #end: number;
  readonly #read: ReadBytes;
  #next = HEAD_BYTES;

  /** @param end of all messages */
  constructor(end: number, read: ReadBytes) {
    this.#end = end;
    this.#read = read;
  }

  /** The schema in front of the batches is for those who read the file as a stream. */
  skipSchema(): void {
    if (this.#next + PREFIX_BYTES > this.#end) throw new DamagedPart('has no schema');
    const prefix = this.#read(this.#next, PREFIX_BYTES);
    this.#next += PREFIX_BYTES + new DataView(prefix.buffer, prefix.byteOffset).getInt32(4, true);
  }

  /** @param block offset, bytes of the metadata, bytes of the body */
  open([offset = 0, metadataBytes = 0, bytes = 0]: readonly number[], kind: number): OpenMessage {
    const body = offset + metadataBytes;
    if (offset !== this.#next || metadataBytes <= PREFIX_BYTES || bytes < 0 || body + bytes > this.#end) {
      throw new DamagedPart('has a message at another place than its footer says');
    }
    const metadata = this.#read(offset, metadataBytes);
    const prefix = new DataView(metadata.buffer, metadata.byteOffset);
    if (prefix.getInt32(0, true) !== -1 || prefix.getInt32(4, true) !== metadataBytes - PREFIX_BYTES) {
      throw new DamagedPart('has no message where its footer says');
    }
    const message = FlatTable.root(metadata.subarray(PREFIX_BYTES));
    const header = message.table(2);
    if (header === null || message.byte(1, 0) !== kind || message.long(3) !== bytes) {
      throw new DamagedPart('has another message than its footer says');
    }
    this.#next = body + bytes;
    return { header, body, bytes };
  }

  /** Behind the last message is the end mark, and then the footer. */
  close(): void {
    if (this.#next + END_MARK_BYTES !== this.#end) throw new DamagedPart('has a message less or more');
  }
}

/** What a record batch says of itself: rows, rows and nulls of each column, offset and bytes of each buffer. */
interface BatchHeader {
  readonly rows: number;
  readonly nulls: readonly number[];
  readonly buffers: readonly (readonly [offset: number, bytes: number])[];
}

/** @param columns each with so many buffers */
function readBatch(batch: FlatTable, columns: number, buffersEach: number): BatchHeader {
  const rows = batch.long(0);
  const nodes = batch.structs(1, 2) as [number, number][];
  const buffers = batch.structs(2, 2) as [number, number][];
  const isPlain =
    rows >= 0 &&
    nodes.length === columns &&
    buffers.length === columns * buffersEach &&
    batch.table(3) === null && // not compressed
    nodes.every(([length, nulls]) => length === rows && nulls >= 0 && nulls <= rows);
  if (!isPlain) throw new DamagedPart('has a message of another form than a part has');
  return { rows, nulls: nodes.map(([, nulls]) => nulls), buffers };
}

/** Where buffer `at` of a message is, if it has so many bytes. */
function bufferAt(
  { body, bytes }: OpenMessage,
  { buffers }: BatchHeader,
  at: number,
  needed: number,
): number {
  const [offset, length] = buffers[at]!;
  if (offset < 0 || length < needed || offset + length > bytes) {
    throw new DamagedPart('has fewer values than rows');
  }
  return body + offset;
}

function batchLayout(open: OpenMessage, columns: readonly PartColumn[]): BatchLayout {
  const batch = readBatch(open.header, columns.length, 2);
  const { rows } = batch;
  const bits = Math.ceil(rows / 8);
  return {
    rows,
    columns: columns.map(({ type }, at) => {
      const nulls = batch.nulls[at]!;
      return {
        values: bufferAt(open, batch, 2 * at + 1, type === 'bool' ? bits : rows * PART_BYTES[type]),
        validity: nulls === 0 ? null : bufferAt(open, batch, 2 * at, bits),
        nulls,
      };
    }),
  };
}

function dictionaryLayout(open: OpenMessage): [number, DictionaryLayout] {
  const data = open.header.table(1);
  if (data === null || open.header.flag(2)) throw new DamagedPart('has a dictionary of another form');
  const batch = readBatch(data, 1, 3);
  if (batch.nulls[0] !== 0) throw new DamagedPart('has a dictionary of another form');
  return [
    open.header.long(0),
    {
      size: batch.rows,
      offsets: bufferAt(open, batch, 1, (batch.rows + 1) * 4),
      texts: bufferAt(open, batch, 2, 0),
      bytes: batch.buffers[2]![1],
    },
  ];
}

import { Message, type Schema } from 'apache-arrow';
import { type FileBlock, Footer } from 'apache-arrow/ipc/metadata/file';
import { PART_BYTES, type PartColumn } from './part-columns.ts';
import { columnsOf } from './part-schema.ts';

/**
 * Where the parts of an Arrow IPC file are. The file is
 *
 *     ARROW1 and two zero bytes
 *     messages: the schema, record batches, dictionaries; each begins at a multiple of 8 bytes, and is
 *       FF FF FF FF, length of the metadata (int32), metadata (flatbuffer, padded to 8 bytes), body
 *     the end mark, FF FF FF FF 00 00 00 00
 *     the footer (flatbuffer): the schema, and offset and lengths of each record batch and dictionary
 *     length of the footer (int32)
 *     ARROW1
 *
 * Each place is checked before anything is read there: inside the messages, and long enough for its rows.
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

/**
 * Reads where everything is in a part.
 *
 * @param size of the file in bytes
 * @throws DamagedPart where it is no part, or not whole; whatever apache-arrow throws at metadata that cannot be read
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
  const footer = Footer.decode(read(end, footerBytes));
  const columns = columnsOf(footer.schema as Schema);
  if (columns === null) throw new DamagedPart('has columns of another kind than a part has');
  const dictionaries = new Map<number, DictionaryLayout>();
  for (const block of footer.dictionaryBatches()) {
    const [id, layout] = dictionaryLayout(openMessage(block, end, read));
    if (columns[id]?.type !== 'text' || dictionaries.has(id)) {
      throw new DamagedPart('has a dictionary that belongs to no column');
    }
    dictionaries.set(id, layout);
  }
  if (columns.some(({ type }, at) => type === 'text' && !dictionaries.has(at))) {
    throw new DamagedPart('lacks a dictionary');
  }
  const batches = [...footer.recordBatches()].map((block) =>
    batchLayout(openMessage(block, end, read), columns),
  );
  return { columns, batches, dictionaries };
}

function isMagic(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('latin1') === MAGIC;
}

/** A message, and where its body is. */
interface OpenMessage {
  readonly message: Message;
  readonly body: number;
  readonly bytes: number;
}

/** @param end of all messages */
function openMessage(
  { offset, metaDataLength, bodyLength }: FileBlock,
  end: number,
  read: ReadBytes,
): OpenMessage {
  const body = offset + metaDataLength;
  if (offset < HEAD_BYTES || metaDataLength <= PREFIX_BYTES || bodyLength < 0 || body + bodyLength > end) {
    throw new DamagedPart('has a message outside the file');
  }
  const metadata = read(offset, metaDataLength);
  const prefix = new DataView(metadata.buffer, metadata.byteOffset);
  if (prefix.getInt32(0, true) !== -1 || prefix.getInt32(4, true) !== metaDataLength - PREFIX_BYTES) {
    throw new DamagedPart('has no message where its footer says');
  }
  const message = Message.decode(metadata.subarray(PREFIX_BYTES));
  if (message.bodyLength !== bodyLength) throw new DamagedPart('has a message of another length');
  return { message, body, bytes: bodyLength };
}

type BatchHeader = ReturnType<Message<3>['header']>;

/** Where buffer `at` of a message is, if it has so many bytes. */
function bufferAt(
  { body, bytes }: OpenMessage,
  { buffers }: BatchHeader,
  at: number,
  needed: number,
): number {
  const { offset, length } = buffers[at]!;
  if (offset < 0 || length < needed || offset + length > bytes) {
    throw new DamagedPart('has fewer values than rows');
  }
  return body + offset;
}

function assertPlain(
  { nodes, buffers, length, compression }: BatchHeader,
  columns: number,
  of: number,
): void {
  const isPlain =
    nodes.length === columns &&
    buffers.length === of &&
    length >= 0 &&
    compression === null &&
    nodes.every((node) => node.length === length && node.nullCount >= 0 && node.nullCount <= length);
  if (!isPlain) throw new DamagedPart('has a message of another form than a part has');
}

function batchLayout(open: OpenMessage, columns: readonly PartColumn[]): BatchLayout {
  if (!open.message.isRecordBatch()) throw new DamagedPart('has no record batch where its footer says');
  const header = open.message.header();
  assertPlain(header, columns.length, 2 * columns.length);
  const rows = header.length;
  const bits = Math.ceil(rows / 8);
  return {
    rows,
    columns: columns.map(({ type }, at) => {
      const nulls = header.nodes[at]!.nullCount;
      return {
        values: bufferAt(open, header, 2 * at + 1, type === 'bool' ? bits : rows * PART_BYTES[type]),
        validity: nulls === 0 ? null : bufferAt(open, header, 2 * at, bits),
        nulls,
      };
    }),
  };
}

function dictionaryLayout(open: OpenMessage): [number, DictionaryLayout] {
  if (!open.message.isDictionaryBatch()) throw new DamagedPart('has no dictionary where its footer says');
  const { id, isDelta, data } = open.message.header();
  assertPlain(data, 1, 3);
  if (isDelta || data.nodes[0]!.nullCount > 0) throw new DamagedPart('has a dictionary of another form');
  const size = data.length;
  return [
    id,
    {
      size,
      offsets: bufferAt(open, data, 1, (size + 1) * 4),
      texts: bufferAt(open, data, 2, 0),
      bytes: data.buffers[2]!.length,
    },
  ];
}

import {
  type Data,
  Message,
  type RecordBatch,
  RecordBatchFileWriter,
  type Schema,
  type Utf8,
} from 'apache-arrow';

type Sink = (parts: readonly Uint8Array[]) => void;

/**
 * apache-arrow's file writer, passing its bytes on directly instead of queueing them: a batch's buffers go to the sink
 * as views, without copying, and only the offsets for the footer are kept.
 *
 * It also writes the schema message that the format requires between the magic and the first batch (a file is a
 * stream with a footer). apache-arrow 21.2.0 omits it, and readers that read a file as a stream then fail.
 */
export class IpcEncoder extends RecordBatchFileWriter {
  readonly #sink: Sink;
  readonly #dictionariesLast: boolean;
  #parts: Uint8Array[] = [];

  /** @param dictionariesLast whether the dictionaries are written behind the batches, by `encodeDictionary` */
  constructor(schema: Schema, sink: Sink, { dictionariesLast = false } = {}) {
    super();
    this.#sink = sink;
    this.#dictionariesLast = dictionariesLast;
    this.reset(undefined, schema);
    this.#deliver();
  }

  /** Encodes one batch, before the first its dictionaries unless they come last, and delivers it before returning. */
  encodeBatch(batch: RecordBatch): void {
    this.write(batch);
    this.#deliver();
  }

  /** Writes a dictionary behind the batches that use it. */
  encodeDictionary(id: number, dictionary: Data<Utf8>): void {
    this._writeDictionaryBatch(dictionary, id);
    this.#deliver();
  }

  /** Writes the end mark and the footer. */
  encodeFooter(): void {
    this.finish();
    this.#deliver();
  }

  protected override _writeSchema(schema: Schema): this {
    super._writeSchema(schema);
    return this._writeMessage(Message.from(schema));
  }

  protected override _writeDictionaries(batch: RecordBatch): this {
    return this.#dictionariesLast ? this : super._writeDictionaries(batch);
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (chunk.byteLength > 0) {
      this.#parts.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      this._position += chunk.byteLength;
    }
    return this;
  }

  #deliver(): void {
    const parts = this.#parts;
    this.#parts = [];
    if (parts.length > 0) this.#sink(parts);
  }
}

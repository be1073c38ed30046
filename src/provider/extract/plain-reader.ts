import { isUtf8 } from 'node:buffer';
import { LineEnds } from './line-ends.ts';
import { bytesOf, type ScannedRecord } from './scanned-record.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * Splits UTF-8 bytes into records, byte by byte, by RFC 4180 with a chosen delimiter and quote. It alone decides what a faulty
 * record is. Empty lines are passed over. One space before an opening quote and any behind a closing one mean nothing: the bulk
 * reader has it so. A record with a bad quote ends at the next line end, which is where the bulk reader takes up again.
 */
export class PlainReader {
  /** physical line that comes next, from 1 */
  line = 1;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #ends: LineEnds;
  /** the byte before is a carriage return outside quotes */
  #returned = false;
  #fields: Buffer[] = [];
  #field: number[] = [];
  #state: 'start' | 'plain' | 'quoted' | 'closed' | 'spaced' | 'bad' = 'start';
  #startLine = 1;
  #isEmpty = true;

  /** @param ends are added to */
  constructor(delimiter: number, quote: number, ends = new LineEnds()) {
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.#ends = ends;
  }

  /** No byte of a record has been read that has not been given out. */
  get isBetweenRecords(): boolean {
    return this.#isEmpty && this.#state === 'start';
  }

  /** The records that end in these bytes; what is left begins the next one. */
  *read(bytes: Uint8Array): Generator<ScannedRecord> {
    if (this.isBetweenRecords) this.#startLine = this.line;
    for (const byte of bytes) {
      if (byte === LF) this.line += 1;
      if (this.#state === 'quoted') {
        if (byte === this.#quote) this.#state = 'closed';
        else this.#field.push(byte);
      } else if (byte === LF) {
        if (this.#returned) this.#ends.pairs += 1;
        else this.#ends.lineFeeds += 1;
        this.#returned = false;
        const isQuoted = this.#state === 'closed' || this.#state === 'spaced';
        if (this.#field.at(-1) === CR && !isQuoted) this.#field.pop();
        const isBlank = this.#fields.length === 0 && this.#field.length === 0 && !isQuoted;
        if (!this.#isEmpty && !isBlank) yield this.#endRecord(false);
        this.#fields = [];
        this.#field = [];
        this.#state = 'start';
        this.#isEmpty = true;
        this.#startLine = this.line;
      } else {
        this.#isEmpty = false;
        // behind a bad quote it is unknown what is within quotes: there only the line end itself counts
        if (this.#returned && this.#state !== 'bad') this.#ends.alone += 1;
        this.#returned = byte === CR;
        this.#readWithinLine(byte);
      }
    }
  }

  /** The last record of a file that ends without a line end. */
  *end(): Generator<ScannedRecord> {
    if (!this.#isEmpty) yield this.#endRecord(true);
  }

  #readWithinLine(byte: number): void {
    if (this.#state === 'bad') this.#field.push(byte);
    else if (byte === this.#delimiter) {
      this.#endField();
      this.#state = 'start';
    } else if (this.#state === 'closed' || this.#state === 'spaced') {
      if (byte === this.#quote && this.#state === 'closed') {
        this.#field.push(byte);
        this.#state = 'quoted';
      } else if (byte === SPACE) this.#state = 'spaced';
      else if (byte !== CR) {
        this.#field.push(byte);
        this.#state = 'bad';
      }
    } else if (this.#state === 'start' && byte === this.#quote) {
      this.#field = [];
      this.#state = 'quoted';
    } else if (this.#state === 'start' && byte === SPACE && this.#field.length === 0) this.#field.push(byte);
    else {
      this.#field.push(byte);
      this.#state = 'plain';
    }
  }

  #endField(): void {
    this.#fields.push(Buffer.from(this.#field));
    this.#field = [];
  }

  #endRecord(endsFile: boolean): ScannedRecord {
    this.#endField();
    const badQuote = this.#state === 'bad' || this.#state === 'quoted';
    const record = new PlainRecord(this.#startLine, this.#fields, badQuote, endsFile);
    this.#fields = [];
    this.#state = 'start';
    this.#isEmpty = true;
    return record;
  }
}

class PlainRecord implements ScannedRecord {
  readonly line: number;
  readonly fields: readonly Buffer[];
  readonly badQuote: boolean;
  readonly endsFile: boolean;

  constructor(line: number, fields: readonly Buffer[], badQuote: boolean, endsFile: boolean) {
    this.line = line;
    this.fields = fields;
    this.badQuote = badQuote;
    this.endsFile = endsFile;
  }

  get fieldCount(): number {
    return this.fields.length;
  }

  get isUtf8(): boolean {
    return this.fields.every((field) => isUtf8(field));
  }

  get bytesAtMost(): number {
    return bytesOf(this.fields);
  }

  field(index: number): Buffer | undefined {
    return this.fields[index];
  }
}

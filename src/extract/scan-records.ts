const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** One record of a delimited text file, as the bytes say it. */
export interface ScannedRecord {
  /** physical line on which it starts, from 1 */
  readonly line: number;
  /** its fields as UTF-8 bytes, quotes and doubled quotes undone */
  readonly fields: readonly Buffer[];
  /** a quoted field is not closed, or goes on behind its closing quote: the last field then holds the rest of the line as it stands */
  readonly badQuote: boolean;
  /** the file ended before the record's line did */
  readonly endsFile: boolean;
}

/**
 * Splits UTF-8 bytes into records, by RFC 4180 with a chosen delimiter and quote: exact about physical lines, and slow.
 * It is used for headers and to find the places of rows the bulk reader has refused. Empty lines are passed over.
 * One space before an opening quote and any behind a closing one mean nothing: the bulk reader has it so.
 * A record with a bad quote ends at the next line end, which is where the bulk reader takes up again.
 */
export async function* scanRecords(
  pieces: AsyncIterable<Buffer>,
  delimiter: string,
  quote: string,
): AsyncGenerator<ScannedRecord> {
  const delimiterByte = delimiter.charCodeAt(0);
  const quoteByte = quote.charCodeAt(0);
  let fields: Buffer[] = [];
  let field: number[] = [];
  let state: 'start' | 'plain' | 'quoted' | 'closed' | 'spaced' | 'bad' = 'start';
  let line = 1;
  let startLine = 1;
  let isFirst = true;
  let isEmpty = true;

  const endField = () => {
    fields.push(Buffer.from(field));
    field = [];
  };
  const endRecord = (endsFile: boolean): ScannedRecord => {
    endField();
    const record = { line: startLine, fields, badQuote: state === 'bad' || state === 'quoted', endsFile };
    fields = [];
    state = 'start';
    isEmpty = true;
    return record;
  };

  for await (const piece of pieces) {
    let at = 0;
    if (isFirst) {
      isFirst = false;
      if (piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf) at = 3; // byte order mark
    }
    for (; at < piece.length; at += 1) {
      const byte = piece[at]!;
      if (byte === LF) line += 1;
      if (state === 'quoted') {
        if (byte === quoteByte) state = 'closed';
        else field.push(byte);
        continue;
      }
      if (byte === LF) {
        if (field.at(-1) === CR && state !== 'closed' && state !== 'spaced') field.pop();
        if (
          !isEmpty &&
          !(fields.length === 0 && field.length === 0 && state !== 'closed' && state !== 'spaced')
        )
          yield endRecord(false);
        fields = [];
        field = [];
        state = 'start';
        isEmpty = true;
        startLine = line;
        continue;
      }
      isEmpty = false;
      if (state === 'bad') {
        field.push(byte);
        continue;
      }
      if (byte === delimiterByte) {
        endField();
        state = 'start';
      } else if (state === 'closed') {
        if (byte === quoteByte) {
          field.push(byte);
          state = 'quoted';
        } else if (byte === SPACE) state = 'spaced';
        else if (byte !== CR) {
          field.push(byte);
          state = 'bad';
        }
      } else if (state === 'spaced') {
        if (byte !== SPACE && byte !== CR) {
          field.push(byte);
          state = 'bad';
        }
      } else if (state === 'start' && byte === quoteByte) {
        field = [];
        state = 'quoted';
      } else if (state === 'start' && byte === SPACE && field.length === 0) field.push(byte);
      else {
        field.push(byte);
        state = 'plain';
      }
    }
  }
  if (!isEmpty) yield endRecord(true);
}

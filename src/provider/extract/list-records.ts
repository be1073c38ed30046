import { isUtf8 } from 'node:buffer';
import { SCAN_BYTES } from '../../kernel/text-scanner.ts';
import type { FileFormat } from '../../pipeline/file-format.ts';
import { borrowScanner, returnScanner } from './idle-scanners.ts';
import { decodeText } from './open-text.ts';
import { refuseOtherFormatsOfList } from './recognise-format.ts';
import { scanBlocks } from './scan-blocks.ts';
import type { ScannedRecord } from './scanned-record.ts';

/** Who reads the records of a list, in their order. */
export interface ListVisitor {
  /** cells of a row, as soon as it is known; 0 before */
  readonly width: number;
  /** any record: the header, one that is faulty, one with too few or too many cells */
  record(record: ScannedRecord): void;
  /** a record with as many cells as a row has, in UTF-8, its quotes right */
  row(cellAt: (index: number) => string, line: () => number): void;
}

/**
 * Reads the records of a list in its declared format, exactly as those of an extract. A list is read as it is, not unpacked.
 *
 * @throws TallystickError (exit 1) for another kind of file, or another encoding
 */
export async function readListRecords(
  bytes: Buffer,
  { encoding, delimiter, quote }: FileFormat,
  shownAs: string,
  visitor: ListVisitor,
): Promise<void> {
  refuseOtherFormatsOfList(bytes, shownAs, encoding);
  const text = decodeText(inOnePiece(bytes), encoding, shownAs);
  const scanner = borrowScanner();
  try {
    for await (const { records, regular } of scanBlocks(text, scanner, delimiter, quote, SCAN_BYTES)) {
      const { width } = visitor;
      const rows = regular !== null && isUtf8(regular.bytes) ? regular.rowsOf(width) : null;
      if (regular === null || rows === null) {
        for (const record of records()) visitor.record(record);
        continue;
      }
      for (let row = 0; row < rows; row += 1) {
        visitor.row(
          (index) => regular.cell(row, width, index).toString('utf8'),
          () => regular.row(row, width).line,
        );
      }
    }
  } finally {
    returnScanner(scanner);
  }
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

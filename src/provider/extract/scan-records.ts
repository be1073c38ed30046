import { borrowScanner, returnScanner } from './idle-scanners.ts';
import { PLAIN_BYTES, scanBlocks } from './scan-blocks.ts';
import type { ScannedRecord } from './scanned-record.ts';

/**
 * Splits UTF-8 bytes into records (`scan-blocks`). It is used for headers and to locate rows the bulk reader has
 * refused.
 *
 * @param delimiter one ASCII character, but no CR or LF
 * @param quote likewise, another one
 */
export async function* scanRecords(
  pieces: AsyncIterable<Buffer>,
  delimiter: string,
  quote: string,
): AsyncGenerator<ScannedRecord> {
  const scanner = borrowScanner();
  try {
    for await (const block of scanBlocks(pieces, scanner, delimiter, quote, PLAIN_BYTES)) {
      yield* block.records();
    }
  } finally {
    returnScanner(scanner);
  }
}

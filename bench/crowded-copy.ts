import { createReadStream, createWriteStream } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';

/** People who share one postcode, and rows that carry one NHS number: a hostel, and a number typed wherever one is required. */
const SHARED_BY = 20_000;
const NUMBER_ON = 50_000;
/** In the test range, with a correct check digit, and no placeholder. */
const NUMBER = '9434765919';
const POSTCODE = 'SW1A 2AA';

/** Copies extracts so that many GP patients have one postcode and many hospital rows one NHS number. */
export async function crowdedCopy(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
  await rewrite(from, to, 'gp/patients.csv', 'postcode', POSTCODE, SHARED_BY);
  await rewrite(from, to, 'hospital/episodes.csv', 'NEWNHSNO', NUMBER, NUMBER_ON);
}

/** Writes `value` into a column of the first `rows` rows. */
async function rewrite(
  from: string,
  to: string,
  file: string,
  column: string,
  value: string,
  rows: number,
): Promise<void> {
  let at = -1;
  let line = -1;
  await pipeline(
    createReadStream(join(from, file)),
    parse(),
    async function* (records: AsyncIterable<string[]>) {
      for await (const record of records) {
        line += 1;
        if (line === 0) at = record.indexOf(column);
        else if (line <= rows) record[at] = value;
        yield `${record.map(quoted).join(',')}\n`;
      }
    },
    createWriteStream(join(to, file)),
  );
  if (at < 0 || line < rows) throw new Error(`${file} has no ${column}, or fewer than ${rows} rows`);
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

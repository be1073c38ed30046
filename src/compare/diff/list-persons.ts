import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { PSEUDONYM_WIDTH, writeHexHalves } from '../../linker/link/person-numbers.ts';
import { DigestingFile } from '../../write/digesting-file.ts';
import { isValid } from '../../write/validity-bitmap.ts';
import { causeOf } from './causes.ts';
import { PERSON_FINDINGS } from './findings.ts';
import { listedPersonsSql } from './steps.ts';

/** Only whoever links has the list: it says of persons, under their pseudonyms, that they were linked wrongly once. */
const LIST_MODE = 0o600;

/**
 * Writes the persons with a finding as CSV: finding, person of the first run, person of the second, subjects, cause, which.
 * Pseudonyms only.
 *
 * @param sources names of all sources, in their places
 * @param path not yet there
 * @throws WriteError `already-there` and the like; the file is then removed
 */
export async function listPersons(
  engine: DuckDbEngine,
  sources: readonly string[],
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const places = Object.fromEntries(PERSON_FINDINGS.map((finding, index) => [finding, index]));
  const file = await DigestingFile.create(path, LIST_MODE);
  try {
    file.write([Buffer.from('finding,person_a,person_b,subjects,cause,which\n')]);
    for await (const chunk of engine.stream(listedPersonsSql(places), 'listing persons')) {
      signal.throwIfAborted();
      const person = (column: number) =>
        pseudonymsOf(chunk.values(column, 8), chunk.values(column + 1, 8), chunk.validity(column));
      const [place, a, b] = [chunk.values(0, 1), person(1), person(3)];
      const [subjects, causes] = [int32(chunk.values(5, 4)), int32(chunk.values(6, 4))];
      let lines = '';
      for (let row = 0; row < chunk.rows; row += 1) {
        const { cause, which } = causeOf(causes[row]!, sources);
        lines += `${PERSON_FINDINGS[place[row]!]},${a(row)},${b(row)},${subjects[row]},${cause},${which ?? ''}\n`;
      }
      file.write([Buffer.from(lines)]);
    }
    await file.finish();
  } catch (fault) {
    await file.discard();
    throw fault;
  }
}

/** The pseudonym of a row as text; nothing where there is none. */
function pseudonymsOf(
  high: Uint8Array,
  low: Uint8Array,
  validity: Uint8Array | null,
): (row: number) => string {
  const text = Buffer.alloc(PSEUDONYM_WIDTH);
  const pairs = new Uint16Array(text.buffer, text.byteOffset, PSEUDONYM_WIDTH / 2);
  return (row) => {
    if (validity !== null && !isValid(validity, row)) return '';
    writeHexHalves(high, low, row, pairs, 0);
    return text.toString('latin1');
  };
}

function int32({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

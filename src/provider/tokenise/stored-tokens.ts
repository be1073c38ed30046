import { PartReader } from '../../store/part-reader.ts';
import type { TokenWords } from '../../store/token-text.ts';
import { isValid } from '../../write/validity-bitmap.ts';

/**
 * Takes subject and `sex|birth date|postcode` of every stored row that has both, in the order of the rows.
 *
 * @param paths the stored rows of a table that carries identifiers
 */
export function eachStoredTuple(
  paths: readonly string[],
  take: (subject: TokenWords, tuple: TokenWords) => void,
): void {
  eachRow(paths, ['subject', 'sdp'], ([subject, tuple]) => take(subject!, tuple!));
}

/**
 * Takes one token of every stored row that has it, as its four words, in the order of the rows.
 *
 * @param paths the stored rows
 */
export function eachStoredToken(
  token: 'subject' | 'record',
  paths: readonly string[],
  take: (...token: TokenWords) => void,
): void {
  eachRow(paths, [token], ([words]) => take(...words!));
}

/** Takes these tokens of every row that has them all. */
function eachRow(
  paths: readonly string[],
  tokens: readonly string[],
  take: (tokens: readonly TokenWords[]) => void,
): void {
  for (const path of paths) {
    const part = PartReader.open(path);
    try {
      for (let batch = 0; batch < part.batches; batch += 1) {
        const columns = tokens.map((token) => {
          const [a, b] = [part.read(batch, `${token}_a`), part.read(batch, `${token}_b`)];
          return { a: wordsOf(a.values), b: wordsOf(b.values), validity: a.validity };
        });
        for (let row = 0; row < part.rowsOf(batch); row += 1) {
          const hasAll = columns.every(({ validity }) => validity === null || isValid(validity, row));
          if (!hasAll) continue;
          const at = row * 2;
          take(columns.map(({ a, b }): TokenWords => [a[at]!, a[at + 1]!, b[at]!, b[at + 1]!]));
        }
      }
    } finally {
      part.close();
    }
  }
}

function wordsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

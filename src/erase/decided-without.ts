import { decidedTokensFile, readDecidedTokens } from '../store/decided-tokens.ts';
import type { FewTokens } from './few-tokens.ts';

/**
 * A list of decided opt-outs without the tokens of a person.
 *
 * @param numbers tokens of the person's NHS numbers
 * @returns the bytes of the list, and how many tokens are in it and have left it
 */
export function decidedWithout(
  path: string,
  numbers: FewTokens,
): { readonly bytes: Buffer; readonly rows: number; readonly left: number } {
  let [rows, left] = [0, 0];
  const kinds = readDecidedTokens(path).map(({ kind, a, b }) => {
    const halves = new BigInt64Array(a.length * 2);
    let kept = 0;
    for (let row = 0; row < a.length; row += 1) {
      if (numbers.hasText(`${a[row]!},${b[row]!}`)) continue;
      halves[kept] = a[row]!;
      halves[kept + 1] = b[row]!;
      kept += 2;
    }
    rows += kept / 2;
    left += a.length - kept / 2;
    return { kind, words: new Uint32Array(halves.buffer, 0, kept * 2) };
  });
  return { bytes: decidedTokensFile(kinds), rows, left };
}

import { MOST_CUT } from '../damaged-code.ts';

/**
 * Every text of digits that one damage makes of an identifier (`isOneDamageFrom`). About 20 for each of its digits.
 */
export function damagedIdentifiers(code: string): ReadonlySet<string> {
  const damaged = new Set<string>();
  for (let index = 0; index <= code.length; index += 1) {
    const [before, digit, next, after] = [
      code.slice(0, index),
      code[index],
      code[index + 1],
      code.slice(index + 1),
    ];
    for (const other of '0123456789') damaged.add(before + other + code.slice(index));
    if (digit === undefined) continue;
    for (const other of '0123456789') damaged.add(before + other + after);
    damaged.add(before + after);
    if (next !== undefined) damaged.add(before + next + digit + code.slice(index + 2));
  }
  for (let cut = 1; cut <= MOST_CUT; cut += 1) damaged.add(code.slice(0, -cut));
  damaged.delete(code);
  return damaged;
}

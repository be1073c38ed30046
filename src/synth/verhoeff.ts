/**
 * Verhoeff's check digit, the last digit of every SNOMED CT identifier: a walk through the dihedral group of
 * order ten, in which digits 0-4 are rotations and 5-9 reflections of a pentagon.
 */

/** Product of two elements of the group. */
function multiply(left: number, right: number): number {
  const isReflection = left >= 5 !== right >= 5;
  const turn = left >= 5 ? left - (right % 5) : left + (right % 5);
  return (((turn % 5) + 5) % 5) + (isReflection ? 5 : 0);
}

/** Verhoeff's permutation; each position from the right applies it once more (it has order eight). */
const PERMUTATION: readonly number[] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/**
 * Fold of all digits, the last of them at position `firstPlace`. A complete identifier folds to 0 from position 0.
 */
export function foldVerhoeff(digits: string, firstPlace: number): number {
  let folded = 0;
  for (let index = firstPlace; index < digits.length + firstPlace; index++) {
    let digit = Number(digits[digits.length - 1 - (index - firstPlace)]);
    for (let times = 0; times < index % 8; times++) digit = PERMUTATION[digit]!;
    folded = multiply(folded, digit);
  }
  return folded;
}

/** The digits with their check digit: the inverse of their fold. */
export function withVerhoeff(digits: string): string {
  const folded = foldVerhoeff(digits, 1);
  return digits + (folded > 0 && folded < 5 ? 5 - folded : folded);
}

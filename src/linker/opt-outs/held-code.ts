/*
 * Why rows and persons are not released, as small numbers in the engine's tables and in arrays: the number of the reason that counts, which is
 * its index in the declared order and 1 more, so that 0 is released.
 */

/** Added to the number of a reason where it is the only one. Numbers of reasons are less (`MOST_REASONS`), and the sum is one byte. */
export const ALONE = 32;

/** SQL of the number of the reason that counts in a mask: its lowest bit. */
export function reasonNumberSql(mask: string): string {
  return `CAST(CASE WHEN ${mask} = 0 THEN 0 ELSE bit_count((${mask} & -${mask}) - 1) + 1 END AS TINYINT)`;
}

/** SQL of whether a mask has one reason only. */
export function isAloneSql(mask: string): string {
  return `(bit_count(${mask}) = 1)`;
}

/** SQL of the number of the reason, with `ALONE` added where it is the only one. */
export function heldCodeSql(reason: string, isAlone: string): string {
  return `CAST(${reason} + CASE WHEN ${isAlone} THEN ${ALONE} ELSE 0 END AS TINYINT)`;
}

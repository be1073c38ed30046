/*
 * Conditions of joins. NULL, where a side has none, is as good as false.
 */

/**
 * Both sides have the same number of a subject, a token or a person.
 *
 * @param name `subject`, `nhs`, `tuple`, `anchor`, …
 * @param otherName the column of the other side
 */
export function same(name: string, one: string, other: string, otherName = name): string {
  return `${one}.${name} = ${other}.${otherName}`;
}

/** Both sides are about one subject. */
export function sameSubject(one: string, other: string): string {
  return same('subject', one, other);
}

/**
 * Both sides have the same token. Its 128 bits take two columns, `NAME_a` and `NAME_b`.
 *
 * @param name `subject`, `record`, `person`, …
 * @param otherName what the other side calls it
 */
export function samePair(name: string, one: string, other: string, otherName = name): string {
  return `${one}.${name}_a = ${other}.${otherName}_a AND ${one}.${name}_b = ${other}.${otherName}_b`;
}

/*
 * Conditions of joins. A token of 128 bits takes two columns, `NAME_a` and `NAME_b`, and is the same where both are. NULL, where
 * a side has none, is as good as false.
 */

/**
 * Both sides have the same token.
 *
 * @param name `subject`, `nhs`, `sdp`, `person`, …
 * @param otherName what the other side calls it
 */
export function samePair(name: string, one: string, other: string, otherName = name): string {
  return `${one}.${name}_a = ${other}.${otherName}_a AND ${one}.${name}_b = ${other}.${otherName}_b`;
}

/** Both sides are about one subject: the same token at the same source. */
export function sameSubject(one: string, other: string): string {
  return `${one}.source = ${other}.source AND ${samePair('subject', one, other)}`;
}

/**
 * A row of a list of tokens, whose halves are `a` and `b`, has a token of another relation.
 *
 * @param of its name and alias, such as `s.subject`
 */
export function isToken(listed: string, of: string): string {
  return `${listed}.a = ${of}_a AND ${listed}.b = ${of}_b`;
}

/**
 * What is hashed, and under which sub-key. Every token depends on its recipe: changing one is a breaking
 * change. README.md holds the byte-level specification with worked vectors.
 */

/** Version of the standardising rules and token recipes together; stores of different versions are never joined. */
export const RULES_VERSION = 1;

/** A kind of token, which is also the last part of its sub-key's HKDF info. */
export type TokenKind =
  | 'nhs-number'
  | 'sex|date-of-birth|postcode'
  | 'demographics'
  | 'local-patient-id'
  | 'nhs-number|sex'
  | 'nhs-number|year-of-birth'
  | 'nhs-number|month-or-day-of-birth'
  | 'nhs-number|postcode'
  | `patient-key/${string}`
  | `record-id/${string}`
  | 'true-person';

/** HKDF info of a token kind's sub-key. */
export function tokenInfo(kind: TokenKind): string {
  return `tallystick/v${RULES_VERSION}/token/${kind}`;
}

/** HKDF info of a release's sub-key: two recipients get two keys, so their files cannot be joined. */
export function releaseInfo(agreement: string): string {
  return `tallystick/v${RULES_VERSION}/release/${agreement}`;
}

/** HKDF info of the sub-key of the reading digests: equal ones show that two runs read their files in the same way. */
export function readingInfo(): string {
  return `tallystick/v${RULES_VERSION}/reading`;
}

/** HKDF info of the release key's sub-key under which the baseline of a pipeline is sealed. */
export function baselineInfo(): string {
  return `tallystick/v${RULES_VERSION}/baseline`;
}

/** HKDF info of the two sub-keys of a link map: for the pseudonym of a subject, and for the digest of its values. */
export function subjectInfo(agreement: string): { readonly pseudonym: string; readonly record: string } {
  return {
    pseudonym: `${releaseInfo(agreement)}/subject`,
    record: `${releaseInfo(agreement)}/subject-record`,
  };
}

/** HKDF info of the seed of the key pair by which token stores are signed (RFC 8032). */
export function storeKeyInfo(): string {
  return `tallystick/v${RULES_VERSION}/store-key`;
}

/** HKDF info of the sub-key of the list digests: equal ones show that two stores were made with the same lists. */
export function listInfo(): string {
  return `tallystick/v${RULES_VERSION}/list`;
}

/** HKDF info of the linkage key's sub-key under which the changes of a log of this kind, and its head, are sealed. */
export function logInfo(kind: string): string {
  return `tallystick/v${RULES_VERSION}/log/${kind}`;
}

/** HKDF info of the linkage key's sub-key for the digest of a national request: a plain digest of few numbers could be found by trial. */
export function requestInfo(): string {
  return `tallystick/v${RULES_VERSION}/national-request`;
}

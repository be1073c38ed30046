import { createHash } from 'node:crypto';

/** Digest 0 of the chain: SHA-256 of the first line of the log. */
export function firstDigest(firstLine: string): string {
  return createHash('sha256').update(firstLine).digest('hex');
}

/**
 * The digest of a change: SHA-256 of the digest before it, a line end, and the bytes of its header line and lines. So a digest
 * covers everything before it as well.
 *
 * @param parts the header line and the lines, in any number of pieces
 */
export function nextDigest(previous: string, parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(`${previous}\n`);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

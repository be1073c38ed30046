import { createHmac, hkdfSync } from 'node:crypto';

/** The two master keys of a run, 32 bytes each. */
export interface MasterKeys {
  readonly linkage: Uint8Array;
  readonly release: Uint8Array;
}

/** A canonical text and the kind of its token (src/provider/tokenise/README.md has the list). */
export interface Hashable {
  readonly kind: string;
  readonly text: string;
}

/** Hashes are cut to 128 bits. */
const HASH_BYTES = 16;

/**
 * The token of a text: the first 16 bytes of its HMAC-SHA-256, under a sub-key for its kind. Implemented independently from the
 * byte-level specification, with node:crypto only, so that the oracle comparison also tests the hash kernel.
 */
export function token({ kind, text }: Hashable, keys: MasterKeys): Buffer {
  return hash(subKey(keys.linkage, `tallystick/v1/token/${kind}`), Buffer.from(text, 'utf8'));
}

/** The pseudonym of a person for one data sharing agreement: 32 hexadecimal digits. */
export function personPseudonym(person: Hashable, agreement: string, keys: MasterKeys): string {
  return hash(subKey(keys.release, `tallystick/v1/release/${agreement}`), token(person, keys)).toString(
    'hex',
  );
}

/** A record id in its released form: the table's own id, or one that points at that table. */
export function recordPseudonym(table: string, id: string, agreement: string, keys: MasterKeys): string {
  const key = subKey(keys.release, `tallystick/v1/release/${agreement}/record`);
  return hash(key, token({ kind: `record-id/${table}`, text: id }, keys)).toString('hex');
}

function hash(key: Buffer, message: Buffer): Buffer {
  return createHmac('sha256', key).update(message).digest().subarray(0, HASH_BYTES);
}

/** HKDF-SHA-256 (RFC 5869) without salt, 32 bytes. */
function subKey(master: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, new Uint8Array(0), info, 32));
}

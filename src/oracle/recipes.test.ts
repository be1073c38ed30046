import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { NhsNumber } from '../domain/nhs-number.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { PairHasher } from '../keys/pair-hasher.ts';
import { releaseInfo } from '../keys/recipes.ts';
import { TokenKernel } from '../provider/tokenise/token-kernel.ts';
import { personPseudonym, recordPseudonym, token } from './recipes.ts';

const keys = { linkage: new Uint8Array(32).fill(1), release: new Uint8Array(32).fill(2) };

/** HKDF-SHA-256 with an empty salt and one block of output, as in RFC 5869. */
function hkdf(master: Uint8Array, info: string): Buffer {
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(master).digest();
  return createHmac('sha256', extracted).update(info).update(Buffer.of(1)).digest();
}

test('a token is computed as the two RFCs specify', () => {
  const key = hkdf(keys.linkage, 'tallystick/v1/token/nhs-number');
  const expected = createHmac('sha256', key).update('4010232137').digest().subarray(0, 16);
  expect(token({ kind: 'nhs-number', text: '4010232137' }, keys)).toEqual(expected);
});

test('tokens and pseudonyms are equal to those of the program', () => {
  const kernel = new TokenKernel(new KeyRing(keys.linkage), ['nhs-number', 'record-id/referrals']);
  const nhs = kernel.tokenOf('nhs-number', '4010232137' as NhsNumber);
  expect(token({ kind: 'nhs-number', text: '4010232137' }, keys)).toEqual(Buffer.from(nhs));
  const ring = new KeyRing(keys.release);
  const persons = new PairHasher(ring, releaseInfo('demo-001'));
  expect(personPseudonym({ kind: 'nhs-number', text: '4010232137' }, 'demo-001', keys)).toBe(
    persons.hashOne(nhs),
  );
  const records = new PairHasher(ring, `${releaseInfo('demo-001')}/record`);
  const record = kernel.tokenOf('record-id/referrals', 'r1');
  expect(recordPseudonym('referrals', 'r1', 'demo-001', keys)).toBe(records.hashOne(record));
});

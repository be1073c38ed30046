import { expect, it } from 'vitest';
import { JoinedPieces } from './joined-pieces.ts';

it('puts the rest of a text in front of its next piece, and keeps both for the next join', () => {
  const joined = new JoinedPieces();
  const first = joined.join(Buffer.from('ab'), Buffer.from('cdefgh'));
  expect(first.toString()).toBe('abcdefgh');
  const second = joined.join(first.subarray(5), Buffer.from('ij'));
  expect([first.toString(), second.toString()]).toEqual(['abcdefgh', 'fghij']);
  // the rest is in what was joined last, and grows beyond the room of both buffers
  const third = joined.join(second, Buffer.alloc(100, 'k'));
  expect(third.toString()).toBe(`fghij${'k'.repeat(100)}`);
  expect(joined.join(third.subarray(-2), Buffer.from('l')).toString()).toBe('kkl');
  expect(third.toString()).toBe(`fghij${'k'.repeat(100)}`);
});

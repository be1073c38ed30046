import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Pseudonym } from '../domain/pseudonym.ts';
import { PSEUDONYM_CHARACTERS, PseudonymSet, pseudonymAt } from './pseudonym-set.ts';

const pseudonym = (seed: number) =>
  createHash('sha256').update(`${seed}`).digest('hex').slice(0, PSEUDONYM_CHARACTERS) as Pseudonym;

describe('a set of pseudonyms', () => {
  const members = Array.from({ length: 5_000 }, (_, seed) => pseudonym(seed));
  const others = Array.from({ length: 5_000 }, (_, seed) => pseudonym(-seed - 1));
  const set = new PseudonymSet(members);

  it('contains its members, at any offset, and nothing else', () => {
    const bytes = Buffer.from(`?${members.join('')}${others.join('')}`);
    const offsetOf = (one: number) => 1 + one * PSEUDONYM_CHARACTERS;
    members.forEach((member, index) => {
      expect(pseudonymAt(bytes, offsetOf(index))).toBe(member);
      expect(set.has(bytes, offsetOf(index))).toBe(true);
    });
    expect(others.some((_, index) => set.has(bytes, offsetOf(members.length + index)))).toBe(false);
  });

  it('distinguishes pseudonyms with the same first digits', () => {
    const near = members[0]!.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    expect(set.has(Buffer.from(near), 0)).toBe(false);
    expect(new PseudonymSet([]).has(Buffer.from(near), 0)).toBe(false);
  });
});

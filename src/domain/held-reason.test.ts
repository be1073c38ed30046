/** Reasons why a row or a person is held: their order, and sets of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUILT_IN_REASONS,
  type DeclaredType,
  type DeclaredTypeName,
  type HeldReason,
  heldWords,
  isExempt,
  isExemptible,
  isReservedName,
  MOST_DECLARED_TYPES,
  type ReasonName,
  ReasonSets,
  reasonNamed,
  reasonsInOrder,
} from './held-reason.ts';

const declaredType = (name: string, scope: DeclaredType['scope']): DeclaredType => ({
  name: name as DeclaredTypeName,
  scope,
  description: `opt-out ${name}`,
});
const namesOf = (reasons: readonly HeldReason[]) => reasons.map(({ name }) => name);

describe('the order of reasons', () => {
  it('is by default that in which a run meets them', () => {
    expect(namesOf(reasonsInOrder([], []))).toEqual([
      'type-1',
      'practice-inactive',
      'practice-disabled',
      'left-practice',
      'patient-quarantined',
      'contradicted',
      'type-2',
      'national',
      'national-unanswered',
      'not-allowed',
      'spine-sensitive',
      'confidential',
      'vip',
      'test-patient',
      'unknown-number',
    ]);
  });

  it('has declared types after the built-in decisions of their scope, and what the file names at the front', () => {
    const types = [declaredType('trial', 'person'), declaredType('survey', 'gp-records')];
    const names = namesOf(reasonsInOrder(types, ['vip', 'trial' as DeclaredTypeName]));
    expect(names.slice(0, 5)).toEqual(['vip', 'trial', 'type-1', 'survey', 'practice-inactive']);
    expect(names).toHaveLength(BUILT_IN_REASONS.length + 2);
    expect(namesOf(reasonsInOrder(types, []))[11]).toBe('trial');
  });

  it('holds every reason once, whatever is moved', () => {
    const moves = fc.shuffledSubarray(namesOf(BUILT_IN_REASONS));
    fc.assert(
      fc.property(moves, (first) => {
        const names = namesOf(reasonsInOrder([], first));
        expect(names.slice(0, first.length)).toEqual(first);
        expect([...names].sort()).toEqual(namesOf(BUILT_IN_REASONS).sort());
        const others = (all: readonly ReasonName[]) => all.filter((name) => !first.includes(name));
        expect(others(names)).toEqual(others(namesOf(BUILT_IN_REASONS)));
      }),
    );
  });
});

describe('a set of reasons', () => {
  const types = Array.from({ length: MOST_DECLARED_TYPES }, (_, index) =>
    declaredType(`t${index}`, index % 2 === 0 ? 'person' : 'gp-records'),
  );

  it('has a first reason and lists all, as a plain list does, with as many types as may be declared', () => {
    const all = namesOf(reasonsInOrder(types, []));
    fc.assert(
      fc.property(fc.shuffledSubarray(all), fc.subarray(all), (first, chosen) => {
        const reasons = reasonsInOrder(types, first);
        const sets = new ReasonSets(reasons);
        const mask = chosen.reduce((sum, name) => sum | sets.maskOf(name), 0);
        const expected = namesOf(reasons).filter((name) => chosen.includes(name));
        expect(mask).toBeGreaterThanOrEqual(0);
        expect(namesOf(sets.reasonsIn(mask))).toEqual(expected);
        expect(sets.firstIn(mask)?.name ?? null).toBe(expected[0] ?? null);
        expect(sets.maskWhere(({ name }) => chosen.includes(name))).toBe(mask);
      }),
    );
  });

  it('does not take a reason that the pipeline has not', () => {
    const sets = new ReasonSets(reasonsInOrder([], []));
    expect(() => sets.maskOf('t0' as DeclaredTypeName)).toThrow('not one of the pipeline');
    expect(() => reasonsInOrder([], ['t0' as DeclaredTypeName])).toThrow('does not exist');
    expect(() => reasonsInOrder([...types, declaredType('more', 'person')], [])).toThrow('31 bits');
  });
});

describe('exemptions', () => {
  it('switch off decisions of people and allow lists, and nothing else', () => {
    expect(namesOf(BUILT_IN_REASONS.filter(isExemptible))).toEqual([
      'type-1',
      'type-2',
      'national',
      'not-allowed',
    ]);
    expect(reasonsInOrder([declaredType('trial', 'person')], []).filter(isExemptible)).toHaveLength(5);
  });

  it('of national opt-outs apply to numbers that the service did not answer for, too', () => {
    const exempt = [{ type: 'national', because: 'the law asks for it', basis: 'legal-duty' }] as const;
    expect(isExempt('national', exempt)).toBe(true);
    expect(isExempt('national-unanswered', exempt)).toBe(true);
    expect(isExempt('type-2', exempt)).toBe(false);
  });
});

describe('words', () => {
  it('are those of the reason, and name a declared type', () => {
    for (const { receipt, words } of BUILT_IN_REASONS) {
      if (receipt !== 'held-back') expect(heldWords(receipt)).toBe(words);
    }
    expect(heldWords('held-back')).toContain('no valid NHS number');
    expect(heldWords('opt-out/trial')).toBe('opt-out of the type trial');
  });

  it('of the pipeline file cannot be taken for those of another reason', () => {
    expect(['type-2', 'vip', 'allowed', 'trial'].map(isReservedName)).toEqual([true, true, true, false]);
    expect(reasonNamed(BUILT_IN_REASONS, 'vip')?.scope).toBe('person');
    expect(reasonNamed(BUILT_IN_REASONS, 'trial')).toBe(null);
  });
});

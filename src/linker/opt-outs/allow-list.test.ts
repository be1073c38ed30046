import { describe, expect, it } from 'vitest';
import type { Exemption, ReasonName } from '../../domain/held-reason.ts';
import { appliesAllowList, type DeclaredList } from '../../pipeline/pipeline.ts';
import { reasonIfNotAllowed } from './allow-list.ts';

const list = (answersFor: ReasonName | null) => ({ allow: true, answersFor }) as DeclaredList;
const without = (...types: ReasonName[]): Exemption[] =>
  types.map((type) => ({ type, because: 'people agreed', basis: 'consent' }));

describe('an allow-list', () => {
  it.each([
    ['national', [], true, 'national'],
    ['national', ['national'], false, null],
    // those who opted out nationally are held, whatever other lists have
    ['national', ['not-allowed'], true, 'national'],
    [null, ['not-allowed'], false, null],
    [null, ['national'], true, 'not-allowed'],
  ] as const)('that answers for %s, with %j switched off', (answersFor, off, applies, reason) => {
    const exempt = without(...off);
    expect(appliesAllowList(list(answersFor), exempt)).toBe(applies);
    expect(reasonIfNotAllowed({ national: null, lists: [list(answersFor)], exempt })).toBe(reason);
  });

  it('that is one of several holds for no reason that is switched off', () => {
    const lists = [list('national'), list('type-2'), list(null)];
    expect(reasonIfNotAllowed({ national: null, lists, exempt: [] })).toBe('not-allowed');
    expect(reasonIfNotAllowed({ national: null, lists, exempt: without('not-allowed') })).toBe('national');
  });
});

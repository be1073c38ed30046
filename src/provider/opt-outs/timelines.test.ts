import { expect, test } from 'vitest';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { optOutsInForceOn } from './timelines.ts';

const event = (type: OptOutEvent['type'], kind: OptOutEvent['kind'], date: string | null): OptOutEvent => ({
  type,
  kind,
  date,
});
const NOBODY = { 'type-1': [], 'type-2': [], national: [] };

test('events of the register and of every patient key of a person stand on one timeline', () => {
  const standing = optOutsInForceOn(
    '2026-04-01',
    [{ nhsNumber: 'ann', event: event('type-2', 'registered', '2020-01-01') }],
    [
      { patient: 'key 1', event: event('type-2', 'withdrawn', '2021-01-01') },
      { patient: 'key 2', event: event('type-1', 'registered', '2021-01-01') },
    ],
    new Map([
      ['key 1', 'ann'],
      ['key 2', 'ann'],
    ]),
  );
  expect(standing).toEqual({ nhsNumbers: { ...NOBODY, 'type-1': ['ann'] }, patients: NOBODY });
});

test('a patient of whom no NHS number is known has a timeline of its own', () => {
  const standing = optOutsInForceOn(
    '2026-04-01',
    [{ nhsNumber: 'ann', event: event('national', 'registered', null) }],
    [
      { patient: 'key 1', event: event('type-1', 'registered', null) },
      { patient: 'key 1', event: event('type-1', 'withdrawn', '2021-01-01') },
      { patient: 'key 2', event: event('type-2', 'registered', '2026-04-02') },
    ],
    new Map(),
  );
  expect(standing).toEqual({
    nhsNumbers: { ...NOBODY, national: ['ann'] },
    patients: { ...NOBODY, 'type-1': ['key 1'] },
  });
});

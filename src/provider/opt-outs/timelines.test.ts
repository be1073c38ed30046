import { expect, test } from 'vitest';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import type { TokenText } from '../../store/token-text.ts';
import { optOutsInForceOn } from './timelines.ts';

const ANN = 'ann' as TokenText;
const KEY_1 = 'key 1' as TokenText;
const KEY_2 = 'key 2' as TokenText;

const event = (type: OptOutEvent['type'], kind: OptOutEvent['kind'], date: string | null): OptOutEvent => ({
  type,
  kind,
  date,
});
const NOBODY = new Map();

test('events of the register and of every patient key of a person are on one timeline', () => {
  const inForce = optOutsInForceOn(
    '2026-04-01',
    [{ nhsNumber: ANN, event: event('type-2', 'registered', '2020-01-01') }],
    [
      { patient: KEY_1, event: event('type-2', 'withdrawn', '2021-01-01') },
      { patient: KEY_2, event: event('type-1', 'registered', '2021-01-01') },
    ],
    new Map([
      [KEY_1, ANN],
      [KEY_2, ANN],
    ]),
  );
  expect(inForce).toEqual({ nhsNumbers: new Map([['type-1', ['ann']]]), patients: NOBODY });
});

test('a patient of whom no NHS number is known has a timeline of its own', () => {
  const inForce = optOutsInForceOn(
    '2026-04-01',
    [{ nhsNumber: ANN, event: event('national', 'registered', null) }],
    [
      { patient: KEY_1, event: event('type-1', 'registered', null) },
      { patient: KEY_1, event: event('type-1', 'withdrawn', '2021-01-01') },
      { patient: KEY_2, event: event('type-2', 'registered', '2026-04-02') },
    ],
    new Map(),
  );
  expect(inForce).toEqual({
    nhsNumbers: new Map([['national', ['ann']]]),
    patients: new Map([['type-1', ['key 1']]]),
  });
});

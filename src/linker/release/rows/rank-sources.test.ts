/** What a stored value is released as is what the plain rule says. */
import { expect, test } from 'vitest';
import type { ReleaseRule } from '../../../domain/release-rule.ts';
import { coarsen } from '../../../oracle/coarsen.ts';
import { DayRanks } from './rank-sources.ts';
import { NO_VALUE } from './ranks.ts';
import { tableInMemory } from './test-rig/rows-in-memory.ts';
import { UsedTexts } from './used-texts.ts';

const DATES = ['2024-02-29', '1970-01-01', '1900-01-01', '0001-12-31', '9999-12-31', '2000-03-01', null];
const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

test.each<[string, ReleaseRule]>([
  ['date', { rule: 'keep' }],
  ['date', { rule: 'month' }],
  ['date', { rule: 'year' }],
  ['timestamp', { rule: 'month' }],
  ['timestamp', { rule: 'year' }],
])('a %s under %j', (type, rule) => {
  const stored = DATES.map((date) => {
    if (date === null) return null;
    return type === 'date' ? dayOf(date) : BigInt(dayOf(date)) * 86_400_000_000n + 86_399_999_999n;
  });
  const table = tableInMemory([{ name: 'seen', type: type as 'date' | 'timestamp', values: stored }], 3);
  const source = new DayRanks(table, 0, rule);
  const released = new Int32Array(DATES.length);
  for (let batch = 0; batch < table.batches; batch += 1) {
    const rows = Int32Array.from({ length: table.rowsOf(batch) }, (_, row) => row);
    source.read(batch, { rows, targets: rows.map((row) => batch * 3 + row) }, released);
  }
  const plain = DATES.map((date) => coarsen(date, rule));
  expect([...released]).toEqual(
    plain.map((value) => {
      if (value === null) return NO_VALUE;
      return rule.rule === 'year' ? value : dayOf(String(value));
    }),
  );
});

const TEXTS = ['Ab', 'A', 'é', '😀x', '\uff5e', "it's", '', 'constructor', 'A', null];

test.each<[ReleaseRule]>([
  [{ rule: 'keep' }],
  [{ rule: 'truncate', length: 1 }],
  [{ rule: 'map', map: { A: 'first', "it's": 'a "quote"' }, other: null }],
  [{ rule: 'map', map: { A: 'Ab', Ab: 'A' }, other: 'rest' }],
  [{ rule: 'map', map: {}, other: 'rest' }],
])('texts under %j, in the order of their bytes', (rule) => {
  const table = tableInMemory([{ name: 'ward', type: 'text', values: TEXTS }], TEXTS.length);
  const used = new UsedTexts(table, 0);
  used.read(0, new Int32Array(TEXTS.length));
  const { texts, rankOf } = used.under(rule);
  const released = TEXTS.map((text) => {
    if (text === null) return null;
    const rank = rankOf[table.columns[0]!.texts.indexOf(text)]!;
    return rank === NO_VALUE ? null : texts[rank]!;
  });
  expect(released).toEqual(TEXTS.map((text) => coarsen(text, rule)));
  expect(texts).toEqual(texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  expect(new Set(texts).size).toBe(texts.length);
});

test('a text that only rows left behind have is not among those released', () => {
  const table = tableInMemory([{ name: 'ward', type: 'text', values: ['a', 'b', 'c', null] }], 4);
  const used = new UsedTexts(table, 0);
  used.read(0, Int32Array.of(0, -1, 5, 0));
  expect(used.under({ rule: 'keep' }).texts).toEqual(['a', 'c']);
});

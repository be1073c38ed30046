import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowFaults } from '../extract/row-vector.ts';
import { columnSpec } from '../extract/test-rig/column-spec.ts';
import { TextPayloadColumn } from '../extract/text-column.ts';
import { StoredTexts } from './stored-texts.ts';

const SPEC = columnSpec('category', { name: 'ward', format: '' });

/** A row of a vector: its text, and whether it is stored. */
const row = fc.record({ text: fc.constantFrom('', 'a', 'b', 'c', 'd', 'e'), isStored: fc.boolean() });
const part = fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 4 });

it('of stored rows alone are in the dictionary of a part, in the order in which they are met, and counted over all parts', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const column = new TextPayloadColumn(SPEC, 1, null, 'visits');
      const texts = new StoredTexts(column);
      for (const vectors of parts) {
        texts.begin();
        for (const rows of vectors) {
          const faults = new RowFaults();
          for (const [index, { text }] of rows.entries()) column.readText(index, text, faults);
          const stored = rows.flatMap(({ isStored }, index) => (isStored ? [index] : []));
          texts.take(Uint16Array.from([...stored, 9, 9]), stored.length);
          const met = stored.map((index, i) =>
            rows[index]!.text === '' ? '' : texts.texts[texts.values[i]!],
          );
          expect(met).toEqual(stored.map((index) => rows[index]!.text));
        }
        const all = vectors.flat().filter(({ isStored, text }) => isStored && text !== '');
        expect(texts.texts).toEqual([...new Set(all.map(({ text }) => text))]);
      }
      const stored = parts.flat(2).filter(({ isStored, text }) => isStored && text !== '');
      const counts = new Map<string, number>();
      for (const { text } of stored) counts.set(text, (counts.get(text) ?? 0) + 1);
      expect(new Map(texts.counted())).toEqual(counts);
    }),
  );
});

it('are distinguished where there are more of them than there was memory for to begin with', () => {
  const column = new TextPayloadColumn(SPEC, 1, null, 'visits');
  const texts = new StoredTexts(column);
  texts.begin();
  const faults = new RowFaults();
  for (let index = 0; index < 5000; index += 1) {
    column.readText(0, `w${index}`, faults);
    texts.take(Uint16Array.of(0), 1);
  }
  expect(texts.texts).toEqual(Array.from({ length: 5000 }, (_, index) => `w${index}`));
  expect(texts.counted()).toEqual(texts.texts.map((text) => [text, 1]));
});

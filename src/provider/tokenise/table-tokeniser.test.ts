import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROW_FLAG } from '../../domain/row-flag.ts';
import { rowVector } from './test-rig/row-vector.ts';
import { FLAT, KEYED, oracle, tokeniser, tokens } from './test-rig/tokeniser.ts';
import { TokenSet } from './token-set.ts';

/** Keys that come again, of every length around the limits: 12 bytes are in a text's words, 55 in the kernel's slot. */
const keys = fc.array(
  fc.oneof(
    fc.constantFrom(
      'a',
      'P000000001',
      'exactly12byt',
      'thirteen bytes',
      'x'.repeat(55),
      'y'.repeat(56),
      'ß'.repeat(100),
    ),
    fc.string({ minLength: 1, maxLength: 70, unit: 'grapheme' }),
  ),
  { minLength: 1, maxLength: 300 },
);

describe('tokens of keys', () => {
  it('are what HMAC says, however often and in whatever order keys come again', () => {
    fc.assert(
      fc.property(fc.array(keys, { minLength: 1, maxLength: 4 }), (vectors) => {
        const one = tokeniser(KEYED);
        for (const values of vectors) {
          one.tokenise(
            rowVector(
              KEYED,
              values.map((id) => ({ keys: { id } })),
            ),
          );
          expect(tokens(one, 'subject', values.length)).toEqual(
            values.map((key) => oracle('patient-key/gp', key)),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are not made for faulty rows, which are counted and not kept', () => {
    const one = tokeniser(KEYED);
    one.tokenise(
      rowVector(KEYED, [{ keys: { id: 'a' } }, { fault: 3, keys: { id: 'b' } }, { keys: { id: 'c' } }]),
    );
    expect(tokens(one, 'subject', 3)).toEqual([
      oracle('patient-key/gp', 'a'),
      null,
      oracle('patient-key/gp', 'c'),
    ]);
    expect([...one.counts.faults]).toEqual([[3, 1]]);
    expect(one.counts).toMatchObject({ rowsIn: 3, rowsOut: 2 });
  });
});

describe('tokens of flat rows', () => {
  const rows = fc.array(
    fc.record({
      nhs: fc.constantFrom(0n, 607230002n, 9434765919n, 9876543210n),
      dob: fc.constantFrom(0, 19800101, 19800131),
      sex: fc.constantFrom(0, 1, 2),
      postcode: fc.constantFrom('', 'SW1A2AA', 'M11AE'),
      local: fc.constantFrom('', 'L1', 'a local id of more than twelve bytes'),
    }),
    { minLength: 1, maxLength: 200 },
  );

  it('follow the specification: subject, linking tokens once per subject, nothing of low entropy', () => {
    fc.assert(
      fc.property(rows, (values) => {
        const one = tokeniser(FLAT);
        const made = values.map(({ local, ...row }) => ({ ...row, keys: { provider: 'RB1', local } }));
        one.tokenise(rowVector(FLAT, made));
        const subject = tokens(one, 'subject', values.length);
        const nhs = tokens(one, 'nhs', values.length);
        const tuples = tokens(one, 'tuple', values.length);
        const { flags } = one;
        const seen = new Set<string>();
        for (const [row, value] of values.entries()) {
          const digits = value.nhs === 0n ? '' : String(value.nhs).padStart(10, '0');
          const iso = value.dob === 0 ? '' : String(value.dob).replace(/(....)(..)(..)/, '$1-$2-$3');
          const sex = value.sex === 0 ? '' : String(value.sex);
          const isWhole = iso !== '' && sex !== '' && value.postcode !== '';
          const tuple = `${digits}|${iso}|${sex}|${value.postcode}`;
          const expected =
            digits !== '' || isWhole
              ? oracle('demographics', tuple)
              : value.local === ''
                ? null
                : oracle('local-patient-id', `RB1|${value.local}`);
          expect(subject[row]).toBe(expected);
          const isFirst = expected !== null && !seen.has(expected);
          if (expected !== null) seen.add(expected);
          expect((flags[row]! & ROW_FLAG.first) !== 0).toBe(isFirst);
          expect(nhs[row]).toBe(isFirst && digits !== '' ? oracle('nhs-number', digits) : null);
          const composite = `${sex}|${iso}|${value.postcode}`;
          expect(tuples[row]).toBe(
            isFirst && isWhole ? oracle('sex|date-of-birth|postcode', composite) : null,
          );
          if (isFirst && isWhole) {
            expect((flags[row]! & ROW_FLAG.firstOfJanuary) !== 0).toBe(value.dob === 19800101);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('small sets', () => {
  const token = fc.uint8Array({ minLength: 16, maxLength: 16 });

  it('of tokens hold what was added, through growth, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(token, { maxLength: 300 }),
        fc.array(token, { maxLength: 20 }),
        (added, others) => {
          const set = new TokenSet(2);
          for (const one of added) set.addBytes(one);
          const texts = new Set(added.map((one) => Buffer.from(one).toString('hex')));
          expect(set.size).toBe(texts.size);
          for (const one of [...added, ...others]) {
            expect(set.hasBytes(one)).toBe(texts.has(Buffer.from(one).toString('hex')));
          }
        },
      ),
    );
  });
});

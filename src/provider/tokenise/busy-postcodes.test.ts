import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BusyPostcodes } from './busy-postcodes.ts';
import { oracle } from './test-rig/tokeniser.ts';
import { TokenColumn } from './token-column.ts';

/** A patient's tuple: who, and where. Its token is made of both. */
type Tuple = readonly [who: number, postcode: string];

const tupleArbitrary = fc.tuple(fc.nat(40), fc.constantFrom('A1', 'B2', 'C3', 'D4', 'E5', 'F6'));

/** Halves of a tuple's token, as text. */
function tokenOf([who, postcode]: Tuple): string {
  const bytes = Buffer.from(oracle('sex|date-of-birth|postcode', `${who}|${postcode}`), 'hex');
  return `${bytes.readBigInt64LE(0)},${bytes.readBigInt64LE(8)}`;
}

function countAll(tuples: readonly Tuple[]): BusyPostcodes {
  const busy = new BusyPostcodes();
  const column = new TokenColumn();
  for (const tuple of tuples) {
    const [a, b] = tokenOf(tuple).split(',').map(BigInt);
    const halves = new BigInt64Array([a!, b!]);
    const words = new Uint32Array(halves.buffer);
    column.aWords.set(words.subarray(0, 2), 6);
    column.bWords.set(words.subarray(2, 4), 6);
    busy.count(column, 3, () => tuple[1]);
  }
  return busy;
}

const tuplesOf = (busy: BusyPostcodes, share: number) =>
  busy
    .tuplesOfBusiest(share)
    .map(([a, b]) => `${a},${b}`)
    .sort();

/** Postcodes are taken from the busiest down, equals together, while they are no more than the share. */
function busiestPlainly(tuples: readonly Tuple[], share: number): string[] {
  const postcodes = [...new Set(tuples.map(([, postcode]) => postcode))];
  const patients = (postcode: string) =>
    new Set(tuples.filter((one) => one[1] === postcode).map(([who]) => who)).size;
  const chosen = postcodes.filter(
    (one) => postcodes.filter((other) => patients(other) >= patients(one)).length <= postcodes.length * share,
  );
  const tokens = tuples.filter(([, postcode]) => chosen.includes(postcode)).map(tokenOf);
  return [...new Set(tokens)].sort();
}

describe('the busiest postcodes', () => {
  test('are those of most distinct patients, whatever the order in which they come', () => {
    fc.assert(
      fc.property(
        fc.array(tupleArbitrary, { maxLength: 60 }),
        fc.constantFrom(0, 0.01, 0.2, 0.34, 0.5, 1),
        (tuples, share) => {
          const expected = busiestPlainly(tuples, share);
          expect(tuplesOf(countAll(tuples), share)).toEqual(expected);
          expect(tuplesOf(countAll(tuples.toReversed()), share)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('are distinguished in a large source, and forgotten when it is done', () => {
    const crowded: Tuple[] = Array.from({ length: 60_000 }, (_, who) => [who, 'HOSTEL']);
    const others: Tuple[] = Array.from({ length: 20_000 }, (_, who) => [who, `P${who >> 1}`]);
    const busy = countAll([...others, ...crowded]);
    expect(tuplesOf(busy, 0.0001)).toHaveLength(60_000);
    expect(tuplesOf(busy, 0.00009)).toEqual([]);
    busy.clear();
    expect(tuplesOf(busy, 1)).toEqual([]);
  });
});

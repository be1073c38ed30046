/** Counts by reason, compared with counting one person and one row after another. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type DeclaredType,
  type DeclaredTypeName,
  type ReasonName,
  ReasonSets,
  reasonsInOrder,
} from '../../domain/held-reason.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { effectOf, whatIf } from './effect.ts';
import { countHeld, heldInAll } from './held-persons.ts';
import { droppedRows } from './rows-left-out.ts';

const TYPES: readonly DeclaredType[] = [
  { name: 'research' as DeclaredTypeName, scope: 'person', description: 'no research' },
];
const NAMES = reasonsInOrder(TYPES, []).map(({ name }) => name);

/** A person by the names of its reasons, with its rows: for each, whether a GP has it and whether it has a sensitive code. */
const person = fc.record({
  reasons: fc.subarray(NAMES, { maxLength: 4 }),
  ofGp: fc.subarray(['type-1'] as ReasonName[]),
  rows: fc.array(fc.record({ isGp: fc.boolean(), isSensitive: fc.boolean() }), { maxLength: 3 }),
});

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

test('persons and rows by reason are what counting each one gives, in any order of reasons', () => {
  fc.assert(
    fc.property(
      fc.array(person, { maxLength: 40 }),
      fc.shuffledSubarray(NAMES),
      fc.nat(50),
      (people, first, above) => {
        const reasons = reasonsInOrder(TYPES, first);
        const sets = new ReasonSets(reasons);
        const order = reasons.map(({ name }) => name);
        const inOrder = (names: readonly ReasonName[]) => order.filter((name) => names.includes(name));
        const maskOf = (names: readonly ReasonName[]) =>
          names.reduce((mask, name) => mask | sets.maskOf(name), 0);

        const decided = people.map((one) => ({
          mask: maskOf(one.reasons),
          gpMask: maskOf(one.ofGp),
          persons: 1,
        }));
        const counted = countHeld(decided, reasons);
        const held = people.map((one) => inOrder(one.reasons)).filter((names) => names.length > 0);
        expect(counted).toEqual({
          first: tally(held.map((names) => names[0]!)),
          any: tally(held.flat()),
          alone: tally(held.filter((names) => names.length === 1).flat()),
          combinations: tally(held.map((names) => names.join('+'))),
          gpRecords: tally(people.flatMap((one) => (one.reasons.length === 0 ? one.ofGp : []))),
        });
        expect(heldInAll(counted)).toBe(held.length);

        const rows = people.flatMap((one) =>
          one.rows.map((row) => ({
            ...row,
            names: inOrder(row.isGp ? [...one.reasons, ...one.ofGp] : one.reasons),
          })),
        );
        const ofReason = (isMeant: (row: (typeof rows)[number], name: ReasonName) => boolean) =>
          order.map((name) => rows.filter((row) => isMeant(row, name)).length);
        const leftOut = {
          held: ofReason(({ names }, name) => names[0] === name),
          alone: ofReason(
            ({ names, isSensitive }, name) => names[0] === name && names.length === 1 && !isSensitive,
          ),
          sensitive: rows.filter(({ names, isSensitive }) => names.length === 0 && isSensitive).length,
          unknown: 2,
          orphaned: 1,
        };
        const dropped = droppedRows(leftOut, reasons);
        const sum = Object.values(dropped).reduce((all, count) => all + count, 0);
        const isReleased = ({ names, isSensitive }: (typeof rows)[number]) =>
          names.length === 0 && !isSensitive;
        expect(sum).toBe(rows.filter((row) => !isReleased(row)).length + 3);

        const receipts: readonly Receipt[] = [
          {
            stage: 'tokenise',
            source: 'gp',
            table: 'events',
            rowsIn: rows.length + above + 3,
            rowsOut: rows.length + 3,
            dropped: { 'type-1-opt-out': above, quarantined: 0 },
          },
        ];
        const all = { persons: counted, receipts, rows: new Map([['events', leftOut]]) };
        const { rows: byTable } = effectOf(all, reasons);
        const expected = tally([
          ...rows.flatMap(({ names }) => names.slice(0, 1)),
          ...Array.from({ length: above }, () => 'type-1'),
          'unknown-number',
          'unknown-number',
        ]);
        expect(byTable).toEqual({ events: expected });

        // without one reason, and no other, everything is released that it alone holds
        for (const one of whatIf(all, reasons)) {
          const others = (names: readonly string[]) => names.filter((name) => name !== one.reason);
          const released = people.filter(
            ({ reasons: names }) => names.length > 0 && others(names).length === 0,
          ).length;
          expect(one.persons).toBe(released);
          const more = rows.filter(
            (row) =>
              !isReleased(row) && others(row.names).length === 0 && row.names.length > 0 && !row.isSensitive,
          ).length;
          expect(one.rows['events'] ?? 0).toBe(more);
          expect(one.rowsAtMost['events'] ?? 0).toBe(one.reason === 'type-1' ? above : 0);
        }
        const heldAnything = new Set([
          ...held.flat(),
          ...rows.flatMap(({ names }) => names.slice(0, 1)),
          ...(above > 0 ? ['type-1'] : []),
        ]);
        expect(whatIf(all, reasons).map(({ reason }) => reason)).toEqual(
          order.filter((name) => heldAnything.has(name)),
        );
      },
    ),
    { numRuns: 300 },
  );
});

/** Numbers of subjects and tokens show only which are equal: persons do not depend on which number each of them has. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ladder } from '../../domain/match-rank.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { table } from '../../sql/sql.ts';
import { AUDITED, linkages } from '../audit/test-rig/linkages.ts';
import { type Linkage, openLinked } from '../audit/test-rig/linked-tables.ts';
import { withTokens } from './token-sql.ts';

/** Linkages for each ladder; TALLYSTICK_COMPARISON_RUNS asks for more. */
const RUNS = Number(process.env['TALLYSTICK_COMPARISON_RUNS'] ?? 12);

/** Everybody's person by tokens, in one order, and the numbers behind it. */
async function persons(
  engine: DuckDbEngine,
): Promise<{ readonly linked: string[]; readonly numbers: string[] }> {
  const of = withTokens(table('subject_persons'), ['subject', 'anchor']);
  const rows = await engine.query(
    `SELECT s.source, s.subject_a::VARCHAR AS a, s.subject_b::VARCHAR AS b, t.a::VARCHAR AS person_a, t.b::VARCHAR AS person_b,
  p.match_rank, p.is_tied, p.is_contradicted, p.subject, p.anchor
FROM subject_persons AS p
JOIN subjects AS s ON p.subject = s.subject
JOIN (${of.text}) AS t ON p.subject = t.subject`,
    'reading persons',
  );
  const text = (names: readonly string[]) =>
    rows.map((row) => names.map((name) => row[name]).join(' ')).sort();
  const subject = ['source', 'a', 'b'];
  return {
    linked: text([...subject, 'person_a', 'person_b', 'match_rank', 'is_tied', 'is_contradicted']),
    numbers: text([...subject, 'subject', 'anchor']),
  };
}

async function link(linkage: Linkage, ladder: Ladder, numberedBefore: readonly string[]) {
  const engine = await openLinked(linkage, ladder, 1, numberedBefore);
  try {
    return await persons(engine);
  } finally {
    engine.close();
  }
}

test.each(Object.entries(AUDITED))('by %s, other numbers give the same persons', async (_, ladder) => {
  let relabelled = 0;
  const numbered = fc.shuffledSubarray([
    '1',
    '2',
    '3',
    '4',
    '5',
    '1|1980-05-17|A',
    'X1',
    'nobody',
    'k s0',
    'k s1',
  ]);
  await fc.assert(
    fc.asyncProperty(linkages([null]), numbered, async (linkage, numberedBefore) => {
      const first = await link(linkage, ladder, []);
      const other = { ...linkage, subjects: linkage.subjects.toReversed() };
      const again = await link(other, ladder, numberedBefore);
      expect(again.linked).toEqual(first.linked);
      if (again.numbers.join() !== first.numbers.join()) relabelled += 1;
    }),
    { numRuns: RUNS },
  );
  expect(relabelled).toBeGreaterThan(RUNS / 2);
});

/** The order of released rows reveals nothing that the rows do not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make('order');
});
afterEach(() => folder.remove());

/** The bytes that are released of stays on these days of March, each in its ward, of which only the month is released. */
async function releasedBytes(days: readonly number[], rule: string | null): Promise<Buffer> {
  const lines = days.map(
    (day, index) => `${NHS_NUMBERS[0]},ward ${index % 3},${String(day).padStart(2, '0')}/03/2026`,
  );
  folder.put('stays.csv', `nhs,ward,seen\n${lines.join('\n')}\n`);
  const { result } = await folder.publish(
    flatPipeline({
      date: 'seen',
      columns: { ward: { role: 'category' }, seen: { role: 'date' } },
      release: { ward: 'keep', ...(rule === null ? {} : { seen: rule }) },
    }),
  );
  const whole = readFileSync(join(result.release, 'stays.arrow'));
  return Buffer.from(whole.toString('latin1').replaceAll(result.runId, 'run'), 'latin1');
}

test.each([['month'], ['year'], [null]])(
  'days within what is released of the date (%s) change nothing',
  async (rule) => {
    const day = fc.integer({ min: 1, max: 31 });
    const nights = fc.array(fc.tuple(day, day), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(nights, async (pairs) => {
        const [one, other] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        expect(await releasedBytes(one, rule)).toEqual(await releasedBytes(other, rule));
      }),
      { numRuns: 3 },
    );
  },
);

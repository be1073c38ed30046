/** A release rule that is not carried out is found in the written file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';

vi.mock('../../domain/text-under-rule.ts', () => ({ textUnderRule: (text: string) => text }));
vi.mock('../../domain/day-number.ts', async (original) => ({
  ...(await original<typeof import('../../domain/day-number.ts')>()),
  monthOfDay: (day: number) => day,
}));

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

test('the run is refused, with file and column, and nothing is published', async () => {
  folder.put('stays.csv', `nhs,ward,seen\n${NHS_NUMBERS[0]},Ward 7,17/03/2026\n`);
  const pipeline = flatPipeline({
    columns: { ward: { role: 'category' }, seen: { role: 'date' } },
    release: { ward: { rule: 'truncate', length: 4 }, seen: 'month' },
    date: 'seen',
  });
  const message = await folder.refusal(pipeline);
  expect(message).toMatch(/^exit 1: /);
  expect(message).toContain('stays.arrow:ward: rule check: 1 value is impossible');
  expect(message).toContain('stays.arrow:seen: rule check: 1 value is impossible');
  expect(message).not.toContain('Ward 7');
  expect(existsSync(join(folder.out, 'tiny', 'latest'))).toBe(false);
});

/** A sensitive code that the release does not leave out, and that its own check does not find, is found in the written file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';

vi.mock('../de-identify/sensitive-texts.ts', () => ({
  sensitiveTexts: (_system: string, texts: readonly string[]) => new Uint8Array(texts.length),
}));
vi.mock('../release/rows/exclusion-check.ts', async (original) => ({
  ...(await original<object>()),
  codeColumn: (_table: unknown, column: number) => ({ column, sensitive: new Set() }),
}));

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

const SENSITIVE = 'system,code,match,reason\nicd-10,B20,prefix,HIV\nread-v2,C10E.,exact,example\n';

async function refusal(system: string, code: string, rule: unknown): Promise<string> {
  folder.put('sensitive.csv', SENSITIVE);
  folder.put('stays.csv', `nhs,diagnosis,seen\n${NHS_NUMBERS[0]},${code},17/03/2026\n`);
  return folder.refusal(
    flatPipeline({
      columns: { diagnosis: { role: 'code', system }, seen: { role: 'date' } },
      release: { diagnosis: rule, seen: 'month' },
      date: 'seen',
      sensitiveCodes: 'sensitive.csv',
    }),
  );
}

test.each([
  ['icd-10', 'B20.1', 'keep'],
  ['icd-10', 'B201', { rule: 'truncate', length: 3 }],
  ['read-v2', 'C10E.', 'keep'],
  ['read-v2', '9Nu0.', 'keep'],
])('a released %s code %s under %j stops the run, and is not shown', async (system, code, rule) => {
  const message = await refusal(system, code, rule);
  expect(message).toMatch(/^exit 1: /);
  expect(message).toContain(
    'stays.arrow:diagnosis: code check: 1 code is one whose records are never released',
  );
  expect(message).not.toContain(code);
  expect(existsSync(join(folder.out, 'tiny', 'latest'))).toBe(false);
});

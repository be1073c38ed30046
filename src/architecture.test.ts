/** The rules of .dependency-cruiser.mjs refuse what they are there for: each crossing is planted in a small tree of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type IConfiguration } from 'dependency-cruiser';
import { afterEach, expect, test } from 'vitest';

const RULES = String(new URL('../.dependency-cruiser.mjs', import.meta.url));
const { default: config } = (await import(RULES)) as { default: IConfiguration };

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Names of the rules that a tree breaks.
 *
 * @param imports of each file, what it imports; a type alone where `type ` is in front
 */
async function brokenRules(imports: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-tree-'));
  for (const [file, imported] of Object.entries(imports)) {
    const depth = '../'.repeat(file.split('/').length - 1);
    const lines = imported.map((one, index) =>
      one.startsWith('type ')
        ? `import type { T as T${index} } from '${depth}${one.slice(5)}';\nexport type U${index} = T${index};`
        : `import { a as a${index} } from '${depth}${one}';\nexport const b${index} = a${index};`,
    );
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(
      join(folder, file),
      [...lines, 'export const a = 1;', 'export type T = number;', ''].join('\n'),
    );
  }
  const { options, ...ruleSet } = config;
  const { tsConfig: _, ...rest } = options!;
  const { output } = await cruise(['src'], {
    ...rest,
    ruleSet,
    validate: true,
    baseDir: folder,
    outputType: 'json',
  });
  const { summary } = JSON.parse(output as string) as {
    summary: { violations: { rule: { name: string } }[] };
  };
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

const REFUSED: readonly [crossing: string, rule: string, imports: Record<string, readonly string[]>][] = [
  [
    'what erases a person imports the linker',
    'erase-links-nobody',
    { 'src/erase/a.ts': ['src/linker/b.ts'], 'src/linker/b.ts': [] },
  ],
  [
    'the linker imports the provider',
    'linker-never-reaches-provider',
    { 'src/linker/a.ts': ['src/provider/b.ts'], 'src/provider/b.ts': [] },
  ],
  [
    'the provider imports the linker',
    'provider-never-reaches-linker',
    { 'src/provider/a.ts': ['src/linker/b.ts'], 'src/linker/b.ts': [] },
  ],
  [
    'the linker imports a type of the provider',
    'linker-never-reaches-provider',
    { 'src/linker/a.ts': ['type src/provider/b.ts'], 'src/provider/b.ts': [] },
  ],
  [
    'the linker reaches the provider by way of two other files',
    'linker-never-reaches-provider',
    {
      'src/linker/release/a.ts': ['src/store/b.ts'],
      'src/store/b.ts': ['type src/write/c.ts'],
      'src/write/c.ts': ['src/provider/d.ts'],
      'src/provider/d.ts': [],
    },
  ],
  [
    'the provider reaches the linker by way of a run',
    'provider-never-reaches-linker',
    {
      'src/provider/a.ts': ['type src/run/b.ts'],
      'src/run/b.ts': ['src/linker/c.ts'],
      'src/linker/c.ts': [],
    },
  ],
  [
    'the process of the linker reaches the provider by way of another file of run/',
    'process-of-the-linker',
    {
      'src/run/run-pipeline.ts': ['src/run/provide-store.ts'],
      'src/run/provide-store.ts': ['src/provider/a.ts'],
      'src/provider/a.ts': [],
    },
  ],
  [
    'the process of the provider names a type of the linker',
    'process-of-the-provider',
    { 'src/run/provider-process.ts': ['type src/linker/a.ts'], 'src/linker/a.ts': [] },
  ],
  [
    'the program imports the oracle',
    'nothing-reaches-the-oracle',
    { 'src/cli/a.ts': ['type src/oracle/b.ts'], 'src/oracle/b.ts': [] },
  ],
  [
    'the store imports a program',
    'shared-by-both-programs',
    { 'src/store/a.ts': ['src/provider/b.ts'], 'src/provider/b.ts': [] },
  ],
  [
    'what is kept about choices knows a pipeline',
    'governance-rests-on-few',
    { 'src/governance/log/a.ts': ['type src/pipeline/b.ts'], 'src/pipeline/b.ts': [] },
  ],
];

test.each(REFUSED)('%s: %s', async (_, rule, imports) => {
  expect(await brokenRules(imports)).toContain(rule);
});

test('two programs that share the store and nothing else break no rule', async () => {
  expect(
    await brokenRules({
      'src/cli/main.ts': ['src/run/run.ts'],
      'src/run/run.ts': ['src/provider/a.ts', 'src/linker/b.ts'],
      'src/run/run-pipeline.ts': ['type src/run/channel.ts', 'src/linker/b.ts'],
      'src/run/channel.ts': ['src/store/c.ts'],
      'src/run/provider-process.ts': ['type src/run/channel.ts', 'src/provider/a.ts'],
      'src/provider/a.ts': ['src/store/c.ts'],
      'src/linker/b.ts': ['type src/store/c.ts'],
      'src/store/c.ts': [],
    }),
  ).toEqual([]);
});

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedCount } from '../../domain/small-number.ts';
import { makeBench, namesIn, PIPELINE, RUN_DATE, tallystick } from '../test-rig/tallystick.ts';

const bench = makeBench();
const main = resolve('dist/cli/main.js');
afterAll(() => bench.remove());

/** Every number of a JSON value, with the key it is under. */
function numbersOf(value: unknown, key = ''): { key: string; number: number }[] {
  if (typeof value === 'number') return [{ key, number: value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, one]) => numbersOf(one, Array.isArray(value) ? key : name));
}

describe('the release of a run', () => {
  const latest = bench.path('out', 'nightly', 'latest');
  const jsonOf = (file: string) => JSON.parse(readFileSync(join(latest, file), 'utf8'));
  beforeAll(async () => {
    const args = ['run', PIPELINE, '--quiet', '--run-date', RUN_DATE, '--out', bench.path('out')];
    expect((await tallystick(args, bench.variables)).code).toBe(0);
  });

  it('has the tables and documents; the operator folder has the rest', () => {
    expect(readdirSync(join(latest, 'release')).filter((name) => !name.endsWith('.arrow'))).toEqual([
      'data-dictionary.json',
      'data-dictionary.md',
      'linkage-statement.md',
      'manifest.json',
    ]);
    expect(readdirSync(join(latest, 'operator'))).toEqual(['quarantine.csv', 'receipts.json']);
    expect(Object.keys(jsonOf('release/manifest.json'))).toEqual([
      'formatVersion',
      'tool',
      'run',
      'agreement',
      'keyIds',
      'rulesVersion',
      'optOuts',
      'outputs',
      'papers',
      'gates',
    ]);
  });

  it('has no exact count in its manifest or data dictionary', () => {
    const manifest = jsonOf('release/manifest.json');
    const keys = new Set(numbersOf(manifest).map(({ key }) => key));
    expect([...keys].sort()).toEqual(['bytes', 'files', 'formatVersion', 'persons', 'violations']);
    expect(manifest.optOuts.proof.files).toBe(manifest.outputs.length);
    expect(publishedCount(manifest.optOuts.proof.persons)).toBe(manifest.optOuts.proof.persons);
    const { tables } = jsonOf('release/data-dictionary.json');
    const counts = numbersOf(tables);
    expect(counts.length).toBeGreaterThan(10);
    for (const { number } of counts) expect(publishedCount(number)).toBe(number);

    const rows = new Map<string, number>(
      jsonOf('operator/receipts.json').outputs.map(({ table, rows }: { table: string; rows: number }) => [
        table,
        rows,
      ]),
    );
    const exact = [...rows.values()].filter((one) => one !== publishedCount(one));
    expect(exact).not.toEqual([]); // or the papers below could not give one away
    for (const paper of ['data-dictionary.md', 'linkage-statement.md']) {
      const text = readFileSync(join(latest, 'release', paper), 'utf8').replaceAll(',', '');
      for (const one of exact) expect(text).not.toMatch(new RegExp(`\\b${one}\\b`));
    }
    for (const { name, rows: shown } of tables) expect(shown).toBe(publishedCount(rows.get(name)!));
  });
});

describe('modes', () => {
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  const octal = (mode: number) => mode.toString(8).padStart(4, '0');
  const keepMap = () => {
    const text = readFileSync(PIPELINE, 'utf8').replace(
      'link: { ranks: two-step }',
      'link: { ranks: two-step, keepMap: true }',
    );
    expect(text).toContain('keepMap: true');
    return text.replace(
      /: (sensitive-codes\.csv|canaries\.txt)/g,
      (_, name) => `: ${resolve('pipelines', name)}`,
    );
  };
  const under = (umask: string, ...args: string[]) =>
    execFileSync('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, main, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...bench.variables, TALLYSTICK_DATA: resolve('fixtures') },
      stdio: 'pipe',
    });

  it.each(['000', '022', '027', '077'])('are never wider than the umask, with %s', async (umask) => {
    const { writeFileSync } = await import('node:fs');
    const pipeline = bench.path('keep-map.yaml');
    writeFileSync(pipeline, keepMap());
    const out = bench.path(`out-${umask}`);
    const store = bench.path(`stores-${umask}`, 'store');
    under(umask, 'run', pipeline, '--quiet', '--run-date', RUN_DATE, '--out', out);
    under(umask, 'tokenise', pipeline, '--quiet', '--run-date', RUN_DATE, '--store', store);

    const left = 0o777 & ~Number.parseInt(umask, 8);
    const of = (limit: number) => octal(limit & left);
    const nightly = join(out, 'nightly');
    const latest = join(nightly, 'latest');
    expect(octal(modeOf(nightly))).toBe(of(0o755));
    expect(octal(modeOf(latest))).toBe(of(0o750));
    expect(octal(modeOf(join(latest, 'release')))).toBe(of(0o750));
    for (const file of readdirSync(join(latest, 'release'))) {
      expect(octal(modeOf(join(latest, 'release', file))), file).toBe(of(0o644));
    }
    for (const folder of [join(latest, 'operator'), join(nightly, 'links'), store]) {
      expect(octal(modeOf(folder)), folder).toBe(of(0o700));
      const files = readdirSync(folder);
      expect(files).not.toEqual([]);
      for (const file of files) expect(octal(modeOf(join(folder, file))), file).toBe(of(0o600));
    }
    for (const top of [out, bench.path(`stores-${umask}`)]) {
      for (const name of ['', ...namesIn(top)]) {
        const stat = statSync(join(top, name));
        expect(octal(stat.mode & 0o022), name).toBe('0000'); // nothing that others can write to
        expect(octal(stat.mode & 0o777 & ~left), name).toBe('0000');
      }
    }
  });
});

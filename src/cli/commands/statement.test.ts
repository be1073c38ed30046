import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HIGHEST_GRADE, type Readability, textOf } from '../../report/public/readability.ts';
import { SHIPPED_TEMPLATE } from '../../report/public/shipped-template.ts';
import { readRows } from '../../run/test-rig/read-rows.ts';
import { countRows } from '../../write/count-rows.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import { callTallystick } from '../test-rig/call-tallystick.ts';
import { errorOf, makeBench, objectOf, PIPELINE, RUN_DATE } from '../test-rig/tallystick.ts';

/** The page of the fixtures, for anybody to open. */
const GOLDEN = resolve('fixtures/public-statement/nightly.html');
const bench = makeBench();
const runs = bench.path('out', 'nightly');
const OWN = [
  ...['--organisation', 'Netherby Health Partnership'],
  ...['--contact', 'Ring us on 0300 000 0000, or ask at your GP practice.'],
];

const statement = (...more: string[]) =>
  callTallystick(['statement', '--public', PIPELINE, '--runs', runs, ...OWN, ...more], bench.variables);

beforeAll(async () => {
  for (const date of [RUN_DATE, '2026-04-02']) {
    const args = ['run', PIPELINE, '--quiet', '--run-date', date, '--out', bench.path('out')];
    expect((await callTallystick(args, bench.variables)).code).toBe(0);
  }
});
afterAll(() => bench.remove());

describe('tallystick statement --public', () => {
  it('writes the page in fixtures/public-statement', async () => {
    const out = bench.path('page.html');
    const ended = await statement('--out', out);
    expect(ended.code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(GOLDEN, 'utf8'));
    expect(statSync(out).mode & 0o777).toBe(0o644 & ~process.umask());
    expect(readdirSync(bench.path()).filter((name) => name.includes('.next-'))).toEqual([]);
    expect((await statement()).stdout).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('reads no file of the operator', async () => {
    const copy = bench.path('releases');
    cpSync(runs, copy, { recursive: true });
    for (const name of readdirSync(copy).filter((one) => one.startsWith('2026'))) {
      rmSync(join(copy, name, 'operator'), { recursive: true, force: true });
    }
    rmSync(join(copy, 'baseline.json'));
    const ended = await callTallystick(
      ['statement', '--public', PIPELINE, '--runs', copy, ...OWN],
      bench.variables,
    );
    expect(ended.stdout).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('has no NHS number, no pseudonym, no run id and no exact count', async () => {
    const page = (await statement()).stdout;
    const run = join(runs, 'latest');
    const { receipts, outputs } = JSON.parse(
      readFileSync(join(run, 'operator', 'receipts.json'), 'utf8'),
    ) as OperatorRecord;
    const numbers = readFileSync(resolve('fixtures/gp/patients.csv'), 'utf8').match(/\b\d{10}\b/g)!;
    expect(numbers.length).toBeGreaterThan(1000);
    for (const number of numbers) expect(page).not.toContain(number);
    const pseudonyms = (await readRows(join(run, 'release', 'persons.arrow'))).map(({ person }) =>
      String(person),
    );
    expect(pseudonyms.length).toBeGreaterThan(1000);
    for (const pseudonym of pseudonyms) expect(page).not.toContain(pseudonym);
    for (const name of readdirSync(runs).filter((one) => one.startsWith('2026')))
      expect(page).not.toContain(name);
    const counts = [
      ...outputs.map(({ rows }) => rows),
      ...receipts.rows.flatMap(({ rowsIn, rowsOut, dropped }) => [
        rowsIn,
        rowsOut,
        ...Object.values(dropped),
      ]),
      receipts.persons.released,
    ].filter((count) => count > 9);
    const words = new Set(
      textOf(page)
        .match(/[\d,]*\d/g)!
        .map((word) => word.replaceAll(',', '')),
    );
    const shown = counts.filter((count) => words.has(String(count)));
    expect(shown).toEqual([]);
    expect(words.has('1000')).toBe(true);
  });

  it('says how hard a page is, and fails for one that is too hard', async () => {
    const easy = await statement('--check', '--json');
    expect(easy.code).toBe(0);
    const { readability } = objectOf<{ readability: Readability }>(easy);
    expect(readability.grade).toBeLessThanOrEqual(HIGHEST_GRADE);
    const hard = bench.path('hard.html');
    const sentence =
      '<p>Notwithstanding organisational considerations, pseudonymised administrative information facilitates multidisciplinary epidemiological investigation.</p>';
    writeFileSync(hard, SHIPPED_TEMPLATE.replace('</main>', `${sentence.repeat(60)}</main>`));
    const ended = await statement('--template', hard, '--check', '--json');
    expect(ended.code).toBe(1);
    expect(errorOf(ended).problems[0]?.message).toContain('which is hard to read');
    expect((await statement('--template', hard)).stderr).toContain('which is hard to read');
  });

  it('takes the template of a site, and refuses one with a script', async () => {
    const template = bench.path('site.html');
    const printed = await callTallystick(['statement', '--print-template']);
    expect(printed.stdout).toBe(SHIPPED_TEMPLATE);
    writeFileSync(template, printed.stdout.replace('<h2>Ask us</h2>', '<h2>Ask the team</h2>'));
    expect((await statement('--template', template)).stdout).toContain('<h2>Ask the team</h2>');
    writeFileSync(template, printed.stdout.replace('<main>', '<main><script>1</script>'));
    const refused = await statement('--template', template, '--out', bench.path('never.html'));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/site\.html:\d+:\d+: the element script is not allowed/);
    expect(existsSync(bench.path('never.html'))).toBe(false);
  });

  it('refuses an NHS number in the name and the contact of a site, without printing it', async () => {
    const ended = await statement('--contact', 'Ask for 943 476 5919.');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('the contact holds what looks like a NHS number');
    expect(ended.stderr).not.toContain('5919');
    expect((await statement('--contact', 'Write to LS1 9TZ.')).code).toBe(0);
  });

  it('refuses the runs of another pipeline, and a command without its parts', async () => {
    expect((await callTallystick(['statement', PIPELINE], bench.variables)).code).toBe(2);
    const other = bench.path('other.yaml');
    writeFileSync(
      other,
      readFileSync(PIPELINE, 'utf8')
        .replace('name: nightly', 'name: weekly')
        .replaceAll('../fixtures', resolve('fixtures'))
        .replace(/^ {2}sensitiveCodes:.*\n/m, '')
        .replace(/^canaries:.*\n/m, ''),
    );
    const ended = await callTallystick(['statement', '--public', other, '--runs', runs], bench.variables);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('is not one of the pipeline weekly');
  });

  it('counts the rows of a table without reading them', async () => {
    const release = join(runs, 'latest', 'release');
    for (const file of readdirSync(release).filter((name) => name.endsWith('.arrow'))) {
      expect(await countRows(join(release, file))).toBe((await readRows(join(release, file))).length);
    }
    const cut = bench.path('cut.arrow');
    writeFileSync(cut, readFileSync(join(release, 'persons.arrow')).subarray(0, 500));
    await expect(countRows(cut)).rejects.toMatchObject({ reason: 'not-arrow' });
  });
});

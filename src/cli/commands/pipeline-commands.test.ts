import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { ListedRelease, ListedStep, ListedTable } from '../../run/list-steps.ts';
import { errorOf, makeBench, objectOf, PIPELINE, RUN_DATE, tallystick } from '../test-rig/tallystick.ts';

const bench = makeBench();
afterAll(() => bench.remove());

/** The nightly pipeline with three faults in it. */
function faultyPipeline(): string {
  const file = bench.path('faulty.yaml');
  const text = readFileSync(PIPELINE, 'utf8')
    .replace('setting: hospital', 'setting: dentist')
    .replace('maxAge: 7d', 'maxAge: week')
    .replace('agreement: demo-001', 'agreement: demo-001\n  receiver: me');
  writeFileSync(file, text);
  return file;
}

describe.concurrent('tallystick validate', () => {
  it('finds no fault in the nightly pipeline, without its extracts and keys', async () => {
    const { code, stdout } = await tallystick(['validate', PIPELINE], { TALLYSTICK_DATA: '/nowhere' });
    expect(code).toBe(0);
    expect(stdout).toBe(`${PIPELINE}: no faults; 3 sources, 6 tables, 5 released for demo-001\n`);
    expect(objectOf(await tallystick(['validate', PIPELINE, '--json']))).toMatchObject({
      valid: true,
      name: 'nightly',
      sources: ['gp', 'hospital', 'community'],
    });
  });

  it('names every fault at once, each with its line and column, and exits with 2', async () => {
    const file = faultyPipeline();
    const lines = readFileSync(file, 'utf8').split('\n');
    const place = (text: string, offset = 0) => {
      const index = lines.findIndex((line) => line.includes(text));
      return { line: index + 1, column: lines[index]!.indexOf(text) + 1 + offset };
    };
    const ended = await tallystick(['validate', file, '--json']);
    expect(ended.code).toBe(2);
    expect(errorOf(ended).problems.map(({ line, column }) => ({ line, column }))).toEqual([
      place('setting: dentist', 'setting: '.length),
      place('maxAge: week', 'maxAge: '.length),
      place('receiver: me'),
    ]);
    const { stderr } = await tallystick(['validate', file]);
    const { line, column } = place('receiver: me');
    expect(stderr).toContain(`error: ${file}:${line}:${column}: unknown key \`receiver\`\n    see `);
  });

  it('exits with 2 for a missing file', async () => {
    const ended = await tallystick(['validate', bench.path('none.yaml')]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
  });
});

describe.concurrent('tallystick schema', () => {
  it('prints a JSON Schema that names the parts of a pipeline file', async () => {
    const ended = await tallystick(['schema']);
    expect(ended.code).toBe(0);
    const schema = objectOf<{ $schema: string; properties: object; additionalProperties: boolean }>(ended);
    expect(schema.$schema).toContain('2020-12');
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['sources', 'optOuts', 'release']));
    expect(schema.additionalProperties).toBe(false);
    expect(objectOf(await tallystick(['schema', '--json']))).toEqual(schema);
  });
});

describe.concurrent('tallystick plan', () => {
  it('lists every step with its SQL, without data or key', async () => {
    const nowhere = { TALLYSTICK_DATA: '/nowhere', TALLYSTICK_KEY_FILE: '/nowhere/a.key' };
    const ended = await tallystick(['plan', PIPELINE, '--json', '--run-date', RUN_DATE], nowhere);
    expect(ended.code).toBe(0);
    const { tables, steps, releases } = objectOf<{
      tables: ListedTable[];
      steps: ListedStep[];
      releases: ListedRelease[];
    }>(ended);
    expect([...new Set(steps.map(({ part }) => part))]).toEqual([
      'link',
      'audit',
      'who is missed',
      'opt out (2)',
      'release',
    ]);
    const events = tables.find(({ table }) => table === 'gp_events')!;
    expect(events.files).toEqual(['/nowhere/gp/events*.csv*']);
    expect(events.stored).toEqual(expect.arrayContaining(['token subject', 'column snomed_concept_id']));
    expect(releases.find(({ table }) => table === 'community_contacts')).toEqual({
      table: 'community_contacts',
      by: 'parent',
      lookedThrough: [],
      released: ['Contact_Date: keep', 'CareContact_Duration: keep', 'AttendanceStatus: keep'],
      sortedBy: ['Contact_Date', 'CareContact_Duration', 'AttendanceStatus', 'match_rank'],
    });
    expect(steps.every(({ sql }) => /^(SELECT|CREATE TYPE|WITH)\b/.test(sql))).toBe(true);
  });

  it('lists the steps that a run logs', async () => {
    const run = await tallystick(
      [
        'run',
        PIPELINE,
        '--run-date',
        RUN_DATE,
        '--log-format',
        'json',
        '--log-level',
        'debug',
        '--out',
        bench.path('out'),
      ],
      bench.variables,
    );
    const logged = run.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; table?: string })
      .flatMap(({ level, table }) => (level === 'debug' && table !== undefined ? [table] : []));
    const { stdout } = await tallystick(['plan', PIPELINE, '--run-date', RUN_DATE]);
    const planned = [
      ...stdout.matchAll(/^-- (?:link|audit|who is missed|opt out \(2\)|release): (.+)$/gm),
    ].map(([, name]) => name);
    expect(logged.length).toBeGreaterThan(5);
    expect(planned).toEqual(expect.arrayContaining(logged));
  });
});

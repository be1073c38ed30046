import { chmodSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../linker/result.ts';
import { systemProcesses } from '../../write/process-probe.ts';
import {
  copyFixtures,
  type Ended,
  errorOf,
  filesOf,
  makeBench,
  namesIn,
  objectOf,
  PIPELINE,
  RUN_DATE,
  tallystick,
} from '../test-rig/tallystick.ts';

const bench = makeBench();
const out = bench.path('out');
const run = (...more: string[]) =>
  tallystick(['run', PIPELINE, '--run-date', RUN_DATE, '--out', out, ...more], bench.variables);

afterAll(() => bench.remove());

describe('tallystick run', () => {
  let first: Ended;
  let files: ReturnType<typeof filesOf>;
  beforeAll(async () => {
    first = await run();
    files = filesOf(join(out, 'nightly'));
  });

  it('publishes, and reports a table in which every row is accounted for', () => {
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^nightly for 2026-04-01: run 2026-04-01-[0-9a-f]{12}, published\n/);
    const lines = first.stdout.split('\n');
    for (const source of ['gp', 'hospital', 'community']) {
      const numbers = lines
        .find((line) => line.startsWith(`${source} `))!
        .split(/\s+/)
        .slice(1)
        .map((text) => Number(text.replaceAll(',', '')));
      const [rowsIn, ...parts] = numbers;
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(rowsIn);
    }
    expect(first.stdout).toMatch(
      /[\d,]+ persons released: in one care setting [\d,]+, in two [\d,]+, in three [\d,]+\n/,
    );
    expect(first.stdout).toContain('polars.read_ipc(');
    expect(first.stdout).toContain('arrow::read_feather(');
    expect(first.stdout).toContain('duckdb.sql("FROM persons")');
  });

  it('leaves only the run and the baseline: no lock, no work folder, no partial run', () => {
    const [id] = Object.keys(files)[0]!.split('/');
    expect(namesIn(out).filter((name) => name.split('/').length < 3)).toEqual([
      'nightly',
      `nightly/${id}`,
      'nightly/baseline.json',
      'nightly/latest',
    ]);
  });

  it('logs to stderr, without colours or a progress line where there is no terminal', () => {
    expect(first.stderr).toContain('tokenise gp_events: tokenised (');
    expect(first.stderr).not.toContain('\u001b');
    expect(first.stderr).not.toContain('\r');
  });

  it('finds nothing changed when it is repeated; --json prints one object', async () => {
    const again = await run('--json', '--log-format', 'json', '--log-level', 'debug', '--threads', '1');
    expect(again.code).toBe(0);
    const result = objectOf<RunResult>(again);
    expect(result).toMatchObject({ name: 'nightly', runDate: RUN_DATE, outcome: 'unchanged' });
    expect(again.stdout.split('\n')).toHaveLength(2);
    expect(filesOf(join(out, 'nightly'))).toEqual(files);
    const allowed = ['level', 'time', 'stage', 'table', 'file', 'rows', 'seconds', 'message'];
    for (const line of again.stderr.trim().split('\n')) {
      expect(allowed).toEqual(expect.arrayContaining(Object.keys(JSON.parse(line))));
    }
  });

  it('with --quiet prints the path of the run, and nothing else', async () => {
    const { code, stdout, stderr } = await run('--quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^${out}/nightly/2026-04-01-[0-9a-f]{12}\n$`));
  });

  it('is refused with exit code 3 while another run is publishing there', async () => {
    const lock = join(out, 'nightly', '.lock');
    const { pid, host, scope } = systemProcesses;
    const birthMark = systemProcesses.birthMark(pid);
    const holder = { owner: 'b7', pid, host, scope, birthMark, startedAt: '2026-04-01T01:00:00Z' };
    writeFileSync(lock, JSON.stringify(holder));
    const ended = await run('--json');
    rmSync(lock);
    expect(ended.code).toBe(3);
    expect(errorOf(ended).problems).toEqual([
      {
        file: lock,
        message: `process ${process.pid} has been publishing here since 2026-04-01T01:00:00Z`,
        wayOut: 'wait until it is done, or publish to another folder with --out',
      },
    ]);
    expect(namesIn(out).some((name) => name.startsWith('.tallystick-work'))).toBe(false);
  });

  it('is refused with exit code 1 without its opt-out list, and publishes nothing', async () => {
    const fixtures = copyFixtures(bench);
    rmSync(join(fixtures, 'opt-outs', 'register.csv'));
    const fresh = bench.path('never');
    const ended = await tallystick(['run', PIPELINE, '--run-date', RUN_DATE, '--out', fresh], {
      ...bench.variables,
      TALLYSTICK_DATA: fixtures,
    });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain(
      `error: ${fixtures}/opt-outs/register.csv: the opt-out register is missing\n    without it, nobody can be released`,
    );
    expect(namesIn(fresh)).toEqual(['nightly', 'nightly/refused.json']);
  });

  it('names every extract that is missing, and exits with 1', async () => {
    const fixtures = copyFixtures(bench);
    rmSync(join(fixtures, 'gp'), { recursive: true });
    const ended = await tallystick(
      ['run', PIPELINE, '--json', '--run-date', RUN_DATE, '--out', bench.path('never')],
      { ...bench.variables, TALLYSTICK_DATA: fixtures },
    );
    expect(ended.code).toBe(1);
    expect(errorOf(ended).problems.map(({ message }) => message)).toEqual([
      'no such file (gp, gp_patients)',
      'no such file (gp, gp_events)',
    ]);
  });

  it('exits with 4 when the engine has too little memory', async () => {
    const ended = await run('--memory', '1MiB', '--json');
    expect(ended.code).toBe(4);
    expect(errorOf(ended).problems[0]!.message).toMatch(/^the engine ran out of memory while /);
  });

  it('exits with 3 where it cannot write', async () => {
    const file = bench.path('a-file');
    writeFileSync(file, '');
    const ended = await tallystick(
      ['run', PIPELINE, '--run-date', RUN_DATE, '--out', join(file, 'out')],
      bench.variables,
    );
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('the work folder cannot be made there');
  });
});

describe.concurrent('keys', () => {
  let attempts = 0;
  const attempt = (variables: Readonly<Record<string, string>>) => {
    attempts += 1; // each in its own folder, because they run concurrently
    const args = ['--json', '--run-date', RUN_DATE, '--out', bench.path(`keys-out-${attempts}`)];
    return tallystick(['run', PIPELINE, ...args], { ...bench.variables, ...variables });
  };

  it('are refused when they are missing', async () => {
    const ended = await attempt({ TALLYSTICK_KEY_FILE: bench.path('none.key') });
    expect(ended.code).toBe(3);
    expect(errorOf(ended)).toEqual({
      exitCode: 3,
      problems: [
        {
          file: bench.path('none.key'),
          message: 'the linkage key file cannot be opened',
          wayOut: expect.stringMatching(/^restore the key file from its backup, or correct the path: /),
        },
      ],
    });
  });

  it('are refused when others can read them', async () => {
    const key = bench.path('open.key');
    writeFileSync(key, readFileSync(bench.path('release.key')));
    chmodSync(key, 0o644);
    const ended = await attempt({ TALLYSTICK_RELEASE_KEY_FILE: key });
    expect(ended.code).toBe(3);
    expect(errorOf(ended).problems[0]!.message).toBe('the release key file is open to others (mode 644)');
  });

  it('are refused when they have another size', async () => {
    const key = bench.path('short.key');
    writeFileSync(key, readFileSync(bench.path('release.key')), { mode: 0o600 });
    truncateSync(key, 31);
    const ended = await attempt({ TALLYSTICK_RELEASE_KEY_FILE: key });
    expect(ended.code).toBe(3);
    expect(errorOf(ended).problems[0]!.message).toBe('the release key file holds 31 bytes, not 32');
  });

  it('are made by --demo-keys, with a warning, and only for synthetic data', async () => {
    const variables = {
      TALLYSTICK_KEY_FILE: bench.path('demo', 'a.key'),
      TALLYSTICK_RELEASE_KEY_FILE: bench.path('demo', 'b.key'),
    };
    const args = ['--demo-keys', '--run-date', RUN_DATE, '--quiet', '--out', bench.path('demo-out')];
    const made = await tallystick(['run', PIPELINE, ...args], variables);
    expect(made.code).toBe(0);
    expect(made.stderr).toMatch(
      /^warning: the keys in \S*demo are throw-away keys for this demonstration: never use them for real data\n$/,
    );
    const real = bench.path('real.yaml');
    writeFileSync(real, readFileSync(PIPELINE, 'utf8').replace(/^synthetic: true.*$/m, ''));
    rmSync(bench.path('demo'), { recursive: true });
    const refused = await tallystick(['run', real, ...args], variables);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--demo-keys is for synthetic data only');
    expect(namesIn(bench.folder)).not.toContain('demo');
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { MachineFinding } from '../doctor/finding.ts';
import {
  errorOf,
  filesOf,
  makeBench,
  objectOf,
  PIPELINE,
  RUN_DATE,
  tallystick,
} from '../test-rig/tallystick.ts';

const bench = makeBench();
afterAll(() => bench.remove());

describe.concurrent('tallystick keygen', () => {
  it('makes 32 bytes that only the owner can read, and prints the key id', async () => {
    const file = bench.path('new.key');
    const ended = await tallystick(['keygen', file, '--json']);
    expect(ended.code).toBe(0);
    expect(objectOf(ended)).toEqual({ file, keyId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const { mode, size } = statSync(file);
    expect({ mode: mode & 0o777, size }).toEqual({ mode: 0o600, size: 32 });
    expect(ended.stdout).not.toContain(readFileSync(file).toString('hex'));
  });

  it('never overwrites an existing file of any kind', async () => {
    const file = bench.path('mine');
    writeFileSync(file, 'mine');
    const ended = await tallystick(['keygen', file, '--json']);
    expect(ended.code).toBe(3);
    expect(errorOf(ended).problems).toEqual([
      { file, message: 'is there already', wayOut: 'a key is never overwritten: choose another name' },
    ]);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('exits with 3 where the file cannot be made', async () => {
    expect((await tallystick(['keygen', bench.path('no', 'such', 'folder.key')])).code).toBe(3);
  });
});

describe.concurrent('tallystick synth', () => {
  const synth = (folder: string, ...more: string[]) =>
    tallystick([
      'synth',
      '--patients',
      '300',
      '--seed',
      '5',
      '--run-date',
      RUN_DATE,
      '--out',
      bench.path(folder),
      ...more,
    ]);

  it('writes the same bytes for the same seed', async () => {
    const ended = await synth('one', '--json');
    expect(ended.code).toBe(0);
    expect(objectOf(ended)).toMatchObject({ directory: bench.path('one'), patients: 300, seed: 5 });
    await synth('two', '--quiet');
    const files = filesOf(bench.path('one'));
    expect(filesOf(bench.path('two'))).toEqual(files);
    expect(Object.keys(files)).toContain('hospital/episodes.csv');
  });

  it('gzips the large files with --compress', async () => {
    const { stdout } = await synth('small', '--compress');
    expect(stdout).toContain('gp/events.csv.gz');
    expect(stdout).toContain('every person in them is synthetic');
  });

  it.each([[['--patients', '0']], [['--patients', 'many']], [['--run-date', '1999-01-01']]])(
    'exits with 2 for %j',
    async (args) => {
      expect((await tallystick(['synth', '--out', bench.path('never'), ...args])).code).toBe(2);
    },
  );
});

describe.concurrent('tallystick doctor', () => {
  it('checks software, space, pipes and the keys of a pipeline', async () => {
    const args = ['doctor', PIPELINE, '--json', '--out', bench.path('not', 'yet')];
    const ended = await tallystick(args, bench.variables);
    expect(ended.code).toBe(0);
    const { healthy, findings } = objectOf<{ healthy: boolean; findings: MachineFinding[] }>(ended);
    expect(healthy).toBe(true);
    const found = (what: string) => findings.find((one) => one.what === what)?.found;
    expect(found('node')).toBe(process.versions.node);
    expect(found('hash kernel')).toBe('agrees with RFC 4231');
    expect(found('linkage key')).toMatch(/private, key id [0-9a-f]{32}$/);
    expect(findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['tallystick', 'duckdb', 'apache-arrow', 'memory', 'threads', 'work space']),
    );
  });

  it('exits with 3 for a key of the environment that others can read', async () => {
    const key = bench.path('open.key');
    writeFileSync(key, Buffer.alloc(32));
    chmodSync(key, 0o640);
    const ended = await tallystick(['doctor', '--out', bench.folder], { TALLYSTICK_KEY_FILE: key });
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/^failed +linkage key +.*open to others \(mode 640\)\n {4}chmod 600 /m);
    expect(ended.stderr).toContain(`error: ${key}: the linkage key file is open to others`); // as a run has it
  });
});

describe.concurrent('tallystick completion', () => {
  it('gives a script that bash can read and that completes commands, options and choices', async () => {
    const { code, stdout } = await tallystick(['completion', 'bash']);
    expect(code).toBe(0);
    execFileSync('bash', ['-n'], { input: stdout });
    const complete = (...words: string[]) =>
      execFileSync(
        'bash',
        [
          '-c',
          `${stdout}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tallystick; echo "\${COMPREPLY[*]}"`,
          '-',
          ...words,
        ],
        { encoding: 'utf8' },
      ).trim();
    expect(complete('tallystick', 'ver')).toBe('verify');
    expect(complete('tallystick', 'link', '--st')).toBe('--store');
    expect(complete('tallystick', 'run', '--log-format', 'j')).toBe('json');
    expect(complete('tallystick', 'completion', '')).toContain('zsh fish');
  });

  it.each(['zsh', 'fish'])('completes every command in %s', async (shell) => {
    const { stdout } = await tallystick(['completion', shell]);
    for (const command of [
      'run',
      'tokenise',
      'link',
      'evaluate',
      'plan',
      'validate',
      'schema',
      'synth',
      'keygen',
      'inspect',
      'verify',
      'check',
      'doctor',
    ]) {
      expect(stdout).toContain(command);
    }
    expect(objectOf(await tallystick(['completion', shell, '--json']))).toEqual({ shell, script: stdout });
  });

  it('exits with 2 for an unknown shell', async () => {
    expect((await tallystick(['completion', 'tcsh'])).code).toBe(2);
  });
});

describe.concurrent('the command line', () => {
  it('prints help and version, and exits with 0', async () => {
    const help = await tallystick(['--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('Exit codes: 0 done;');
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await tallystick(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [[]],
    [['rum']],
    [['run']],
    [['run', PIPELINE, '--no-such-option']],
    [['run', PIPELINE, '--run-date', '2026-02-30']],
    [['run', PIPELINE, '--threads', '0']],
    [['run', PIPELINE, '--memory', 'lots']],
    [['run', PIPELINE, '--log-format', 'xml']],
    [['link', PIPELINE]],
    [['tokenise', PIPELINE]],
  ])('exits with 2 for %j, with one message, and one object with --json', async (args) => {
    const ended = await tallystick([...args, '--json']);
    expect(ended.code).toBe(2);
    expect(errorOf(ended)).toEqual({
      exitCode: 2,
      problems: [{ message: expect.any(String), wayOut: expect.any(String) }],
    });
    expect(ended.stderr).toContain(`error: ${errorOf(ended).problems[0]!.message}\n`);
  });

  it('exits with 3 when its result cannot be written', () => {
    const script = `"${process.execPath}" dist/cli/main.js schema > /dev/full`;
    const { status, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: 'error: the result could not be written to stdout: is the disk full?\n',
    });
  });

  it('accepts a reader that closes the pipe early', () => {
    const script = `"${process.execPath}" dist/cli/main.js plan "${PIPELINE}" | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^-- opt out \(1\), .* without SQL\.\n0\n$/);
  });

  it('prints errors as lines of JSON when the log is JSON', async () => {
    const { stderr } = await tallystick(['validate', bench.path('none.yaml'), '--log-format', 'json']);
    expect(JSON.parse(stderr)).toMatchObject({ level: 'error', exitCode: 2, file: bench.path('none.yaml') });
  });
});

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ArrowSummary } from '../inspect/inspect-arrow.ts';
import { errorOf, makeBench, objectOf, PIPELINE, RUN_DATE, tallystick } from '../test-rig/tallystick.ts';
import type { ReadManifest } from '../verify/read-manifest.ts';

interface Verified {
  readonly passed: boolean;
  readonly checks: readonly { readonly check: string; readonly passed: boolean }[];
}

const bench = makeBench();
const latest = bench.path('out', 'nightly', 'latest');
const copy = bench.path('copy');

beforeAll(async () => {
  const args = ['run', PIPELINE, '--quiet', '--run-date', RUN_DATE, '--out', bench.path('out')];
  expect((await tallystick(args, bench.variables)).code).toBe(0);
});
beforeEach(() => {
  rmSync(copy, { recursive: true, force: true });
  cpSync(latest, copy, { recursive: true, dereference: true });
});
afterAll(() => bench.remove());

/** Changes one byte in the middle of a file. */
function flipByte(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
}

function editManifest(edit: (manifest: ReadManifest) => unknown): void {
  const file = join(copy, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as ReadManifest;
  edit(manifest);
  writeFileSync(file, JSON.stringify(manifest));
}

async function failedChecks(): Promise<string[]> {
  const ended = await tallystick(['verify', copy, '--json']);
  expect(ended.code).toBe(1);
  const { passed, checks } = objectOf<Verified>(ended);
  expect(passed).toBe(false);
  expect(errorOf(ended).exitCode).toBe(1);
  return checks.filter((one) => !one.passed).map(({ check }) => check);
}

describe('tallystick verify', () => {
  it('passes a published run, through the link as well, and prints every check', async () => {
    const { code, stdout, stderr } = await tallystick(['verify', latest]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(5 * 3 + 4 + 1 + 2);
    expect(lines.every((line) => line.startsWith('ok '))).toBe(true);
    expect(lines).toContain('ok      persons.arrow: bytes and sha256');
  });

  it('finds a byte that has changed, in a table and in a paper', async () => {
    flipByte(join(copy, 'persons.arrow'));
    flipByte(join(copy, 'data-dictionary.md'));
    const { code, stdout, stderr } = await tallystick(['verify', copy]);
    expect(code).toBe(1);
    expect(stdout).toContain('failed  persons.arrow: bytes and sha256\n');
    expect(stdout).toContain('failed  data-dictionary.md: bytes and sha256\n');
    expect(stdout).toContain('ok      gp_events.arrow: bytes and sha256\n');
    expect(stderr).toContain(
      `error: ${join(copy, 'persons.arrow')}: its bytes have changed: the sha256 differs\n`,
    );
  });

  it('finds a file that is cut short, one that is gone, and one that was put there', async () => {
    writeFileSync(
      join(copy, 'gp_events.arrow'),
      readFileSync(join(copy, 'gp_events.arrow')).subarray(0, 5000),
    );
    rmSync(join(copy, 'hospital_episodes.arrow'));
    writeFileSync(join(copy, 'names.csv'), 'a');
    expect(await failedChecks()).toEqual([
      'gp_events.arrow: bytes and sha256',
      'hospital_episodes.arrow: bytes and sha256',
      'no file is unlisted',
      'gp_events.arrow: schema, rows and order',
      'hospital_episodes.arrow: schema, rows and order',
    ]);
  });

  it('finds a manifest that says other than the files', async () => {
    editManifest(({ outputs }) => {
      const persons = outputs.find(({ table }) => table === 'persons')!;
      persons.rows += 1;
      persons.columns[0]!.role = 'category';
      outputs[0]!.columns.pop();
    });
    expect(await failedChecks()).toEqual([
      "gp_events.arrow: schema is the manifest's",
      "persons.arrow: schema is the manifest's",
      'persons.arrow: rows, sorted by person',
      'receipts agree with inputs and files',
    ]);
  });

  it('finds receipts that do not balance', async () => {
    editManifest(({ receipts }) => {
      receipts.rows[0]!.rowsOut -= 1;
    });
    expect(await failedChecks()).toContain('receipts balance');
  });

  it('refuses a damaged manifest with 1, a manifest that leads out of the folder too, and no manifest with 2', async () => {
    editManifest(({ outputs }) => {
      outputs[0]!.file = '../../../etc/passwd';
    });
    const outside = await tallystick(['verify', copy, '--json']);
    expect(outside.code).toBe(1);
    expect(errorOf(outside).problems[0]!.message).toBe(
      'is not a manifest: `outputs.0.file` is not as it must be',
    );
    writeFileSync(join(copy, 'manifest.json'), '{');
    expect((await tallystick(['verify', copy])).code).toBe(1);
    rmSync(join(copy, 'manifest.json'));
    expect((await tallystick(['verify', copy])).code).toBe(2);
  });
});

describe('tallystick inspect', () => {
  it('describes an Arrow file without showing a row', async () => {
    const file = join(latest, 'persons.arrow');
    const ended = await tallystick(['inspect', file, '--json']);
    expect(ended.code).toBe(0);
    const summary = objectOf<ArrowSummary>(ended);
    expect(summary.metadata).toMatchObject({ agreement: 'demo-001', run_date: RUN_DATE });
    expect(summary.head).toEqual([]);
    const [person, settings] = summary.columns;
    expect(person).toMatchObject({
      name: 'person',
      type: 'utf8',
      nullable: false,
      dictionarySize: null,
      nulls: 0,
    });
    expect(person!.firstBatch.distinct).toBe(summary.rows);
    expect(settings).toMatchObject({ name: 'settings', type: 'dictionary', dictionarySize: 7 });
    const text = await tallystick(['inspect', file]);
    expect(text.stdout).toContain('column                type           role');
    expect(text.stdout).not.toMatch(/gp\+hospital/);
  });

  it('shows rows when it is asked to', async () => {
    const { head } = objectOf<ArrowSummary>(
      await tallystick(['inspect', join(latest, 'hospital_episodes.arrow'), '--rows', '2', '--json']),
    );
    expect(head).toHaveLength(2);
    expect(head[0]!['person']).toMatch(/^[0-9a-f]{32}$/);
    expect(head[0]!['EPISTART']).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('describes a published run from its manifest', async () => {
    const { code, stdout } = await tallystick(['inspect', latest]);
    expect(code).toBe(0);
    expect(stdout).toContain('for agreement demo-001');
    expect(stdout).toMatch(/gates passed: receipts \(\d+\), opt-out proof \([\d,]+\), leak scan/);
    expect(stdout).toMatch(/persons\.arrow +[\d,]+ +17 +\d+ KiB {2}[0-9a-f]{64}\n/);
    const whole = objectOf<{ manifest: object }>(await tallystick(['inspect', latest, '--json']));
    expect(whole.manifest).toEqual(JSON.parse(readFileSync(join(latest, 'manifest.json'), 'utf8')));
  });

  it('exits with 1 for a file that is not Arrow, and with 2 where there is nothing', async () => {
    const wrong = await tallystick(['inspect', join(latest, 'manifest.json'), '--json']);
    expect(wrong.code).toBe(1);
    expect(errorOf(wrong).problems[0]!.message).toMatch(/^not a whole Arrow file/);
    expect((await tallystick(['inspect', join(latest, 'nothing.arrow')])).code).toBe(2);
  });
});

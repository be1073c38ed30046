import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestFile } from '../../write/digest-file.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import type { RunManifest } from '../../write/run-manifest.ts';
import type { ArrowSummary } from '../inspect/inspect-arrow.ts';
import { callTallystick } from '../test-rig/call-tallystick.ts';
import { errorOf, makeBench, objectOf, PIPELINE, RUN_DATE, tallystick } from '../test-rig/tallystick.ts';

interface Verified {
  readonly passed: boolean;
  readonly checks: readonly { readonly check: string; readonly passed: boolean }[];
}

const bench = makeBench();
const latest = bench.path('out', 'nightly', 'latest');
const copy = bench.path('copy');
const release = join(copy, 'release');

beforeAll(async () => {
  const args = ['run', PIPELINE, '--quiet', '--run-date', RUN_DATE, '--out', bench.path('out')];
  expect((await callTallystick(args, bench.variables)).code).toBe(0);
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

function edit<T>(file: string, change: (value: T) => unknown): void {
  const value = JSON.parse(readFileSync(file, 'utf8')) as T;
  change(value);
  writeFileSync(file, JSON.stringify(value));
}
const editManifest = (change: (manifest: RunManifest) => unknown) =>
  edit(join(release, 'manifest.json'), change);
const editRecord = (change: (record: OperatorRecord) => unknown) =>
  edit(join(copy, 'operator', 'receipts.json'), change);

async function failedChecks(directory = copy): Promise<string[]> {
  const ended = await callTallystick(['verify', directory, '--json']);
  expect(ended.code).toBe(1);
  const { passed, checks } = objectOf<Verified>(ended);
  expect(passed).toBe(false);
  expect(errorOf(ended).exitCode).toBe(1);
  return checks.filter((one) => !one.passed).map(({ check }) => check);
}

describe('tallystick verify', () => {
  it('passes a published run, also through the link latest, and prints every check', async () => {
    const { code, stdout, stderr } = await tallystick(['verify', latest]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(5 * 3 + 3 + 1 + 1 + 1 + 1 + 2 + 1 + 2);
    expect(lines.every((line) => line.startsWith('ok '))).toBe(true);
    expect(lines).toContain('ok      persons.arrow: bytes and sha256');
  });

  it('finds a changed byte in a table and in a document', async () => {
    flipByte(join(release, 'persons.arrow'));
    flipByte(join(release, 'data-dictionary.md'));
    const { code, stdout, stderr } = await callTallystick(['verify', copy]);
    expect(code).toBe(1);
    expect(stdout).toContain('failed  persons.arrow: bytes and sha256\n');
    expect(stdout).toContain('failed  data-dictionary.md: bytes and sha256\n');
    expect(stdout).toContain('ok      gp_events.arrow: bytes and sha256\n');
    expect(stderr).toContain(
      `error: ${join(release, 'persons.arrow')}: its bytes have changed: the sha256 differs\n`,
    );
  });

  it('finds a truncated file, a missing file, and an added file', async () => {
    writeFileSync(
      join(release, 'gp_events.arrow'),
      readFileSync(join(release, 'gp_events.arrow')).subarray(0, 5000),
    );
    rmSync(join(release, 'hospital_episodes.arrow'));
    writeFileSync(join(release, 'names.csv'), 'a');
    expect(await failedChecks()).toEqual([
      'gp_events.arrow: bytes and sha256',
      'hospital_episodes.arrow: bytes and sha256',
      'no file beside manifest.json is unlisted',
      'gp_events.arrow: schema, rows and order',
      'hospital_episodes.arrow: schema, rows and order',
      'opt-out proof: the files and persons that the manifest says',
    ]);
  });

  it('finds a manifest that does not match the files', async () => {
    editManifest(({ outputs }) => {
      const persons = outputs.find(({ table }) => table === 'persons')!;
      persons.columns[0]!.role = 'category';
      (outputs[0]!.columns as unknown[]).pop();
    });
    const ofTheRelease = [
      "gp_events.arrow: schema is the manifest's",
      "persons.arrow: schema is the manifest's",
    ];
    expect(await failedChecks()).toEqual([
      ...ofTheRelease,
      'manifest.json: the one that the operator’s record names',
    ]);
    expect(await failedChecks(release)).toEqual(ofTheRelease);
  });

  it('finds a record that does not match the files', async () => {
    editRecord(({ outputs }) => {
      outputs.find(({ table }) => table === 'persons')!.rows += 1;
    });
    writeFileSync(join(copy, 'operator', 'quarantine.csv'), 'file,line\n');
    writeFileSync(join(copy, 'notes.txt'), '');
    expect(await failedChecks()).toEqual([
      'persons.arrow: rows, sorted by person',
      'quarantine.csv: bytes and sha256',
      'receipts agree with inputs and files',
      'the run has two folders and nothing else',
    ]);
  });

  it('checks the release alone, which is all that its recipient has', async () => {
    rmSync(join(copy, 'operator'), { recursive: true });
    const { code, stdout } = await callTallystick(['verify', release]);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(5 * 3 + 3 + 1 + 1);
    const whole = await callTallystick(['verify', copy]);
    expect(whole.code).toBe(2);
    expect(whole.stderr).toContain('there is no operator’s record here');
  });

  const PROOF = 'opt-out proof: the files and persons that the manifest says';
  const OPT_OUTS = 'opt-outs: counts by reason, state and proof agree';

  it.each<[claim: string, (proof: { files: number; persons: number | null }) => unknown]>([
    ['more persons', (proof) => (proof.persons! += 5)],
    ['fewer persons', (proof) => (proof.persons! -= 5)],
    ['so few persons that they are not shown', (proof) => (proof.persons = null)],
    ['more files', (proof) => (proof.files += 1)],
  ])('refuses a manifest whose opt-out proof claims %s than its files show', async (_, change) => {
    editManifest(({ optOuts }) => change(optOuts!.proof));
    expect(await failedChecks(release)).toEqual([PROOF]);
    expect(await failedChecks()).toContain(OPT_OUTS);
  });

  type OptOuts = OperatorRecord['optOuts'];
  it.each<[what: string, (optOuts: OptOuts) => unknown]>([
    ['a person less in a combination', ({ effect }) => (effect!.persons.combinations['national']! -= 1)],
    ['a person more under the first reason', ({ effect }) => (effect!.persons.first['type-2']! += 1)],
    ['a person more under any reason', ({ effect }) => (effect!.persons.any['type-2']! += 1)],
    ['a row more by reason', ({ effect }) => (effect!.rows['gp_events']!['type-2']! += 1)],
    ['a table of rows less', ({ effect }) => delete effect!.rows['hospital_episodes']],
    [
      'more persons without a reason',
      ({ whatIf }) => (whatIf!.find(({ persons }) => persons > 0)!.persons += 1),
    ],
    [
      'more rows without a reason',
      ({ whatIf }) => (whatIf!.find(({ reason }) => reason === 'type-2')!.rows['gp_events']! += 99),
    ],
    ['another state', ({ state }) => (state!.digest = '0'.repeat(64))],
    ['another list in the state', ({ state }) => (state!.lists['optOuts.register'] = '0'.repeat(32))],
    ['other tokens in the state', ({ state }) => ((state!.tokens as string[])[0] = '0'.repeat(64))],
    ['a type that is applied less', ({ applied }) => (applied!.types as string[]).pop()],
    ['another proof', ({ proof }) => (proof!.persons += 9)],
    ['no effect at all', (optOuts) => delete optOuts.effect],
    ['no proof', (optOuts) => delete optOuts.proof],
  ])('finds a record of opt-outs that does not agree: %s', async (_, change) => {
    editRecord(({ optOuts }) => change(optOuts));
    expect(await failedChecks()).toEqual([OPT_OUTS]);
  });

  it('passes a run of an earlier version, which says none of it', async () => {
    editManifest((manifest) => delete manifest.optOuts);
    const { sha256, bytes } = await digestFile(join(release, 'manifest.json'));
    editRecord((record) => {
      record.manifest = { sha256, bytes };
      for (const part of ['applied', 'state', 'effect', 'whatIf', 'proof'] as const)
        delete record.optOuts[part];
    });
    expect((await callTallystick(['verify', copy])).code).toBe(0);
  });

  it('finds receipts that do not balance', async () => {
    editRecord(({ receipts }) => {
      receipts.rows[0]!.rowsOut -= 1;
    });
    expect(await failedChecks()).toContain('receipts balance');
  });

  it('refuses a damaged manifest, or one with a path out of the folder, with 1, and a missing manifest with 2', async () => {
    editManifest(({ outputs }) => {
      outputs[0]!.file = '../../../etc/passwd';
    });
    const outside = await callTallystick(['verify', copy, '--json']);
    expect(outside.code).toBe(1);
    expect(errorOf(outside).problems[0]!.message).toBe('is not what it must be, at `outputs.0.file`');
    rmSync(join(release, 'manifest.json'));
    expect((await callTallystick(['verify', copy])).code).toBe(2);
  });

  it.each(['{}', '{', '[]', 'null', ''])(
    'refuses %j as a manifest or a record with 1, whoever reads it',
    async (text) => {
      for (const file of [join(release, 'manifest.json'), join(copy, 'operator', 'receipts.json')]) {
        const before = readFileSync(file);
        writeFileSync(file, text);
        const commands = [
          ['verify', copy],
          ['inspect', copy],
          ['diff', copy, latest],
          ['diff', latest, copy],
        ];
        for (const command of commands) {
          expect((await callTallystick(command)).code, `${command.join(' ')} with ${file}`).toBe(1);
        }
        writeFileSync(file, before);
      }
    },
  );
});

describe('tallystick inspect', () => {
  it('describes an Arrow file without showing a row', async () => {
    const file = join(latest, 'release', 'persons.arrow');
    const ended = await callTallystick(['inspect', file, '--json']);
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
    const text = await callTallystick(['inspect', file]);
    expect(text.stdout).toContain('column                type           role');
    expect(text.stdout).not.toMatch(/gp\+hospital/);
  });

  it('shows rows when --rows asks for them', async () => {
    const { head } = objectOf<ArrowSummary>(
      await callTallystick([
        'inspect',
        join(latest, 'release', 'hospital_episodes.arrow'),
        '--rows',
        '2',
        '--json',
      ]),
    );
    expect(head).toHaveLength(2);
    expect(head[0]!['person']).toMatch(/^[0-9a-f]{32}$/);
    expect(head[0]!['EPISTART']).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('describes a published run by its manifest and the operator’s record, and a release by its manifest', async () => {
    const { code, stdout } = await tallystick(['inspect', latest]);
    expect(code).toBe(0);
    expect(stdout).toContain('for agreement demo-001');
    expect(stdout).toMatch(/gates passed: receipts \(\d+\), opt-out proof \([\d,]+\), leak scan/);
    expect(stdout).toMatch(/persons\.arrow +[\d,]+ +17 +\d+ KiB {2}[0-9a-f]{64}\n/);
    const jsonOf = (file: string) => JSON.parse(readFileSync(join(latest, file), 'utf8'));
    const whole = await callTallystick(['inspect', latest, '--json']);
    expect(objectOf(whole)).toMatchObject({
      manifest: jsonOf('release/manifest.json'),
      record: jsonOf('operator/receipts.json'),
    });
    const alone = await callTallystick(['inspect', join(latest, 'release')]);
    expect(alone.stdout).toContain(
      'gates passed: receipts, opt-out proof, leak scan, schema, rule check, code check\n',
    );
    expect(alone.stdout).toContain('the release alone: counts, inputs and receipts stay with the operator\n');
  });

  it('exits with 1 for a file that is not Arrow, and with 2 where there is nothing', async () => {
    const wrong = await callTallystick(['inspect', join(latest, 'release', 'manifest.json'), '--json']);
    expect(wrong.code).toBe(1);
    expect(errorOf(wrong).problems[0]!.message).toMatch(/^not a whole Arrow file/);
    expect((await callTallystick(['inspect', join(latest, 'nothing.arrow')])).code).toBe(2);
  });
});

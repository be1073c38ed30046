import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyRing } from '../../keys/key-ring.ts';
import { RunLock } from '../../write/run-lock.ts';
import { appendToLog, changeLog, type WriterSettings } from './append-to-log.ts';
import { readLog, readLogIfThere } from './read-log.ts';

const key = new KeyRing(Buffer.from('one linkage key of 32 bytes, ok.'));
const otherKey = new KeyRing(Buffer.from('another linkage key of 32 bytes.'));
const NOW = new Date('2026-11-30T16:00:00.789Z');
let folder: string;
let path: string;
let notices: string[];
let settings: WriterSettings;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-log-'));
  path = join(folder, 'register');
  notices = [];
  settings = {
    kind: 'opt-out-register',
    key,
    shownAs: 'register',
    now: () => NOW,
    notice: (message) => {
      if (!message.startsWith('made a new opt-out register')) notices.push(message);
    },
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const append = (text: string, header = {}) => appendToLog(path, settings, header, Buffer.from(text));
const read = (reader: KeyRing | null = key) => readLog(path, { ...settings, key: reader });
const textsOf = (log = read()) => log.changes.map(({ lines }) => lines.toString());
/** The message of a refusal, with its exit code. */
function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    const { exitCode, problems } = error as {
      exitCode: number;
      problems: { line?: number; message: string }[];
    };
    return problems.map(({ line, message }) => `exit ${exitCode} line ${line ?? '-'}: ${message}`).join();
  }
  return 'no refusal';
}

/** Three changes. @returns the file's length after each */
async function threeChanges(): Promise<number[]> {
  const ends = [];
  for (const text of ['a\nb\n', '', 'c\n'])
    ends.push((await append(text, { command: 'register', by: 'É' })).bytes);
  return ends;
}

test('a log is text that anybody can read and check: the chain is SHA-256 alone', async () => {
  await append('one\ntwo\n', { command: 'register' });
  await append('three\n', { command: 'import' });
  const { createHash } = await import('node:crypto');
  const lines = readFileSync(path, 'utf8').split('\n');
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const first =
    '{"change":1,"at":"2026-11-30T16:00:00Z","command":"register","lines":2,"bytes":8}\none\ntwo\n';
  const second = '{"change":2,"at":"2026-11-30T16:00:00Z","command":"import","lines":1,"bytes":6}\nthree\n';
  const digest0 = sha(`tallystick opt-out-register 1 ${key.keyId}\n`);
  const digest1 = sha(`${digest0}\n${first}`);
  const digest2 = sha(`${digest1}\n${second}`);
  const bare = lines.map((line) => line.replace(/^(= \w{64}) \w{64}$/, '$1'));
  expect(bare.join('\n')).toBe(
    `tallystick opt-out-register 1 ${key.keyId}\n${first}= ${digest1}\n${second}= ${digest2}\n`,
  );
  expect(read().head).toEqual({ changes: 2, bytes: statSync(path).size, digest: digest2 });
});

test('what is appended is read, with the key and without, and the files are private', async () => {
  await threeChanges();
  for (const reader of [key, null]) {
    const log = read(reader);
    expect(log.changes.map(({ number, count, lines }) => [number, count, lines.toString()])).toEqual([
      [1, 2, 'a\nb\n'],
      [2, 0, ''],
      [3, 1, 'c\n'],
    ]);
    expect(log.changes[0]!.header).toMatchObject({
      change: 1,
      at: '2026-11-30T16:00:00Z',
      command: 'register',
      by: 'É',
    });
    expect(log).toMatchObject({ keyId: key.keyId, warnings: [] });
  }
  expect(readdirSync(folder).sort()).toEqual(['register', 'register.head']);
  for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
});

test('the lines of a change may be in any number of pieces', async () => {
  await appendToLog(path, settings, {}, [Buffer.from('a\nb'), Buffer.from('c\n'), Buffer.from('d\n')]);
  expect(read().changes[0]).toMatchObject({ count: 3 });
  expect(textsOf()).toEqual(['a\nbc\nd\n']);
});

test('lines that are not whole, or no ASCII, or a member that the log writes itself are faults of the program', async () => {
  for (const [text, header] of [
    ['a', {}],
    ['é\n', {}],
    ['a\n', { bytes: 3 }],
  ] as const)
    await expect(append(text, header)).rejects.toMatchObject({ exitCode: 70 });
  expect(textsOf()).toEqual([]);
});

test('a log that does not exist is refused by its reader, and is null where it may be absent', () => {
  expect(refusalOf(read)).toBe('exit 1 line -: the opt-out register is missing');
  expect(readLogIfThere(path, settings)).toBeNull();
});

test('another key, or another kind, is refused', async () => {
  await threeChanges();
  const head = readFileSync(`${path}.head`);
  expect(refusalOf(() => read(otherKey))).toBe(
    'exit 3 line -: the opt-out register was made with another linkage key',
  );
  expect(refusalOf(() => readLog(path, { ...settings, kind: 'national-ledger' }))).toMatch(/^exit 1/);
  await expect(appendToLog(path, { ...settings, key: otherKey }, {}, [])).rejects.toThrow();
  expect(readFileSync(`${path}.head`)).toEqual(head);
  rmSync(`${path}.head`);
  expect(refusalOf(() => read(otherKey))).toBe(
    'exit 3 line -: the opt-out register was made with another linkage key',
  );
});

describe('an interrupted append', () => {
  test('cut at any byte is ignored by readers, with a warning, and dropped at the next append', async () => {
    const [, two, three] = await threeChanges();
    const whole = readFileSync(path);
    await rewindHead(two!);
    for (let length = two! + 1; length < three!; length += 1) {
      writeFileSync(path, whole.subarray(0, length));
      const log = read();
      expect(log.changes).toHaveLength(2);
      expect(log.warnings).toEqual([
        'register: the opt-out register ends with a change that was not finished, by a command that was interrupted or is at work: it is ignored',
      ]);
    }
    await append('d\n');
    expect(notices).toEqual([
      'dropped a change of the opt-out register that an interrupted command had not finished',
    ]);
    expect(textsOf()).toEqual(['a\nb\n', '', 'd\n']);
    expect(read().warnings).toEqual([]);
  });

  test('that had written the whole change counts, though its head was not replaced', async () => {
    const [, two] = await threeChanges();
    await rewindHead(two!);
    expect(textsOf()).toEqual(['a\nb\n', '', 'c\n']);
    await append('d\n');
    expect(textsOf()).toEqual(['a\nb\n', '', 'c\n', 'd\n']);
    expect(notices).toEqual([]);
  });

  test('before the first head leaves an empty log', async () => {
    await changeLog(path, settings, () => null);
    rmSync(`${path}.head`);
    expect(read().changes).toEqual([]);
    await append('a\n');
    expect(textsOf()).toEqual(['a\n']);
  });

  /** Gives the log the head that it had when it was this long. */
  async function rewindHead(length: number): Promise<void> {
    const whole = readFileSync(path);
    truncateSync(path, length);
    rmSync(`${path}.head`);
    // as the log itself writes it: a head is made from what is there
    const { Sealer } = await import('../../keys/seal-text.ts');
    const { logInfo } = await import('../../keys/recipes.ts');
    const { writeHead } = await import('./head.ts');
    const { parseEnd, END_BYTES } = await import('./log-form.ts');
    const { digest } = parseEnd(whole.toString('latin1', length - END_BYTES, length))!;
    const sealer = new Sealer(key, logInfo('opt-out-register'));
    writeHead(path, settings, { changes: 2, bytes: length, digest, mark: '' }, sealer);
    writeFileSync(path, whole);
  }
});

describe('damage', () => {
  test('of any bit, in the log or in its head, is refused', async () => {
    await threeChanges();
    for (const file of [path, `${path}.head`]) {
      const whole = readFileSync(file);
      for (let at = 0; at < whole.length; at += 1) {
        for (const bit of [1, 32]) {
          const damaged = Buffer.from(whole);
          damaged[at]! ^= bit;
          writeFileSync(file, damaged);
          if (!/^exit [13] /.test(refusalOf(read))) expect.fail(`byte ${at} of ${file}`);
        }
      }
      writeFileSync(file, whole);
    }
    expect(textsOf()).toHaveLength(3);
  });

  test('is placed by line and change, and says the way out', async () => {
    const [one] = await threeChanges();
    const whole = readFileSync(path, 'latin1');
    writeFileSync(path, whole.replace('\na\nb\n', '\na\nx\n'), 'latin1');
    expect(refusalOf(read)).toBe(
      'exit 1 line 2: the opt-out register is damaged: change 1 does not match its digest',
    );
    expect(() => read()).toThrow(
      'restore register and register.head from one backup; nothing that it may have lost is passed over',
    );
    writeFileSync(path, whole.slice(0, one) + whole.slice(one).replace(/[0-9a-f]\n$/, 'g\n'), 'latin1');
    expect(refusalOf(read)).toBe(
      'exit 1 line 8: the opt-out register is damaged: change 3 does not match its digest',
    );
  });

  test('by a cut at any byte is refused: the head says how far the log went', async () => {
    const [one, two, three] = await threeChanges();
    const whole = readFileSync(path);
    for (let length = 0; length < three!; length += 1) {
      writeFileSync(path, whole.subarray(0, length));
      if (!/^exit 1 /.test(refusalOf(read))) expect.fail(`cut at ${length}`);
    }
    writeFileSync(path, whole.subarray(0, two!));
    expect(refusalOf(read)).toBe(
      'exit 1 line -: the opt-out register ends after change 2, and its head beside it says that it had 3',
    );
    expect(one).toBeLessThan(two!);
  });

  test('by a change left out, or two exchanged, or one of another log, is refused', async () => {
    const [one, two, three] = await threeChanges();
    const whole = readFileSync(path);
    const start = whole.indexOf(10) + 1;
    const parts = [
      [start, one!],
      [one!, two!],
      [two!, three!],
    ].map(([from, to]) => whole.subarray(from, to));
    for (const order of [
      [1, 2],
      [0, 2],
      [1, 0, 2],
      [0, 1, 1],
      [0, 0, 1, 2],
    ]) {
      writeFileSync(path, Buffer.concat([whole.subarray(0, start), ...order.map((index) => parts[index]!)]));
      expect(refusalOf(read), order.join()).toMatch(/^exit 1 /);
    }
  });

  test('by a chain that was made again without the key is found with the key', async () => {
    await threeChanges();
    const kept = readFileSync(`${path}.head`);
    const forged = join(folder, 'forged');
    for (const text of ['a\n', '', 'c\n'])
      await appendToLog(forged, { ...settings, key }, {}, Buffer.from(text));
    writeFileSync(path, readFileSync(forged));
    writeFileSync(`${path}.head`, kept);
    expect(refusalOf(read)).toMatch(
      /^exit 1 line -: the opt-out register is not the one that its head was made of/,
    );
    // seals of nobody
    const whole = readFileSync(forged, 'latin1').replaceAll(/(= \w{64}) \w{64}/g, `$1 ${'0'.repeat(64)}`);
    writeFileSync(forged, whole, 'latin1');
    expect(refusalOf(() => readLog(forged, settings))).toMatch(/change 1 does not match its seal$/);
  });

  test('by a missing head, or a missing log beside a head, is refused, and nothing is appended', async () => {
    await threeChanges();
    const [whole, head] = [readFileSync(path), readFileSync(`${path}.head`)];
    rmSync(`${path}.head`);
    expect(refusalOf(read)).toBe(
      'exit 1 line -: the opt-out register has no head beside it (register.head), so that nothing shows that it is whole',
    );
    await expect(append('d\n')).rejects.toMatchObject({ exitCode: 1 });
    writeFileSync(`${path}.head`, head);
    rmSync(path);
    expect(refusalOf(read)).toBe(
      'exit 1 line -: the opt-out register is missing, and its head beside it says that it had 3 changes',
    );
    await expect(append('d\n')).rejects.toMatchObject({ exitCode: 1 });
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, whole);
    expect(textsOf()).toHaveLength(3);
  });

  test('by text after a whole log is refused where it is no change that was not finished', async () => {
    await threeChanges();
    appendFileSync(path, 'hello\n');
    expect(refusalOf(read)).toMatch(/^exit 1 line \d+: .* is not the header of change 4$/);
  });
});

describe('the lock', () => {
  test('of another command is waited for, and then the change is refused', async () => {
    await append('a\n');
    const lock = await RunLock.take(`${path}.lock`);
    await expect(
      appendToLog(path, { ...settings, patienceMs: 100 }, {}, Buffer.from('b\n')),
    ).rejects.toMatchObject({ exitCode: 3 });
    setTimeout(() => void lock.release(), 150);
    await append('c\n');
    expect(textsOf()).toEqual(['a\n', 'c\n']);
  });

  test('makes each of many writers at once append its own', async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `${index}\n`);
    await Promise.all(texts.map((text) => append(text)));
    expect(textsOf().sort()).toEqual(texts.sort());
  });
});

test('whatever is appended is read back, and every head is the start of the next', async () => {
  const line = fc.stringMatching(/^[ -~]{0,20}$/).map((text) => `${text}\n`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ lines: fc.array(line, { maxLength: 5 }), by: fc.string({ unit: 'grapheme' }) }), {
        maxLength: 6,
      }),
      async (changes) => {
        rmSync(path, { force: true });
        rmSync(`${path}.head`, { force: true });
        await changeLog(path, settings, () => null);
        let before = readFileSync(path);
        for (const { lines, by } of changes) {
          await append(lines.join(''), { by });
          const after = readFileSync(path);
          expect(after.subarray(0, before.length).equals(before)).toBe(true);
          before = after;
        }
        const log = read();
        expect(
          log.changes.map(({ lines, count, header }) => [lines.toString(), count, header['by']]),
        ).toEqual(changes.map(({ lines, by }) => [lines.join(''), lines.length, by]));
      },
    ),
    { numRuns: 25 },
  );
});

test('100 MB are read and checked at the speed of SHA-256', async () => {
  const bytes = Buffer.alloc(100_000_000, `${'x'.repeat(99)}\n`);
  await appendToLog(path, settings, {}, bytes);
  const { createHash } = await import('node:crypto');
  const started = performance.now();
  createHash('sha256').update(readFileSync(path)).digest();
  const alone = performance.now() - started;
  const from = performance.now();
  expect(read().changes[0]!.count).toBe(1_000_000);
  expect(performance.now() - from).toBeLessThan(2 * alone + 100);
});

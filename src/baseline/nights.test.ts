import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_TALLY, type OptOutTally } from '../domain/opt-out-tally.ts';
import { TallystickError } from '../domain/problem.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { completeExpect } from '../pipeline/complete-expect.ts';
import type { ExpectFile } from '../pipeline/expect-schema.ts';
import type { Pipeline, SourceSpec, TableSpec } from '../pipeline/pipeline.ts';
import { type Acceptance, NOTHING_ACCEPTED } from './acceptance.ts';
import type { Baseline } from './baseline.ts';
import { describeBaseline } from './describe-baseline.ts';
import type { Delivery, Linkage } from './night.ts';
import { Nights } from './nights.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tallystick-nights-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const path = () => join(home, 'baseline.json');
const read = () => readFileSync(path(), 'utf8');
const kept = () => (JSON.parse(read()) as Baseline).nights;
const KEY = new KeyRing(Buffer.alloc(32, 7));
const OTHER_KEY = new KeyRing(Buffer.alloc(32, 8));
const LINKAGE_ID = 'a'.repeat(32);
const STORE_ID = 'cd'.repeat(16);
const day = (index: number) =>
  `2026-${String(3 + Math.floor(index / 31)).padStart(2, '0')}-${String((index % 31) + 1).padStart(2, '0')}`;

function pipelineOf(given?: ExpectFile): Pipeline {
  const columns = ['nhs-number', 'sex'].map((role) => ({ name: role, role }));
  const table = { name: 'stays', columns } as unknown as TableSpec;
  const sources = [
    { name: 'acute', patients: null, addresses: null, tables: [table] } as unknown as SourceSpec,
  ];
  const expect = completeExpect(given, undefined, sources, (_, message) => {
    throw new Error(message);
  });
  return { name: 'tiny', expect, sources } as unknown as Pipeline;
}

/** A night like every other, except for the given values. */
interface Shape {
  readonly rows?: number;
  readonly valid?: number;
  readonly cells?: number;
  readonly events?: Readonly<Record<string, number>>;
  readonly inForce?: Readonly<Record<string, number>>;
  readonly tally?: Partial<OptOutTally>;
  readonly stopped?: number;
  readonly linked?: number;
  readonly ranks?: Readonly<Record<string, number>>;
  readonly ladder?: string;
  readonly typeTwo?: number;
}

function deliveryOf(date: string, shape: Shape, key: KeyRing): Delivery {
  const { rows = 1000, cells = 1000, valid = 1000, events, inForce, tally, stopped = 50 } = shape;
  return {
    date,
    keyIds: { linkage: LINKAGE_ID, store: STORE_ID, release: key.keyId },
    rows: { stays: rows },
    columns: { stays: { sex: { valid, missing: cells - valid, placeholder: 0, invalid: 0 } } },
    optOutEvents: { 'register/type-1': 100, ...events },
    optOutsInForce: { 'type-1/number': 100, ...inForce },
    optOutTally: { ...EMPTY_TALLY, ...tally },
    stoppedPatients: { gp_patients: { part: stopped, of: 1000 } },
  };
}

function linkageOf({ linked = 900, ranks = { 8: 900, 0: 100 }, ladder = 'x', typeTwo = 50 }: Shape): Linkage {
  return {
    ladder,
    linked: { acute: { part: linked * 10, of: 10_000 } },
    ranks,
    personsOptedOut: { 'type 2': { part: typeTwo, of: 1000 } },
  };
}

interface Options extends Partial<Acceptance> {
  readonly expect?: ExpectFile;
  readonly key?: KeyRing;
}

/** Runs a night from its delivery to the baseline. @returns its warnings */
async function night(
  date: string,
  shape: Shape = {},
  { expect: given, key = KEY, ...accepted }: Options = {},
): Promise<string[]> {
  const acceptance = { ...NOTHING_ACCEPTED, ...accepted };
  const delivery = deliveryOf(date, shape, key);
  const nights = await Nights.open(home, pipelineOf(given), key, acceptance, delivery, () => undefined);
  nights.compareLinkage(linkageOf(shape));
  await nights.keepWith(`${date}-0123456789ab`, () => Promise.resolve());
  return nights.warnings.map(({ message }) => message);
}

async function refusal(...of: Parameters<typeof night>): Promise<{ exitCode: number; message: string }> {
  const before = read();
  const error = await night(...of).then(
    () => null,
    (fault: unknown) => fault,
  );
  expect(error).toBeInstanceOf(TallystickError);
  expect(read()).toBe(before);
  const { exitCode, message } = error as TallystickError;
  return { exitCode, message };
}

async function manyNights(
  count: number,
  shape: (index: number) => Shape = () => ({}),
  options: Options = {},
): Promise<string[][]> {
  const warnings: string[][] = [];
  for (let index = 0; index < count; index += 1)
    warnings.push(await night(day(index), shape(index), options));
  return warnings;
}

describe('the file', () => {
  it('is readable by its owner only, and no temporary file is left', async () => {
    await night(day(0));
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(home)).toEqual(['baseline.json']);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    [
      'an edited count',
      (text) => text.replace('"register/type-1": 100', '"register/type-1": 10'),
      /was edited/,
    ],
    ['an edited date', (text) => text.replace(/"date": "2026/, '"date": "2025'), /was edited/],
    ['an edited pin', (text) => text.replace(/("linkage": ")a/, '$1b'), /was edited/],
    ['no nights', (text) => text.replace(/"nights": \[[\s\S]*\],/, '"nights": [],'), /is damaged/],
    ['one thing more', (text) => text.replace('"nights"', '"more": 1, "nights"'), /is damaged/],
    ['an empty seal', (text) => text.replace(/"seal": ".*"/, '"seal": ""'), /was edited/],
    ['half of it', (text) => text.slice(0, text.length / 2), /is damaged/],
    ['an empty file', () => '', /is damaged/],
    ['null', () => 'null', /is damaged/],
    [
      'another version',
      (text) => text.replace('"formatVersion": 2', '"formatVersion": 3'),
      /format version 3/,
    ],
    [
      'another name',
      (text) => text.replace('"name": "tiny"', '"name": "other"'),
      /or belongs to another pipeline/,
    ],
  ])(
    'stops the run where it is damaged or edited, until a new baseline is requested: %s',
    async (_, edit, reason) => {
      await night(day(0));
      const edited = edit(read());
      expect(edited).not.toBe(read());
      writeFileSync(path(), edited);
      const { exitCode, message } = await refusal(day(1));
      expect(exitCode).toBe(1);
      expect(message).toMatch(reason);
      expect(message).toContain('--new-baseline');
      expect(await night(day(1), {}, { newBaseline: true })).toEqual([
        'a new baseline begins with this night: it was not compared with any other',
      ]);
      expect(kept()).toHaveLength(1);
    },
  );

  it('edited counts of a practice are noticed', async () => {
    const practices = { gp: { kinds: ['code/type-1'], counts: 'A81001 12' } };
    await night(day(0), { tally: { practices } });
    writeFileSync(path(), read().replace('A81001 12', 'A81001 2'));
    expect((await refusal(day(1), { tally: { practices } })).message).toMatch(/was edited/);
  });

  it('may be formatted differently: its content is sealed, not its blanks', async () => {
    await night(day(0));
    writeFileSync(path(), JSON.stringify(JSON.parse(read())));
    expect(await night(day(1))).toEqual([]);
  });

  it('keeps the last thirty nights, or as many as the pipeline file says', async () => {
    await manyNights(33);
    expect(kept().map(({ date }) => date)).toEqual(Array.from({ length: 30 }, (_, index) => day(index + 3)));
    await night(day(33), {}, { expect: { nights: 4 } });
    expect(kept().map(({ date }) => date)).toEqual([30, 31, 32, 33].map(day));
  });

  it('is restored where the run could not be published', async () => {
    const attempt = async (date: string) => {
      const nights = await Nights.open(
        home,
        pipelineOf(),
        KEY,
        NOTHING_ACCEPTED,
        deliveryOf(date, {}, KEY),
        () => undefined,
      );
      nights.compareLinkage(linkageOf({}));
      const failing = nights.keepWith(`${date}-0123456789ab`, () => Promise.reject(new Error('disk full')));
      await expect(failing).rejects.toThrow('disk full');
    };
    await attempt(day(0));
    expect(readdirSync(home)).toEqual([]);
    await night(day(0));
    const before = read();
    await attempt(day(1));
    expect(read()).toBe(before);
  });

  it('must exist where a run was published, and need not where none was', async () => {
    mkdirSync(join(home, `${day(0)}-0123456789ab`));
    await expect(night(day(1))).rejects.toMatchObject({ exitCode: 1 });
    expect(await night(day(1), {}, { newBaseline: true })).toHaveLength(1);
  });

  it('of another release key is exit 3; with that key id accepted, earlier nights count, with a warning that they are unverified', async () => {
    await night(day(0));
    expect((await refusal(day(1), {}, { key: OTHER_KEY })).exitCode).toBe(3);
    const accepted = { key: OTHER_KEY, newKeys: [OTHER_KEY.keyId] };
    expect((await refusal(day(1), { rows: 100 }, accepted)).message).toContain('stays has 100 rows');
    expect(await night(day(1), {}, accepted)).toEqual([
      expect.stringContaining('sealed with another release key'),
    ]);
    expect(await night(day(2), {}, { key: OTHER_KEY })).toEqual([]);
    expect((await refusal(day(3))).exitCode).toBe(3);
  });
});

describe('describing it, without a run', () => {
  it('gives its content, with the key or without', async () => {
    expect(await describeBaseline(home, 'tiny', KEY)).toEqual({ state: 'none', nights: [], keyIds: null });
    await manyNights(2);
    const keyIds = { linkage: LINKAGE_ID, store: STORE_ID, release: KEY.keyId };
    expect(await describeBaseline(home, 'tiny', KEY)).toMatchObject({
      state: 'sealed',
      nights: [{ date: day(0) }, { date: day(1) }],
      keyIds,
    });
    expect(await describeBaseline(home, 'tiny', null)).toMatchObject({ state: 'unchecked', keyIds });
    expect(await describeBaseline(home, 'tiny', OTHER_KEY)).toMatchObject({ state: 'unchecked', keyIds });
    expect(await describeBaseline(home, 'another', KEY)).toMatchObject({
      state: 'edited',
      nights: [],
      keyIds: null,
    });
    rmSync(path());
    mkdirSync(join(home, `${day(0)}-0123456789ab`));
    expect(await describeBaseline(home, 'tiny', KEY)).toMatchObject({ state: 'missing' });
  });
});

describe('rows', () => {
  it.each<[number, RegExp | null]>([
    [1000, null],
    [1300, null],
    [700, null],
    [1301, /^stays has 1,301 rows; the median of the last nights had 1,000 \(\+30\.1 %\)$/],
    [699, /699 rows.*-30\.1 %/],
    [500, /500 rows.*-50\.0 %/],
  ])('%i after 1,000', async (rows, warning) => {
    await manyNights(3);
    expect(await night(day(3), { rows })).toEqual(warning === null ? [] : [expect.stringMatching(warning)]);
  });

  it.each([499, 100, 0, 1501, 2000, 100_000])('%i after 1,000 stop the run', async (rows) => {
    await manyNights(3);
    const { exitCode, message } = await refusal(day(3), { rows });
    expect(exitCode).toBe(1);
    expect(message).toContain(`stays has ${rows.toLocaleString('en-GB')} rows`);
  });

  it('of a small table are a warning only: chance alone may halve them', async () => {
    await manyNights(3, () => ({ rows: 5 }));
    expect(await night(day(3), { rows: 2 })).toHaveLength(1);
  });

  it('are compared with a usual night, not with one that had a backlog', async () => {
    await night(day(0));
    expect(await night(day(1), { rows: 3000 }, { changes: ['rows'] })).toEqual([
      expect.stringContaining('(accepted by --accept-change rows)'),
    ]);
    expect(await night(day(2))).toEqual([]);
    await refusal(day(3), { rows: 3000 });
  });

  it('that fall slowly are noticed by comparison with the first week', async () => {
    const warnings = await manyNights(30, (index) => ({ rows: Math.round(1000 * 0.98 ** index) }));
    expect(warnings.findIndex((some) => some.length > 0)).toBeGreaterThan(14);
    expect(warnings.at(-1)).toEqual([expect.stringContaining('little by little')]);
  });

  it('have the limits of their table', async () => {
    await manyNights(3);
    const given: ExpectFile = { rows: { tables: { stays: { warn: 'never', stop: '95%' } } } };
    expect(await night(day(3), { rows: 60 }, { expect: given })).toEqual([]);
    expect((await refusal(day(4), { rows: 20 }, { expect: given })).exitCode).toBe(1);
  });
});

describe('valid cells', () => {
  it('that become fewer slowly are noticed by comparison with the best night', async () => {
    const warnings = await manyNights(4, (index) => ({ valid: 1000 - index * 60 }));
    expect(warnings.map((some) => some.length)).toEqual([0, 1, 1, 1]);
    const { message } = await refusal(day(4), { valid: 790 });
    expect(message).toContain(
      `sex: of stays.sex 79.0 % of the cells are valid, 21.0 points fewer than on ${day(0)}, the best night kept (100.0 %); tonight valid 790, missing 210`,
    );
  });

  it('in a column of few cells may be fewer by chance', async () => {
    await night(day(0), { cells: 10, valid: 10 });
    expect(await night(day(1), { cells: 10, valid: 7 })).toEqual([]);
  });

  it('have the limits of their column', async () => {
    await night(day(0));
    const given: ExpectFile = {
      valid: { columns: { stays: { sex: { stop: 'never', warn: '40 points' } } } },
    };
    expect(await night(day(1), { valid: 610 }, { expect: given })).toEqual([]);
    expect(await night(day(1), { valid: 590 }, { expect: given })).toHaveLength(1);
  });
});

describe('links', () => {
  it('of a source: two points of difference are a warning, ten stop the run, in either direction', async () => {
    await manyNights(3);
    expect(await night(day(3), { linked: 880 })).toEqual([]);
    expect(await night(day(4), { linked: 860 })).toEqual([
      expect.stringContaining(
        'the records of acute that were linked are 86.0 % of all, 4.0 points fewer than on',
      ),
    ]);
    expect((await refusal(day(5), { linked: 700 })).message).toContain(
      'the records of acute that were linked are 70.0 % of all',
    );
    expect(await night(day(5), { linked: 1000 })).toEqual([
      expect.stringContaining('100.0 % of all, 10.0 points more than on'),
    ]);
  });

  it('by rank: a shift from one rank to another is noticed', async () => {
    await manyNights(3);
    expect((await refusal(day(3), { ranks: { 8: 600, 6: 300, 0: 100 } })).message).toMatch(
      /subjects of match rank 6 are 30\.0 % of all, 30\.0 points more[\s\S]*match rank 8 are 60\.0 %/,
    );
  });

  it('by rank are not compared with those of another ladder', async () => {
    await night(day(0));
    expect(await night(day(1), { ranks: { 1: 900, 0: 100 }, ladder: 'y' })).toEqual([
      expect.stringContaining('the match ranks differ'),
    ]);
  });
});

describe('opt-outs', () => {
  it('may fall by a tenth of the best night and no more, however slowly', async () => {
    await manyNights(11, (index) => ({ events: { 'register/type-1': 100 - index } }));
    expect((await refusal(day(11), { events: { 'register/type-1': 89 } })).message).toContain(
      `the register's type-1 events fell from 100 on ${day(0)}, the best night kept, to 89; a fall of 10 % is allowed`,
    );
  });

  it('of an origin that is no longer declared count as fallen to zero', async () => {
    await night(day(0), { events: { 'coded/gp/type-2': 4 } });
    expect((await refusal(day(1))).message).toContain('coded type-2 events of gp fell from 4');
  });

  it('in force, and the share that they stop, may fall within chance and no further', async () => {
    await manyNights(2);
    expect(await night(day(2), { inForce: { 'type-1/number': 85 }, stopped: 40, typeTwo: 40 })).toEqual([]);
    const { message } = await refusal(day(3), { inForce: { 'type-1/number': 60 }, stopped: 10 });
    expect(message).toContain('type-1 opt-outs in force, by NHS number fell from 100');
    expect(message).toContain('rows of gp_patients that a type 1 opt-out stopped fell from 5.0 %');
    expect((await refusal(day(3), { typeTwo: 0 })).message).toContain(
      'persons not released for a type 2 opt-out fell',
    );
  });

  it('have no lower reference after a night is repeated', async () => {
    await night(day(0));
    await night(day(0), { events: { 'register/type-1': 91 } });
    await refusal(day(0), { events: { 'register/type-1': 82 } });
    expect(kept()[0]?.optOutEvents['register/type-1']).toBe(100);
  });

  it('accepted as fewer are the reference from that night on', async () => {
    await night(day(0));
    const fewer = { events: { 'register/type-1': 20 } };
    expect(await night(day(1), fewer, { changes: ['opt-outs'] })).toHaveLength(1);
    expect(await night(day(2), fewer)).toEqual([]);
    await refusal(day(3), { events: { 'register/type-1': 17 } });
  });

  it('are not accepted by accepting another measure', async () => {
    await night(day(0));
    const said = await refusal(
      day(1),
      { rows: 100, events: { 'register/type-1': 1 } },
      { changes: ['rows', 'valid', 'linked'] },
    );
    expect(said.message).toContain("the register's type-1 events fell");
    expect(said.message).not.toContain('stays has');
  });
});

describe('nights out of order', () => {
  it('an older night is compared with those before it, and is not kept', async () => {
    await manyNights(3, (index) => ({ events: { 'register/type-1': 100 + 100 * index } }));
    const before = read();
    expect(await night(day(1), { events: { 'register/type-1': 200 } })).toEqual([
      expect.stringContaining(`the baseline holds nights up to ${day(2)}`),
    ]);
    expect(read()).toBe(before);
    await refusal(day(1), { events: { 'register/type-1': 100 } });
  });

  it('a night before all others is compared with all of them', async () => {
    await night(day(5));
    expect((await refusal(day(1), { rows: 10 })).exitCode).toBe(1);
  });

  it('an earlier copy of the file is detected by the runs that were published after it', async () => {
    await night(day(0));
    const copy = read();
    await night(day(1));
    mkdirSync(join(home, `${day(1)}-0123456789ab`));
    writeFileSync(path(), copy);
    expect((await refusal(day(2))).message).toContain('it is an earlier copy');
  });

  it('a new baseline on an old date is not taken for an earlier copy', async () => {
    mkdirSync(join(home, `${day(9)}-0123456789ab`));
    await night(day(3), {}, { newBaseline: true });
    expect(await night(day(10))).toEqual([]);
  });
});

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunSettings } from '../../program/run-settings.ts';
import { fillStore } from '../../provider/fill-store.ts';
import { BenchFolder, RUN_DATE } from '../../run/test-rig/bench-folder.ts';
import { ByteSearch } from '../../run/test-rig/byte-search.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import { PartReader } from '../../store/part-reader.ts';
import { rowsIn } from '../../store/test-rig/part-rows.ts';
import { evaluateLinkage } from './evaluate-linkage.ts';
import type { Evaluation } from './evaluation.ts';

const [ann, bob, cat, dan, , fay] = NHS_NUMBERS;

/**
 * Ann is with the practice and was in hospital three times: once with her number, once without, once with nothing but her
 * name. Bob's stay was booked under Cat's number. Dan has a type 1 opt-out. The truth does not have Fay.
 */
const FILES = {
  'patients.csv': `id,nhs,born,sex,postcode,lsoa
GPKEY1,${ann},02/03/1950,2,SW1A 2AA,E01000001
GPKEY2,${bob},03/04/1960,1,M1 1AA,E01000002
GPKEY3,${cat},04/05/1970,2,LS1 4AP,E01000002
GPKEY4,${dan},05/06/1980,1,B1 1AA,E01000003
`,
  'visits.csv': 'id,seen,code\nGPKEY1,01/02/2026,44054006\nGPKEY3,02/02/2026,44054006\n',
  'stays.csv': `episode,nhs,born,sex,postcode,ward
STAY0001,${ann},02/03/1950,2,SW1A 2AA,a
STAY0002,,02/03/1950,2,SW1A 2AA,b
STAY0003,${cat},03/04/1960,1,M1 1AA,a
STAY0004,${cat},04/05/1970,2,LS1 4AP,a
STAY0005,${dan},05/06/1980,1,B1 1AA,b
STAY0006,,,,,b
STAY0007,${fay},06/07/1990,1,B1 1AB,b
`,
  'register.csv': `nhs_number,type,event,date\n${dan},1,registered,2020-01-01\n`,
  'truth.csv': `table,record_id,person
gp_patients,GPKEY1,TRULY-ANN
gp_patients,GPKEY2,TRULY-BOB
gp_patients,GPKEY3,TRULY-CAT
gp_patients,GPKEY4,TRULY-DAN
stays,STAY0001,TRULY-ANN
stays,STAY0002,TRULY-ANN
stays,STAY0003,TRULY-BOB
stays,STAY0004,TRULY-CAT
stays,STAY0005,TRULY-DAN
stays,STAY0006,TRULY-ANN
stays,STAY0009,TRULY-ANN
visits,GPKEY1,TRULY-ANN
`,
};

const demographics = {
  nhs: { role: 'nhs-number' },
  born: { role: 'date-of-birth' },
  sex: { role: 'sex' },
  postcode: { role: 'postcode' },
};

/** @param episode the role of the column that names a stay */
const pipelineOf = (episode = 'record-id') => ({
  tallystick: 1,
  name: 'tiny',
  synthetic: true,
  keys: { linkage: { file: 'linkage.key' }, release: { file: 'no-such.key' } },
  sources: {
    gp: {
      setting: 'gp',
      format: { date: '%d/%m/%Y' },
      patients: {
        files: 'patients.csv',
        columns: { id: { role: 'patient-key' }, ...demographics, lsoa: { role: 'area' } },
      },
      tables: {
        visits: {
          files: 'visits.csv',
          columns: {
            id: { role: 'patient-key' },
            seen: { role: 'date' },
            code: { role: 'code', system: 'snomed' },
          },
        },
      },
    },
    acute: {
      setting: 'hospital',
      format: { date: '%d/%m/%Y' },
      tables: {
        stays: {
          files: 'stays.csv',
          columns: { episode: { role: episode }, ...demographics, ward: { role: 'category' } },
        },
      },
    },
  },
  optOuts: { register: { file: 'register.csv', asOf: RUN_DATE } },
  link: { ranks: 'two-step' },
  release: { agreement: 'tiny-001', tables: { stays: { ward: 'keep' }, visits: { seen: 'keep' } } },
});

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  for (const [name, text] of Object.entries(FILES)) folder.put(name, text);
});
afterEach(() => folder.remove());

const said: string[] = [];
function settings(work: string): RunSettings {
  mkdirSync(folder.at(work), { mode: 0o700 });
  return {
    runDate: RUN_DATE,
    threads: 2,
    memory: '512MiB',
    privateDirectory: folder.at(work),
    progress: { begin: (stage) => said.push(stage), end: () => undefined },
    log: (event) => said.push(JSON.stringify(event)),
    signal: new AbortController().signal,
  };
}

function evaluate(pipeline: object = pipelineOf(), truth = 'truth.csv'): Promise<Evaluation> {
  const file = { path: folder.at(truth), shownAs: truth };
  return evaluateLinkage(folder.parse(pipeline), file, settings('work'));
}

describe('an evaluation', () => {
  it('gives the figures that can be worked out by hand', async () => {
    const { record, pair, ranks, persons, records, notEvaluated, ladder, subgroups } = await evaluate();
    // P1: GPKEY1, STAY0001, STAY0002 of Ann. P2: GPKEY2 of Bob. P3: GPKEY3 and STAY0004 of Cat, STAY0003 of Bob: false.
    // P4: STAY0005 of Dan. STAY0006 is Ann's, has no subject and is alone: missed. Bob's two are apart: one is missed.
    expect({ records, persons, ladder }).toEqual({
      records: 9,
      persons: { true: 4, linked: 5 },
      ladder: 'two-step',
    });
    expect(record).toMatchObject({ linked: 6, falseMatches: 1, linkable: 8, missedMatches: 2 });
    expect(record).toMatchObject({ falseMatchRate: 1 / 6, missedMatchRate: 2 / 8 });
    expect(pair).toMatchObject({
      bothPairs: 4,
      linkedPairs: 6,
      truePairs: 8,
      precision: 4 / 6,
      recall: 4 / 8,
    });
    expect(pair.f1).toBe(8 / 14);
    expect(ranks.map((one) => [one.rank, one.records, one.linked, one.falseMatches])).toEqual([
      [8, 7, 5, 1],
      [6, 1, 1, 0],
      [0, 1, 0, 0],
    ]);
    expect(notEvaluated).toEqual({
      truthOfOtherTables: 1,
      truthWithoutRecord: 2, // GPKEY4, who was stopped, and STAY0009, which nobody delivered
      recordsWithoutTruth: 1, // Fay's
      notLinked: { 'type-1-opt-out': 1 },
    });
    // too few for any subgroup to be shown; there is a grouping for every column that a row has
    expect(new Set(subgroups.map(({ by }) => by))).toEqual(
      new Set(['source', 'nhsNumber', 'sex', 'ageBand', 'area']),
    );
    expect(subgroups.every((one) => one.records === null)).toBe(true);
  });

  it('makes the tokens that a run makes', async () => {
    await evaluate();
    const pipeline = folder.parse(pipelineOf());
    await fillStore(pipeline, null, folder.at('store'), settings('work-of-run'), () => []);
    const linking = ['subject', 'nhs', 'tuple'].flatMap((token) => [`${token}_a`, `${token}_b`]);
    for (const [part, rows, tokens] of [
      ['gp_patients', 3, ['subject']],
      ['stays', 7, ['subject']],
      ['subjects-of-gp', 3, [...linking, 'is_orphan', 'first_of_january']],
      ['subjects-of-acute', 6, [...linking, 'is_orphan', 'first_of_january']],
    ] as const) {
      const of = (store: string) => {
        const parts = readdirSync(folder.at(store)).filter((name) => name.startsWith(`${part}-`));
        return parts.flatMap((name) => {
          const reader = PartReader.open(join(folder.at(store), name));
          if (store === 'store')
            expect(reader.columns.map((column) => column.name)).not.toContain('record_a');
          const indices = tokens.map((token) => reader.columns.findIndex((column) => column.name === token));
          expect(indices).not.toContain(-1);
          const read = rowsIn(reader).map((row) => indices.map((index) => String(row[index])).join());
          reader.close();
          return read;
        });
      };
      expect(of('store').sort()).toEqual(of('work/store').sort());
      expect(of('store')).toHaveLength(rows);
    }
  });

  it('leaves no identifier in its private folder, the truth’s own among them, and logs none', async () => {
    const result = await evaluate();
    const keys = Object.values(FILES).flatMap((text) => text.match(/GPKEY\d|STAY\d{4}|TRULY-[A-Z]+/g) ?? []);
    const search = new ByteSearch([...keys, 'SW1A 2AA', 'SW1A2AA'], NHS_NUMBERS.slice(0, 6));
    expect(search.text('the truth', FILES['truth.csv'])).not.toEqual([]);
    expect(readdirSync(folder.at('work')).sort()).toEqual(['spill', 'store', 'truth.csv']);
    expect(search.folder(folder.at('work'))).toEqual([]);
    expect(search.text('what it said', [JSON.stringify(result), ...said].join('\n'))).toEqual([]);
  });

  it('reads a compressed truth, and accepts quoted and padded cells', async () => {
    const padded = FILES['truth.csv'].replaceAll(/^(gp_patients),(GPKEY\d)/gm, '"$1", $2 ');
    folder.put('padded.csv.gz', gzipSync(padded));
    expect((await evaluate(pipelineOf(), 'padded.csv.gz')).records).toBe(9);
  });
});

describe('an evaluation is refused', () => {
  const refusal = (pipeline: object, truth = 'truth.csv') =>
    evaluate(pipeline, truth).then(
      () => 'it was not',
      (fault: { exitCode?: number; message: string }) => `exit ${fault.exitCode}: ${fault.message}`,
    );

  it.each([
    ['no truth', null, 'exit 1: other.csv: there is no such truth file'],
    [
      'a record that is named twice',
      `${FILES['truth.csv']}stays,STAY0001,TRULY-BOB\n`,
      'exit 1: other.csv:14:record_id: names a record that line 6 has named already',
    ],
    [
      'the truth of other records',
      'table,record_id,person\nstays,STAY9999,TRULY-ANN\n',
      'exit 1: other.csv: names no record that is in the extracts',
    ],
  ])('for %s', async (_, text, message) => {
    if (text !== null) folder.put('other.csv', text);
    expect(await refusal(pipelineOf(), 'other.csv')).toContain(message);
  });

  it('for a table with identifiers whose records have no ids', async () => {
    expect(await refusal(pipelineOf('category'))).toContain(
      'exit 1: truth.csv:6:table: the records of stays cannot be distinguished: it has no record-id column',
    );
  });

  it('as a run is: without its opt-out list', async () => {
    const pipeline = pipelineOf();
    pipeline.optOuts.register.file = 'none.csv';
    expect(await refusal(pipeline)).toContain('exit 1: none.csv: the opt-out register is missing');
  });
});

it('passes over tables whose records have no ids when the truth does not name them', async () => {
  folder.put('gp.csv', FILES['truth.csv'].replaceAll(/^stays.*\n/gm, ''));
  const { records, notEvaluated } = await evaluate(pipelineOf('category'), 'gp.csv');
  expect({ records, without: notEvaluated.recordsWithoutTruth }).toEqual({ records: 3, without: 7 });
});

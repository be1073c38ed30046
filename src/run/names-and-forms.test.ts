import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillStore } from '../provider/fill-store.ts';
import { BenchFolder, type Published, RUN_DATE } from './test-rig/bench-folder.ts';
import { flatPipeline, NHS_NUMBERS } from './test-rig/flat-source.ts';

const [ANN, BEN, CAT] = NHS_NUMBERS;

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

const putStays = (wards: readonly string[], file = 'stays.csv') =>
  folder.put(file, `nhs,ward\n${wards.map((ward) => `${ANN},"${ward}"\n`).join('')}`);

/** What a run records about its inputs: for the recipient, and for the operator. */
const allOf = ({ text }: Published) => text('release/manifest.json') + text('operator/receipts.json');

/** Fills a token store, as `tallystick tokenise` does. */
async function tokenise(pipeline: object, logged: readonly string[] = []) {
  mkdirSync(folder.at('work'), { mode: 0o700 });
  const settings = {
    runDate: RUN_DATE,
    threads: 1,
    memory: '1GiB',
    privateDirectory: folder.at('work'),
    progress: { begin: () => undefined, end: () => undefined },
    log: () => undefined,
    signal: new AbortController().signal,
  };
  return fillStore(folder.parse(pipeline), null, folder.at('store'), settings, () => logged);
}

describe('forms of an identifier in a column of texts', () => {
  it('stop the run, each of them', async () => {
    const numbers = [
      ...[`ref-${BEN}x`, `NHS${BEN}`, '999.000.0018', '999 0000018', '999  000  0018'],
      ...[
        '999\u00a0000\u00a00018',
        `00${BEN}`,
        '９９９００００１８'.replace('９９９', '９９９０'),
        '999_000_0018',
        '999/000/0018',
      ],
    ];
    const postcodes = ['WF89\u00a08BR', 'WF89-8BR', 'WF89\t8BR', 'WF89.8BR', 'homeWF898BR'];
    putStays(['W0', 'W1', ...numbers, ...postcodes, 'W2']);
    const message = await folder.refusal(flatPipeline());
    expect(message).toContain(`stays.arrow:ward: leak scan: ${numbers.length} texts look like a NHS number`);
    expect(message).toContain(`stays.arrow:ward: leak scan: ${postcodes.length} texts look like a postcode`);
    expect(message).not.toMatch(/WF89|999/);
  });

  it('are found in a column that is declared as SNOMED CT', async () => {
    putStays(['53741008', CAT]);
    const ward = { role: 'code', system: 'snomed' };
    expect(await folder.refusal(flatPipeline({ columns: { ward } }))).toMatch(
      /leak scan: 1 text looks like a NHS/,
    );
  });
});

describe('names of undeclared columns', () => {
  const notRead = async (header: string, cells: string) => {
    folder.put('stays.csv', `nhs,ward,${header}\n${ANN},W1,${cells}\n`);
    const published = await folder.publish(flatPipeline());
    const text = allOf(published);
    return { ...JSON.parse(published.text('operator/receipts.json')).receipts.notRead[0], text };
  };

  it('are repeated where they are made of known words, and counted otherwise', async () => {
    const { columns, unnamed, text } = await notRead('LSOA11,Date of Admission,Quillfeather', 'a,b,c');
    expect(columns).toEqual(['LSOA11', 'Date of Admission']);
    expect(unnamed).toBe(1);
    expect(text).not.toContain('Quillfeather');
  });

  it.each([BEN, '1990-10-26', '01/02/1990', 'K10000', '', 'SW1A 2AA', '999 000 0018'])(
    'are all counted if one of them looks like a value: %j',
    async (value) => {
      const { columns, unnamed } = await notRead(`lsoa,${value},May`, 'a,b,c');
      expect(columns).toEqual([]);
      expect(unnamed).toBe(3);
    },
  );

  it('never let a header pass that has swallowed a row', async () => {
    folder.put('stays.csv', `nhs,ward${BEN},W1,Smith\n${ANN},W1\n${CAT},W2\n`.replace('ward', 'ward,'));
    const message = await folder.refusal(flatPipeline({ quarantine: '100%' }));
    expect(message).toContain('stays.csv:1: not one row fits the header');
    expect(message).not.toMatch(/Smith|999/);
  });
});

describe('names of files', () => {
  it.each([
    'stays_Smith_John.csv',
    `stays_${BEN}.csv`,
    'stays_SW1A2AA.csv',
    'stays_\u202esmith.csv',
    'stays_=1+1|sh.csv',
  ])('are not repeated where they may be of a person or act: %j', async (file) => {
    putStays(['W1'], 'stays_2026-04-01.csv');
    folder.put(file, 'nhs,ward\n9990548609,W1,much\n9990000018,W2\n');
    const published = await folder.publish(flatPipeline({ files: 'stays_*.csv', quarantine: '90%' }));
    const inputs = JSON.parse(published.text('operator/receipts.json')).inputs.map(
      ({ file }: { file: string }) => file,
    );
    expect(inputs).toContain('stays_2026-04-01.csv');
    expect(inputs.filter((one: string) => /^acute\.stays#[12]$/.test(one))).toHaveLength(1);
    expect(published.quarantine[0]).toMatch(/^acute\.stays#[12],2,,too many columns$/);
    expect(allOf(published)).not.toMatch(/smith|9990000018|SW1A/i);
  });

  it.each(['A81001_202604', 'gp_part2', 'RJ1', 'final-v2', '20260401'])('%s is repeated', async (label) => {
    putStays(['W1'], `stays_${label}.csv`);
    const published = await folder.publish(flatPipeline({ files: 'stays_*.csv' }));
    expect(JSON.parse(published.text('operator/receipts.json')).inputs[0].file).toBe(`stays_${label}.csv`);
  });

  it('are looked at without the folders before them, which hide what they hold', async () => {
    const hiding = 'aBcD3fGh'.repeat(8);
    putStays(['W1'], `${hiding}/WF898BR.csv`);
    const published = await folder.publish(flatPipeline({ files: folder.at(`${hiding}/WF898BR*.csv`) }));
    const { inputs } = JSON.parse(published.text('operator/receipts.json')) as { inputs: { file: string }[] };
    expect(inputs.map(({ file }) => file)).toEqual(['acute.stays#1']);
  });

  it('must be UTF-8', async () => {
    putStays(['W1']);
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder.path}/stays`), Buffer.from([0xe9]), Buffer.from('.csv')]),
      'x',
    );
    expect(await folder.refusal(flatPipeline({ files: 'stays*.csv' }))).toContain(
      'stays*.csv: matches 1 file whose name is not UTF-8',
    );
  });
});

describe('the gate of a token store', () => {
  it('lets a store pass in which no header is repeated that holds an NHS number', async () => {
    folder.put('stays.csv', `nhs,ward,${BEN}\n${ANN},W1,x\n`);
    const store = await tokenise(flatPipeline());
    expect(store.undeclared).toEqual([{ file: 'stays.csv', columns: [], unnamed: 1 }]);
    expect(readFileSync(join(folder.at('store'), 'store.json'), 'utf8')).not.toContain(BEN);
  });

  it('stops at an identifier in the log, and at one in store.json', async () => {
    putStays(['W1']);
    const logged = [JSON.stringify({ level: 'info', rows: 9_990_000_018, message: `of ${BEN}` })];
    await expect(tokenise(flatPipeline(), logged)).rejects.toThrow(/the log:message: leak scan: 1 text/);
  });

  it('stops at a canary in store.json', async () => {
    putStays(['W1']);
    const canaries = folder.put('canaries.txt', 'tiny\n');
    await expect(tokenise(flatPipeline({ canaries }))).rejects.toThrow(
      /store\.json:pipeline: leak scan: 1 text/,
    );
  });
});

describe('a name that the pipeline file itself has', () => {
  it.each(['CYP101Referral.csv', 'CYP301GroupSession.csv', 'MHS101Referral_*.csv'])(
    'is shown, though a postcode could be in it: %s',
    async (pattern) => {
      const name = pattern.replace('*', '202604');
      putStays(['W0'], name);
      const pipeline = flatPipeline({ files: pattern });
      expect(allOf(await folder.publish(pipeline))).toContain(name);
    },
  );

  it.each([
    ['CYP101Referral_*.csv', 'CYP101Referral_WF898BR.csv'],
    ['CYP101Referral_*.csv', `CYP101Referral_${BEN}.csv`],
    ['WF898BR*.csv', 'WF898BR.csv'],
    [`stays${BEN}x*.csv`, `stays${BEN}x.csv`],
  ])('is not shown where an identifier is in it: %s', async (pattern, name) => {
    putStays(['W0'], name);
    const everything = allOf(await folder.publish(flatPipeline({ files: pattern })));
    expect(everything).toContain('#1');
    expect(everything).not.toContain(name);
  });

  it.each([`p${BEN}`, 'nhs-999-000-0018', 'run_ls1-4ap'])(
    'is refused as the name of the pipeline where an identifier is in it, before a folder is made: %s',
    async (name) => {
      putStays(['W0']);
      let message = '';
      try {
        folder.parse({ ...flatPipeline(), name });
      } catch (fault) {
        expect(fault).toMatchObject({ exitCode: 2, problems: [{ line: 3 }] });
        message = JSON.stringify((fault as { problems: unknown }).problems);
      }
      expect(message).toMatch(/holds what looks like a (NHS number|postcode)/);
      expect(message).not.toContain(name);
      expect(existsSync(folder.at('out'))).toBe(false);
    },
  );
});

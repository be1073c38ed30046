/** Opt-outs that a run could pass over: sources without a sign of any, several sources of them, and the findings of both. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

const REGISTER = { file: 'register.csv', asOf: '2026-04-01', allowEmpty: true };

/** A GP source of patients and events under this name, its files named after it. */
function practice(name: string, more: object = {}): object {
  return {
    setting: 'gp',
    format: { date: '%Y-%m-%d' },
    patients: {
      files: `${name}-patients.csv`,
      columns: {
        id: { role: 'patient-key' },
        nhs: { role: 'nhs-number' },
        born: { role: 'date-of-birth' },
        sex: { role: 'sex' },
        home: { role: 'postcode' },
        practice: { role: 'organisation' },
      },
    },
    tables: {
      [`${name}_events`]: {
        files: `${name}-events.csv`,
        date: 'day',
        columns: {
          id: { role: 'patient-key' },
          day: { role: 'date' },
          code: { role: 'code', system: 'snomed' },
          what: { role: 'category' },
        },
      },
    },
    ...more,
  };
}

function pipeline(sources: object, optOuts: object, released: readonly string[]): object {
  return {
    tallystick: 1,
    name: 'tiny',
    synthetic: true,
    keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
    sources,
    optOuts,
    release: {
      agreement: 'tiny-001',
      tables: Object.fromEntries(released.map((name) => [`${name}_events`, { what: 'keep' }])),
    },
  };
}

const PATIENTS = 'id,nhs,born,sex,home,practice\n';
const EVENTS = 'id,day,code,what\n';

/** Valid NHS numbers of the test range, from the first on. */
function numbersFrom(first: number, count: number): string[] {
  const numbers: string[] = [];
  for (let stem = first; numbers.length < count; stem += 1) {
    const digits = String(stem);
    const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10) numbers.push(`${digits}${check}`);
  }
  return numbers;
}

describe('on the first night', () => {
  const patients = (count: number, practiceOf: (index: number) => string = () => 'A81001') =>
    PATIENTS +
    numbersFrom(999_000_001, count)
      .map((nhs, index) => `p${index},${nhs},1980-02-03,1,LS1 4AP,${practiceOf(index)}\n`)
      .join('');
  const run = (text: string, events: string, optOuts: object = {}, more: object = {}) => {
    folder.put('one-patients.csv', text);
    folder.put('one-events.csv', EVENTS + events);
    return folder.run(pipeline({ one: practice('one', more) }, { register: REGISTER, ...optOuts }, ['one']));
  };
  const plain = 'p1,2025-01-01,44054006,x\n';

  it('1,375 patients without a coded opt-out stop the run, and one fewer does not', async () => {
    const { error } = await run(patients(1375), plain);
    expect(String(error)).toContain('of 1375 people in one_patients nobody has an opt-out in its records');
    expect((await run(patients(1374), plain)).error).toBe(null);
  });

  it('a reason given for the source, or for the rate, lets them pass', async () => {
    const none = { none: 'a cohort who consented' };
    expect((await run(patients(1375), plain, {}, { typeOne: none })).error).toBe(null);
    expect((await run(patients(1375), plain, { expectedRate: none })).error).toBe(null);
  });

  it('one practice without any stops the run, though another has one', async () => {
    const text = patients(1800, (index) => (index < 200 ? 'A81001' : 'A81002'));
    const { error } = await run(text, `${plain}p2,2025-01-01,827241000000103,x\n`);
    expect(String(error)).toContain(
      'in 1 of 2 practices in one_patients (column practice) nobody has an opt-out in its records: practices of 1600 people',
    );
    expect(String(error)).not.toContain('A81002');
  });

  it('type 2 opt-outs alone are taken, with a warning that nobody has one of type 1', async () => {
    const { result } = await run(patients(1375), `${plain}p2,2025-01-01,881561000000100,x\n`);
    expect(result?.warnings).toMatchObject([
      {
        check: 'no-opt-outs',
        message: 'of 1375 people in one_patients nobody has a type 1 opt-out in its records',
      },
    ]);
  });
});

describe('opt-outs recorded in several sources', () => {
  it('each act on the patient of their own source, where only the key identifies them', async () => {
    for (const name of ['one', 'two']) {
      const home = name === 'one' ? 'AB1 2CD' : 'AB1 2CE';
      folder.put(`${name}-patients.csv`, `${PATIENTS}k1,,1980-02-03,1,${home},\nk2,,1990-02-03,2,${home},\n`);
    }
    folder.put(
      'one-events.csv',
      `${EVENTS}k1,2025-01-01,881561000000100,x\nk1,2025-01-01,,one k1\nk2,2025-01-01,,one k2\n`,
    );
    folder.put(
      'two-events.csv',
      `${EVENTS}k2,2025-01-01,827241000000103,x\nk1,2025-01-01,,two k1\nk2,2025-01-01,,two k2\n`,
    );
    const { rows, result } = await folder.publish(
      pipeline(
        { one: practice('one'), two: practice('two') },
        { register: REGISTER, untied: 'release', maxUnmatched: '100%' },
        ['one', 'two'],
      ),
    );
    const said = async (table: string) => (await rows(table)).map(({ what }) => what);
    expect(await said('one_events')).toEqual(['one k2']);
    expect(await said('two_events')).toEqual(['two k1']);
    expect(result.persons.typeTwoOptOut).toBe(1);
  });
});

describe('the report of a run on its opt-outs', () => {
  it('is in the manifest: reasons for what was left out, and dates that are not what they should be', async () => {
    folder.put('one-patients.csv', `${PATIENTS}k1,9990548609,1980-02-03,1,,\n`);
    folder.put(
      'one-events.csv',
      `${EVENTS}k1,2026-06-01,881561000000100,x\nk1,1900-01-01,827261000000102,x\n`,
    );
    const { text, result } = await folder.publish(
      pipeline({ one: practice('one') }, { waived: { national: 'the service does not know these people' } }, [
        'one',
      ]),
    );
    const { optOuts, receipts } = JSON.parse(text('operator/receipts.json')) as {
      optOuts: { waived: unknown };
      receipts: { warnings: { check: string; message: string }[] };
    };
    const waived = [{ what: 'national data opt-outs', reason: 'the service does not know these people' }];
    expect(optOuts.waived).toEqual(waived);
    expect(result.waivers).toEqual(waived);
    expect(receipts.warnings.map(({ check, message }) => `${check}: ${message}`)).toEqual([
      'opt-out-dates: 1 opt-out events in the source one are dated after the run date',
      'opt-out-dates: 1 opt-out events in the source one have a placeholder or an impossible date',
    ]);
    expect(result.persons.released).toBe(1);
  });

  it('names all faults of its lists at once', async () => {
    folder.put('one-patients.csv', `${PATIENTS}k1,9990548609,1980-02-03,1,,\n`);
    folder.put('one-events.csv', `${EVENTS}k1,2026-01-01,,x\n`);
    folder.put('register.csv', 'nhs_number,type,event,date\n1,1,registered,\n9990548609,9,registered,\n');
    folder.put('reply.dat', '{"Subject":"SUCCESS"}');
    const national = { reply: 'reply.dat', asOf: '2026-04-01' };
    const refusal = await folder.refusal(
      pipeline({ one: practice('one') }, { register: REGISTER, national }, ['one']),
    );
    for (const part of [
      'register.csv:2:nhs_number',
      'register.csv:3:type',
      'reply.dat: the national opt-out reply is a status message',
    ])
      expect(refusal).toContain(part);
  });

  it('counts the cells of flags whose value is not declared', async () => {
    folder.put('p.csv', 'nhs,out,what\n9990548609,n,x\n9990000018,N,x\n9434765919,,x\n9876543210,Y,x\n');
    const columns = {
      nhs: { role: 'nhs-number' },
      what: { role: 'category' },
      out: { role: 'opt-out-flag', type: 'national', values: { N: 'none', Y: 'registered' } },
    };
    const ward = { setting: 'hospital', tables: { ward_events: { files: 'p.csv', columns } } };
    const waived = { 'type-2': 'none is left' };
    const { result } = await folder.publish(pipeline({ ward }, { waived }, ['ward']));
    expect(result.warnings.map(({ message }) => message)).toEqual([
      '2 cells of the opt-out-flag out in ward_events hold a value that is not declared',
    ]);
    expect(result.persons).toMatchObject({ released: 1, nationalOptOut: 3 });
  });
});

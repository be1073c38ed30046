import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import { MAX_RECORD_BYTES } from './scanned-record.ts';

const [a, b] = NHS_NUMBERS;
const MIB = 1 << 20;

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

describe('cells that do not fit', () => {
  const columns = {
    ward: { role: 'category' },
    stay: { role: 'integer' },
    dose: { role: 'decimal', missing: ['n/a', '-1'] },
    seen: { role: 'date' },
    left: { role: 'date', format: '%Y%m%d' },
    at: { role: 'timestamp' },
  };
  const header = `nhs,ward,stay,dose,seen,left,at\n`;

  it('come out typed where they fit, each date in its own format', async () => {
    const row = `${a},x,+7,1.5,29/02/2024,20260331,2026-03-31T23:59:59\n`;
    const empty = `${b}, ,,n/a,01/01/1801,18000101,\n`;
    folder.put('stays.csv', `${header}${row}${empty}${b},,,-1,,,\n`);
    const rows = await (await folder.publish(flatPipeline({ columns }))).rows('stays');
    const values = rows.map(({ person, match_rank, ...rest }) => rest);
    const nothing = { ward: null, stay: null, dose: null, seen: null, left: null, at: null };
    const something = {
      ward: 'x', stay: 7, dose: 1.5, seen: '2024-02-29', left: '2026-03-31', at: '2026-03-31T23:59:59',
    }; // biome-ignore format: one line of values
    expect(values.filter(({ ward }) => ward === null)).toEqual([nothing, nothing]);
    expect(values.filter(({ ward }) => ward !== null)).toEqual([something]);
  });

  it('are quarantined by file, line, column and reason, the first fault of a row in the order of the layout', async () => {
    const good = `${a},x,1,1,01/02/2026,20260201,2026-02-01T00:00:00\n`;
    const faulty = [
      `${a},"one\ntwo",1.5,1,01/02/2026,20260201,\n`,
      `${a},x,1,1e999,01/02/2026,20260201,\n`,
      `${a},x,1,1,2026-02-01,20260201,\n`,
      `${a},x,1,1,01/02/2026,20260229,\n`,
      `${a},x,1,1,01/02/2026,20260201,2026-02-01 00:00:00\n`,
      `${a},${'é'.repeat(33)},many,,,,\n`,
      `${a},\0,,,,,\n`,
      `${a},x,1234567890123456,,,,\n`,
    ];
    folder.put('stays.csv', header + faulty.map((row) => row + good).join(''));
    const published = await folder.publish(flatPipeline({ columns, quarantine: '50%' }));
    expect(published.text('operator/quarantine.csv')).toBe(`file,line,column,reason
stays.csv,2,stay,not an integer
stays.csv,5,dose,not a decimal number
stays.csv,7,seen,not a date in the declared format
stays.csv,9,left,not a date in the declared format
stays.csv,11,at,not a timestamp in the declared format
stays.csv,13,ward,too long for its role
stays.csv,15,ward,holds a NUL character
stays.csv,17,stay,not an integer
`);
    const receipt = published.result.receipts[0];
    expect(receipt).toMatchObject({ rowsIn: 16, rowsOut: 8, dropped: { quarantined: 8 } });
  });
});

describe('large cells', () => {
  const columns = { ward: { role: 'category' }, story: { role: 'free-text' } };
  const read = async (content: string) => {
    folder.put('stays.csv', content);
    const release = { ward: 'keep' };
    const published = await folder.publish(flatPipeline({ columns, release, quarantine: '50%' }));
    const wards = (await published.rows('stays')).map((row) => row['ward']).sort();
    return { wards, quarantine: published.quarantine };
  };

  it('of 1 MiB are nothing special in a column that is not read, and a fault in a code', async () => {
    const long = 'x'.repeat(MIB);
    const rows = `${a},x,${long},\n${a},y,,"${'line\n'.repeat(MIB / 5)}"\n${a},${long},,\n${b},z,,\n`;
    expect(await read(`nhs,ward,story,extra\n${rows}`)).toEqual({
      wards: ['x', 'y', 'z'],
      quarantine: [`stays.csv,${4 + Math.floor(MIB / 5)},ward,too long for its role`],
    });
  });

  it('may fill a record up to its limit, and a longer one is quarantined', async () => {
    const rest = `${a},x,\n`.length;
    const whole = `${a},x,${'s'.repeat(MAX_RECORD_BYTES - rest)}\n`;
    const over = `${a},y,${'s'.repeat(MAX_RECORD_BYTES - rest + 1)}\n`;
    const quoted = `${a},v,"${'s\n'.repeat(MAX_RECORD_BYTES / 2)}s"\n`;
    expect(await read(`nhs,ward,story\n${whole}${over}${quoted}${b},z,\n${b},w,\n`)).toEqual({
      wards: ['w', 'x', 'z'],
      quarantine: ['stays.csv,3,,row too long', 'stays.csv,4,,row too long'],
    });
  });
});

describe('how many faulty rows are too many', () => {
  const content = (faulty: number, of: number) =>
    `nhs,ward\n${`${a}\n`.repeat(faulty)}${`${a},secret\n`.repeat(of - faulty)}`;

  it('lets the declared share through, and not one row more', async () => {
    folder.put('stays.csv', content(2, 200));
    const { quarantine } = await folder.publish(flatPipeline({ quarantine: '1%' }));
    expect(quarantine).toEqual(['stays.csv,2,,too few columns', 'stays.csv,3,,too few columns']);
  });

  it('stops the run above it, with the first locations and the way out', async () => {
    folder.put('stays.csv', content(7, 600));
    const message = await folder.refusal(flatPipeline({ quarantine: '1%' }));
    expect(message).toBe(`exit 1: stays.csv:2: too few columns
stays.csv:3: too few columns
stays.csv:4: too few columns
stays.csv:5: too few columns
stays.csv:6: too few columns
7 of 600 rows of acute.stays are faulty (1.167%); at most 1% may be
    mend the delivery, or raise sources.acute.quarantine.max in the pipeline file`);
  });

  it('counts over all files of a table', async () => {
    folder.put('stays-1.csv', content(2, 20));
    folder.put('stays-2.csv', content(0, 180));
    folder.put('.stays-3.csv', 'not looked at');
    const published = await folder.publish(flatPipeline({ files: 'stays-?.csv', quarantine: '1%' }));
    expect(published.quarantine).toEqual([
      'stays-1.csv,2,,too few columns',
      'stays-1.csv,3,,too few columns',
    ]);
    expect((await published.rows('stays')).length).toBe(198);
  });
});

describe('files that are not there', () => {
  it('are named all together, globs too', async () => {
    folder.put('stays/note.txt', '');
    const message = await folder.refusal(
      flatPipeline({ files: ['gone.csv', 'stays/*.csv', 'no/such/*.csv', 'stays'] }),
    );
    for (const name of ['gone.csv', 'stays/*.csv', 'no/such/*.csv']) {
      expect(message).toContain(`${name}: no such file (acute, stays)`);
    }
    expect(message).toContain('stays: is not a regular file');
    expect(message).toMatch(/^exit 1: /);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { type FlatSource, flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';

const [a, b, c] = NHS_NUMBERS;

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

/** Runs one file of two columns, nhs and ward, with any number of faulty rows allowed. */
async function read(content: string | Buffer, source: FlatSource = {}) {
  folder.put('stays.csv', content);
  const published = await folder.publish(flatPipeline({ quarantine: '100%', ...source }));
  const rows = await published.rows('stays');
  return { wards: rows.map((row) => row['ward']).sort(), quarantine: published.quarantine };
}

async function refusal(content: string | Buffer, source: FlatSource = {}): Promise<string> {
  folder.put('stays.csv', content);
  return folder.refusal(flatPipeline({ quarantine: '100%', ...source }));
}

describe('the end of a file', () => {
  it('takes a last line without a newline, if it is whole', async () => {
    expect(await read(`nhs,ward\n${a},x\n${b},y`)).toEqual({ wards: ['x', 'y'], quarantine: [] });
    expect(await read(`nhs,ward\r\n${a},x\r\n${b},y`)).toEqual({ wards: ['x', 'y'], quarantine: [] });
  });

  it.each([
    ['a cell short', `nhs,ward\n${a},x\n${b}`],
    ['inside quotes', `nhs,ward\n${a},x\n${b},"y`],
    ['inside quotes, behind an embedded newline', `nhs,ward\n${a},x\n${b},"y\nand more`],
  ])('refuses a file that ends in mid-row, %s', async (_, content) => {
    expect(await refusal(content)).toMatch(/^exit 1: stays\.csv:3: the file ends in mid-row\n/);
  });

  it('refuses a file that is empty', async () => {
    expect(await refusal('')).toMatch(/^exit 1: stays\.csv: is empty: not even a header\n/);
  });

  it.each([`nhs,ward\n`, 'nhs,ward', '\ufeffnhs,ward\r\n'])('refuses a header alone: %j', async (content) => {
    expect(await refusal(content)).toMatch(
      /^exit 1: stays\.csv: has a header and no rows\n.*allowEmpty: true/,
    );
  });

  it('takes a header alone where the pipeline file allows it', async () => {
    expect(await read('nhs,ward\n', { allowEmpty: true })).toEqual({ wards: [], quarantine: [] });
  });

  it('writes a column that is empty in every row', async () => {
    expect(await read(`nhs,ward\n${a},\n${b},\n`)).toEqual({ wards: [null, null], quarantine: [] });
  });
});

describe('line ends', () => {
  it.each([
    ['a byte order mark', `\ufeffnhs,ward\n${a},x\n${b},y\n`],
    ['CRLF', `nhs,ward\r\n${a},x\r\n${b},y\r\n`],
    ['a byte order mark and CRLF', `\ufeffnhs,ward\r\n${a},x\r\n${b},y\r\n`],
    ['blank lines', `nhs,ward\n\n${a},x\n\n\n${b},y\n\n`],
    ['blank lines and CRLF', `nhs,ward\r\n\r\n${a},x\r\n\r\n${b},y\r\n\r\n`],
    ['a blank line before the header', `\nnhs,ward\n${a},x\n${b},y\n`],
    ['quotes around everything', `"nhs","ward"\n"${a}","x"\n"${b}","y"\n`],
    ['blanks around cells and names', ` nhs , ward \n  ${a} ,\t x \n ${b}, y\u00a0\n`],
  ])('reads %s', async (_, content) => {
    expect(await read(content)).toEqual({ wards: ['x', 'y'], quarantine: [] });
  });

  it.each([
    ['LF and then CRLF', `nhs,ward\n${a},x\r\n${b},y\n`, 'line ends of different kinds: 2 LF, 1 CRLF'],
    ['CRLF and then LF', `nhs,ward\r\n${a},x\n${b},y\r\n`, 'line ends of different kinds: 1 LF, 2 CRLF'],
    ['a lone carriage return in a cell', `nhs,ward\n${a},x\ry\n${b},y\n`, '1 carriage return outside quotes'],
  ])('refuses %s in one file', async (_, content, message) => {
    expect(await refusal(content)).toContain(`exit 1: stays.csv: has ${message}`);
  });

  it('refuses carriage returns alone as line ends', async () => {
    expect(await refusal(`nhs,ward\r${a},x\r`)).toMatch(
      /^exit 1: stays\.csv:1:ward: the declared column is not/,
    );
  });
});

describe('quotes', () => {
  it('takes newlines, delimiters and doubled quotes inside them', async () => {
    const content = `nhs,ward\n${a},"x\ny"\n${b},"p""q"\n${c},"r,\r\ns\rt"\n`;
    expect((await read(content)).wards).toEqual(['p"q', 'r,\r\ns\rt', 'x\ny']);
  });

  it('takes a quote inside an unquoted cell as it is', async () => {
    expect((await read(`nhs,ward\n${a},x"\n${b},y"z"\n`)).wards).toEqual(['x"', 'y"z"']);
  });

  it('quarantines a row that goes on behind a closing quote, and reads on at the next line', async () => {
    const content = `nhs,ward\n${a},"x\ny"\n${b},"y"z\n${c},z\n`;
    expect(await read(content)).toEqual({
      wards: ['x\ny', 'z'],
      quarantine: ['stays.csv,4,,unbalanced quote'],
    });
  });

  it('counts a row once, however many faults are on it', async () => {
    const twice = `${a},"ward "A" left","he said "ow" then"\n`;
    const columns = { ward: { role: 'category' }, note: { role: 'free-text' } };
    const source = { columns, release: { ward: 'keep' } };
    const content = `nhs,ward,note\n${twice}${b},b,n\n${c},c,n,\n${a},d,n\n${b},"e"e,x,y,z\n${c},f\n`;
    folder.put('stays.csv', content);
    const published = await folder.publish(flatPipeline({ quarantine: '100%', ...source }));
    expect((await published.rows('stays')).map((row) => row['ward']).sort()).toEqual(['b', 'c', 'd']);
    expect(published.quarantine).toEqual([
      'stays.csv,2,,unbalanced quote',
      'stays.csv,6,,unbalanced quote',
      'stays.csv,7,,too few columns',
    ]);
    const dropped = { quarantined: 3 };
    expect(published.result.receipts[0]).toMatchObject({ rowsIn: 6, rowsOut: 3, dropped });
  });

  it('takes a space before an opening quote and spaces behind a closing one for nothing', async () => {
    const content = `nhs,ward\n${a}, "x"\n"${b}"  ,"y" \n${c},  "z"\n${c}\n`;
    expect(await read(content)).toEqual({
      wards: ['"z"', 'x', 'y'],
      quarantine: ['stays.csv,5,,too few columns'],
    });
  });

  it('quarantines a row with a second quoted text in a cell, and reads the next line', async () => {
    // a bad quote ends with its line: the quote before y opens nothing, and no row behind it vanishes
    expect(await read(`nhs,ward\n${a},"x" "y\n${b},"z"\n${c},w\n`)).toEqual({
      wards: ['w', 'z'],
      quarantine: ['stays.csv,2,,unbalanced quote'],
    });
  });

  it('names the line of a quote that is not closed, where line ends differ behind it', async () => {
    const content = `nhs,ward\r\n${a},x\r\n${b},"y\r\n${c},"z\n"\r\n${a},w\r\n`;
    expect(await refusal(content)).toMatch(
      /^exit 1: stays\.csv:3: a quote of the row that begins here is not closed/,
    );
  });

  it('refuses a file whose quote in the middle is never closed: no row behind it can be found', async () => {
    const content = `nhs,ward\n${a},x\n${b},"y\n${c},z\n${a},w\n`;
    expect(await refusal(content)).toMatch(/^exit 1: stays\.csv:3: the file ends in mid-row\n/);
  });

  it.each([
    ['\t', '"', `nhs\tward\n${a}\t"x\ty"\n`, 'x\ty'],
    [';', '"', `nhs;ward\n${a};"x;y"\n`, 'x;y'],
    ['|', '"', `nhs|ward\n${a}|x,y\n`, 'x,y'],
    [',', "'", `nhs,ward\n${a},'x,''y"'\n`, `x,'y"`],
    ["'", '"', `nhs'ward\n${a}'x,y\n`, 'x,y'],
  ])('delimiter %j and quote %j', async (delimiter, quote, content, ward) => {
    expect((await read(content, { format: { delimiter, quote } })).wards).toEqual([ward]);
  });
});

describe('columns', () => {
  it.each([
    ['too few', `nhs,ward,other\n${a},x\n${b},y,z\n`, 'stays.csv,2,,too few columns'],
    ['too many', `nhs,ward\n${a},x,z\n${b},y\n`, 'stays.csv,2,,too many columns'],
    ['a line of blanks', `nhs,ward\n   \n${b},y\n`, 'stays.csv,2,,too few columns'],
  ])('quarantines a row with %s', async (_, content, line) => {
    expect(await read(content)).toEqual({ wards: ['y'], quarantine: [line] });
  });

  it('refuses a header without a declared column, and one in which a declared column occurs twice', async () => {
    expect(await refusal(`nhs,wird\n${a},x\n`)).toMatch(
      /stays\.csv:1:ward: the declared column is not in the header/,
    );
    expect(await refusal(`nhs,ward,ward\n${a},x,y\n`)).toMatch(
      /stays\.csv:1:ward: the header has this column 2 times/,
    );
    const other = await refusal(`nhs;ward\n${a};x\n`);
    expect(other).toMatch(
      /stays\.csv:1:nhs: .*\nstays\.csv:1:ward: .*\n +none of the declared columns is there/,
    );
  });

  it('does not read undeclared columns, whatever they are called and hold, and counts them', async () => {
    const content = Buffer.from(`k,nhs,k,ward,\n\xe9,${a},\0,x,1\n`, 'latin1');
    folder.put('stays.csv', content);
    const published = await folder.publish(flatPipeline());
    expect(Object.keys((await published.rows('stays'))[0]!)).toEqual(['person', 'match_rank', 'ward']);
    const manifest = JSON.parse(published.text('operator/receipts.json'));
    expect(manifest.receipts.notRead).toEqual([{ file: 'stays.csv', columns: [], unnamed: 3 }]);
  });

  it('reads two hundred columns', async () => {
    const names = Array.from({ length: 199 }, (_, index) => `c${index}`);
    folder.put('stays.csv', `nhs,${names.join(',')}\n${a},${names.join(',')}\n${b},${names.join(',')}\n`);
    const columns = Object.fromEntries(names.map((name) => [name, { role: 'category' }]));
    const published = await folder.publish(flatPipeline({ columns }));
    const [first, second] = await published.rows('stays');
    for (const row of [first, second]) for (const name of names) expect(row?.[name]).toBe(name);
  });
});

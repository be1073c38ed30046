import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OPT_OUT_CODES } from '../../domain/opt-out-codes.ts';
import type { CodeSystem } from '../../domain/role.ts';
import type { SensitiveCodes } from '../../domain/sensitive-code.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readSensitiveCodes } from './sensitive-codes.ts';
import { sensitiveTexts } from './sensitive-texts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-codes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The parts of a pipeline that the sensitive codes are read from. */
function pipelineWith(
  text: string | null,
  codeOverrides: Pipeline['optOuts']['codeOverrides'] = [],
): Pipeline {
  const file = join(folder, 'codes.csv');
  if (text !== null) writeFileSync(file, text);
  return {
    release: { sensitiveCodes: text === null ? null : file },
    optOuts: { codeOverrides, lookAlikes: [] },
  } as unknown as Pipeline;
}

/** The values whose rows are left out. */
function sensitiveAmong(values: readonly string[], system: CodeSystem, codes: SensitiveCodes): string[] {
  const flags = sensitiveTexts(system, values, codes);
  return values.filter((_, place) => flags[place] === 1);
}

test('every code that is taken for an opt-out is sensitive, in each of its spellings', () => {
  const codes = readSensitiveCodes(pipelineWith(null));
  for (const system of ['read-v2', 'ctv3', 'snomed'] as const) {
    const spellings = OPT_OUT_CODES.codes
      .filter((one) => one.system === system)
      .flatMap(({ code }) => [code, `${code}.`, `${code}.00`, ` ${code}`, `"${code}"`, `${code} | x |`]);
    expect(sensitiveAmong([...spellings, '44054006', 'C10..'], system, codes)).toEqual(spellings);
  }
});

test('an opt-out code is sensitive in a column of any system, and so is what may be one', () => {
  const codes = readSensitiveCodes(pipelineWith(null));
  const values = ['827241000000103', '8.27241E+14', '9nu0', 'XaZ89', '9Nu0.', 'E119', 'LC1'];
  for (const system of ['icd-10', 'local', 'read-v2'] as const) {
    expect(sensitiveAmong(values, system, codes)).toEqual(values.slice(0, 5));
  }
});

test('a declared opt-out code is sensitive as well', () => {
  const declared = { type: 'type-1', kind: 'registered', system: 'snomed', code: '44054006' } as const;
  const codes = readSensitiveCodes(pipelineWith(null, [declared]));
  expect(sensitiveAmong(['44054006', '44054007', '73211009'], 'snomed', codes)).toEqual([
    '44054006',
    '44054007',
  ]);
});

test('listed codes match as a whole or by their beginning, in their own system only', () => {
  const text =
    '# HIV\nsystem,code,match,reason\nicd-10,B20,prefix,x\nicd-10,Z21,exact,x\nopcs-4,Q11,prefix,x\n';
  const codes = readSensitiveCodes(pipelineWith(text));
  const values = ['B20', 'B201', 'AB20', 'Z21', 'Z210', 'Q111', "it's"];
  expect(sensitiveAmong(values, 'icd-10', codes)).toEqual(['B20', 'B201', 'Z21']);
  expect(sensitiveAmong(values, 'local', codes)).toEqual([]);
});

test.each([
  [
    'read-v2',
    '43C3.',
    [
      ...[
        '43C3.',
        '43C3',
        '43C3.00',
        '43C300',
        '43C3.11',
        '"43C3."',
        '43C3. HIV',
        '43C3..',
        '43c3.',
        '43C 3',
      ],
      ...['43\u04213.', '\u0664\u0663C\u0663.', 'C10.., 43C3.', '[43c3]'],
    ],
    ['43C31', '43C4.', '43c..', 'C10..', 'EMISNQ43'],
  ],
  ['read-v2', 'A780.', ['A780.', 'A78O.', 'a78o', 'A78\u041e.'], ['A781.', 'A78..']],
  [
    'ctv3',
    'A98',
    ['A98', 'A98..', 'A98..11', 'A98..00', 'a98..', 'A9 8', '\u039198..'],
    ['A981.', 'XA98.', 'A99..'],
  ],
  [
    'icd-10',
    'B24.X',
    [
      ...[
        'B24',
        'B24X',
        'b24.x',
        'B24 X',
        'B24XD',
        'B24-',
        'B24*',
        'B24 HIV',
        'B24 - HIV',
        'B 24',
        '\u039224',
      ],
      ...['B\u0662\u0664', 'I10;B24', 'I10, B24', 'I10B24', 'I10XB24X', 'B24+ I10*', 'BZ4'],
    ],
    ['B240', 'B21', 'I10', 'I10;B21', 'AB24', 'BAZ'],
  ],
  [
    'icd-10',
    'B20.1',
    ['B2O.1', 'B201+', 'B201 D', 'B20.1, I10', 'b20l', '\uff22\uff12\uff10.1'],
    ['B20', 'B202'],
  ],
  ['icd-10', 'O04', ['O04', 'OO4', '0O4', '004', 'o04.x'], ['O05', '005', '104']],
  [
    'opcs-4',
    'q11.1',
    ['Q111', 'Q11.1', 'q111', 'Q11-1', 'Q 11.1', 'Z94.2 Q11.1', 'Z942Q111', 'QI1.1', 'Q1l.1'],
    ['Q112', 'Q11', 'Z942'],
  ],
  [
    'snomed',
    '86406008',
    [
      ...[
        '86406008',
        '86406008.0',
        '8.6406008e+07',
        '8.6406008E+007',
        '8.6406E+7',
        '8.6406E+007',
        '086406008',
      ],
      ...[
        "'86406008",
        '86,406,008',
        'SCT:86406008',
        '864O6008',
        '8640608',
        '86406080',
        '864060081',
        '86406008A',
      ],
      ...['\u0668\u0666\u0664\u0660\u0666\u0660\u0660\u0668', '864060', '4405400686406008'],
    ],
    ['44054006', '73211009', '86406', '99999999'],
  ],
] as const)('%s,%s,exact is found in every spelling and nothing else is', (system, code, all, others) => {
  const codes = readSensitiveCodes(pipelineWith(`system,code,match,reason\n${system},${code},exact,x\n`));
  expect(sensitiveAmong([...all, ...others], system, codes)).toEqual(all);
});

test('a code is a text, whatever it means in a pattern', () => {
  const text = 'system,code,match,reason\nlocal,a.b,exact,x\nlocal,é_1,prefix,x\nlocal,(C|D)*,prefix,x\n';
  const codes = readSensitiveCodes(pipelineWith(text));
  const values = ['a.b', 'axb', 'é_1', 'é_12', 'é_1\n2', '(C|D)*9', 'C', ''];
  expect(sensitiveAmong(values, 'local', codes)).toEqual(['a.b', 'é_1', 'é_12', 'é_1\n2', '(C|D)*9']);
});

test.each([
  ['system,code,match,reason\n', 'names no code'],
  ['system,code,match,reason\nicd-11,B20,exact,x\n', 'codes.csv:2:system: is not one of'],
  [
    '# one\nsystem,code,match,reason\nicd-10,B20,exact,x\n\nicd-10,,exact,x\n',
    'codes.csv:5:code: there is no code',
  ],
  ['system,code,match,reason\nicd-10,B20,starts,x\n', 'codes.csv:2:match: is not exact or prefix'],
  ['system,code,match,reason\nicd-10,B20-B24,exact,x\n', 'codes.csv:2:code: a range'],
  ['system,code,match,reason\nicd-10,B20-B24,prefix,x\n', 'codes.csv:2:code: a range'],
  ['system,code,match,reason\nicd-10,B24*,exact,x\n', 'codes.csv:2:code: a wildcard'],
  ['system,code,match,reason\nread-v2,43C%,prefix,x\n', 'codes.csv:2:code: a wildcard'],
  ['system,code,match,reason\nread-v2,86406008,exact,x\n', 'codes.csv:2:code: this is no Read v2 code'],
  ['system,code,match,reason\nicd-10,43C3.,exact,x\n', 'codes.csv:2:code: this is no ICD-10 code'],
  ['system,code,match,reason\nsnomed,86406009,exact,x\n', 'its check digit or its partition is wrong'],
  ['system,code,match,reason\nsnomed,8.6E+7,exact,x\n', 'this is no SNOMED CT code'],
  ['system,code,match,reason\nicd-10,B201234,prefix,x\n', 'no ICD-10 code begins so'],
  ['system,code,match,reason\nread-v2,1234567890,prefix,x\n', 'no Read v2 code begins so'],
  ['system,code\nicd-10,"B20\n', 'missing or not readable'],
])('a list that cannot be understood stops the run: %j', (text, message) => {
  expect(() => readSensitiveCodes(pipelineWith(text))).toThrow(message);
});

test('every faulty entry is named at once', () => {
  const text = 'system,code,match,reason\nicd-10,B20-B24,exact,x\nicd-10,B24,exact,x\nopcs-4,Q*,prefix,x\n';
  expect(() => readSensitiveCodes(pipelineWith(text))).toThrow(/codes\.csv:2:code: .*codes\.csv:4:code: /s);
});

test('a list that is not there stops the run', () => {
  const pipeline = pipelineWith('x');
  rmSync(join(folder, 'codes.csv'));
  expect(() => readSensitiveCodes(pipeline)).toThrow('missing or not readable');
});

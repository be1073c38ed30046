import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TallystickError } from '../../domain/problem.ts';
import { readSupersededNumbers } from './superseded-numbers.ts';

const [ANN, BOB, CAT, DAN] = ['4010232137', '2983396339', '4505577104', '9449305552'] as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-superseded-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string, allowTestRange = true) {
  const path = join(folder, 'superseded.csv');
  writeFileSync(path, text);
  return readSupersededNumbers(path, allowTestRange);
}

function problemOf(text: string, allowTestRange = true) {
  try {
    read(text, allowTestRange);
  } catch (fault) {
    if (!(fault instanceof TallystickError)) throw fault;
    expect(fault.exitCode).toBe(1);
    const [{ line, column, message } = { message: '' }] = fault.problems;
    for (const digits of [ANN, BOB, CAT, DAN]) expect(message).not.toContain(digits);
    return [line, column, message];
  }
  throw new Error('it was taken');
}

test('no list, an empty list and forms in which numbers arrive', () => {
  expect(readSupersededNumbers(null, false)).toEqual(new Map());
  expect(read('superseded,current\n')).toEqual(new Map());
  expect(read('\ufeffcurrent,superseded\r\n 401 023 2137,298-339-6339\r\n\r\n')).toEqual(
    new Map([[BOB, ANN]]),
  );
});

test('a chain leads to its end, in any order of its lines', () => {
  const chain = `superseded,current\n${BOB},${CAT}\n${ANN},${BOB}\n${CAT},${DAN}\n${ANN},${BOB}\n`;
  expect(read(chain)).toEqual(
    new Map([
      [BOB, DAN],
      [ANN, DAN],
      [CAT, DAN],
    ]),
  );
});

test.each([
  ['a header without its names', 'old,new\n', [1, undefined, 'the header must name superseded and current']],
  [
    'an invalid number',
    `superseded,current\n${ANN},${BOB}\n4010232138,${BOB}\n`,
    [3, 'superseded', 'is not a valid NHS number'],
  ],
  ['a missing number', `superseded,current\n${ANN}\n`, [2, 'current', 'is not a valid NHS number']],
  [
    'two current numbers',
    `superseded,current\n${ANN},${BOB}\n${ANN},${CAT}\n`,
    [3, undefined, 'gives a second current number to one number'],
  ],
  [
    'a circle',
    `superseded,current\n${ANN},${BOB}\n${BOB},${ANN}\n`,
    [2, undefined, 'leads back to the number it supersedes'],
  ],
  ['itself', `superseded,current\n${ANN},${ANN}\n`, [2, undefined, 'leads back to the number it supersedes']],
  [
    'an open quote',
    `superseded,current\n"${ANN},${BOB}\n`,
    [undefined, undefined, 'the list of superseded numbers is not readable as CSV'],
  ],
])('refuses %s', (_, text, problem) => expect(problemOf(text)).toEqual(problem));

test('refuses numbers of the test range outside synthetic runs, and a list that is not there', () => {
  expect(problemOf(`superseded,current\n${DAN},${ANN}\n`, false)[2]).toBe('is not a valid NHS number');
  expect(() => readSupersededNumbers(join(folder, 'none.csv'), true)).toThrow(TallystickError);
});

test.each<[string, Buffer, string]>([
  ['a zip archive', Buffer.from('PK\x03\x04\x14\0\0\0'), 'is a zip archive'],
  ['a spreadsheet', Buffer.from('PK\x03\x04\x14\0\0\0[Content_Types].xml'), 'is an XLSX or ODS spreadsheet'],
  ['Parquet', Buffer.from('PAR1\x15\x04'), 'is a Parquet file'],
  [
    'gzip',
    Buffer.from([0x1f, 0x8b, 8, 0]),
    'is gzip-compressed\n    unpack it first: a list is read as it is',
  ],
  ['an error page', Buffer.from('<!DOCTYPE html><html>'), 'is an HTML page'],
  ['utf-16', Buffer.from('\ufeffLS1 4AP\n', 'utf16le'), 'is utf-16, and a list is in utf-8'],
])('%s is refused as what it is', (_, bytes, message) => {
  const path = join(folder, 'superseded.csv');
  writeFileSync(path, bytes);
  expect(() => readSupersededNumbers(path, true)).toThrow(`${path}: ${message}`);
});

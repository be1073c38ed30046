import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TallystickError } from '../../domain/problem.ts';
import { readIgnoredPostcodes } from './ignored-postcodes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-ignored-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function list(text: string | Buffer): string {
  const file = join(folder, 'ignored.txt');
  writeFileSync(file, text);
  return file;
}

/** What a refusal says; anything else fails the test. */
function refusalOf(path: string): string {
  try {
    readIgnoredPostcodes(path, 'shared.txt');
  } catch (error) {
    const { exitCode, message } = error as TallystickError;
    return `exit ${exitCode}: ${message}`;
  }
  throw new Error('the list was taken');
}

describe('ignored postcodes', () => {
  test('without a list, none is ignored', () => {
    expect(readIgnoredPostcodes(null)).toEqual(new Set());
  });

  test('are read in any form, in canonical form', () => {
    const text =
      '\ufeff# hostels and prisons\r\nLS1 4AP\r\n\r\n  m1_1ae \n\t\nSW1A2AA # a care home\nLSI 4AP\nGIR 0AA';
    expect(readIgnoredPostcodes(list(text))).toEqual(new Set(['LS14AP', 'M11AE', 'SW1A2AA', 'GIR0AA']));
  });

  test.each(['', '\n\n', '# none yet\n'])('a list without any ignores none (%j)', (text) => {
    expect(readIgnoredPostcodes(list(text))).toEqual(new Set());
  });

  test.each([
    ['another form of text', 'LS1 4AP\n\nAnn Smith\n', 'shared.txt:3: is not a postcode'],
    ['two on a line', 'LS1 4AP, M1 1AE\n', 'shared.txt:1: is not a postcode'],
    ['half a postcode', '# outward\nLS1\n', 'shared.txt:2: is not a postcode'],
    ['bytes that are no text', Buffer.from([0x4c, 0x53, 0xff, 0x0a]), 'shared.txt:1: is not a postcode'],
    ['a pseudo-postcode', 'ZZ99 3VZ\n', 'shared.txt:1: is no address'],
  ])('%s refuses the run, and is not quoted', (_, text, message) => {
    const refusal = refusalOf(list(text));
    expect(refusal).toContain(`exit 1: ${message}`);
    expect(refusal).not.toMatch(/Ann|LS|M1|ZZ99/);
  });

  test.each([
    ['missing', 'nowhere.txt', 'the list of ignored postcodes is missing or cannot be read'],
    ['a folder', '.', 'is a folder, and not a plain file'],
  ])('a list that is %s refuses the run', (_, name, message) => {
    expect(refusalOf(join(folder, name))).toContain(`exit 1: shared.txt: ${message}`);
  });

  test('is called by its path where nothing else is said', () => {
    const file = list('x');
    expect(() => readIgnoredPostcodes(file)).toThrow(`${file}:1: is not a postcode`);
  });
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
  expect(refusalOf(list(bytes))).toContain(`exit 1: shared.txt: ${message}`);
});

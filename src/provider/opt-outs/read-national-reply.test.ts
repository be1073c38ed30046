import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NationalReply } from '../../pipeline/pipeline.ts';
import { readNationalReply } from './read-national-reply.ts';
import { refusalOf } from './test-rig/refusal-of.ts';

const RUN_DATE = '2026-04-01';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-reply-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function reply(text: string, settings: Partial<NationalReply> = {}): NationalReply {
  const file = join(folder, 'reply.dat');
  writeFileSync(file, text);
  return {
    file,
    shownAs: 'reply.dat',
    maxAgeDays: 7,
    asOf: RUN_DATE,
    allowEmpty: false,
    request: null,
    ...settings,
  };
}
function request(text: string): NationalReply['request'] {
  const file = join(folder, 'request.dat');
  writeFileSync(file, text);
  return { file, shownAs: 'request.dat' };
}
const read = (one: NationalReply, rate: number | null = 0.01) =>
  readNationalReply(one, RUN_DATE, false, rate);

test('a reply is one NHS number and a comma a line', () => {
  expect(read(reply('4010232137,\n2983396339,\r\n')).numbers).toEqual(['4010232137', '2983396339']);
  expect(read(reply('', { allowEmpty: true })).numbers).toEqual([]);
});

test.each([
  ['', 'exit 1 line -: the national opt-out reply is empty'],
  ['\n', 'exit 1 line -: the national opt-out reply is empty'],
  ['4010232137,\n2983396339\n', 'exit 1 line 2: is not an NHS number followed by a comma'],
  ['4010232137,\n\n2983396339\n', 'exit 1 line 3: is not an NHS number followed by a comma'],
  ['4010232137,\n,\n', 'exit 1 line 2: holds no NHS number'],
  ['4010232138,\n', 'exit 1 line 1: is not a valid NHS number'],
  ['4010232137,2983396339,\n', 'exit 1 line 1: is not an NHS number followed by a comma'],
  [
    '4010232137,\n4010232138,\n9434765919,\n',
    /line 2: is not a valid .* line 3: is an NHS number of the test range/,
  ],
  ['4010232137,\n400: Invalid\n', 'exit 1 line 2: is not an NHS number followed by a comma'],
])('a reply is refused in any other shape: %j', (text, message) => {
  expect(refusalOf(() => read(reply(text)))).toMatch(message);
});

test('a reply that is missing is refused: no person may be released', () => {
  const absent = { ...reply(''), file: join(folder, 'absent') };
  expect(refusalOf(() => read(absent))).toBe('exit 1 line -: the national opt-out reply is missing');
});

test('a reply does not contain its age, and a warning says so', () => {
  expect(read(reply('4010232137,\n', { asOf: null })).findings).toMatchObject([{ check: 'list-age' }]);
});

describe('what else the service sends is named', () => {
  const control = (type: string) =>
    `<?xml version="1.0"?>\n<DTSControl><Version>1.0</Version><MessageType>${type}</MessageType><LocalId>a1</LocalId></DTSControl>\n`;
  test.each([
    [
      '{"Version":"1.0","Subject":"SUCCESS","LocalId":"a1"}',
      'is a status message of the transfer service (JSON)',
    ],
    ['[{"Subject": "SUCCESS"}]\n', 'is a status message of the transfer service (JSON)'],
    ['\ufeff  {\n  "subject": "success"\n}\n', 'is a status message of the transfer service (JSON)'],
    ['Subject: SUCCESS\nLocalId: a1\n', 'is a status message of the transfer service'],
    ['{"MessageType":"Report","Subject":"NDR"}', 'is a report that the request was not delivered'],
    [control('Report'), 'is a report that the request was not delivered'],
    [
      '<dts:DTSControl>\n  <dts:MessageType> Report </dts:MessageType>',
      'is a report that the request was not delivered',
    ],
    ['MessageType: Report\nStatus: undelivered\n', 'is a report that the request was not delivered'],
    [control('Data'), 'is the control file of a message (.ctl), and not its data'],
    ['Invalid NHS number found in request', 'is one line of text: the service refused the whole request'],
    ['ERROR\r\n', 'is one line of text: the service refused the whole request'],
    ['400 Bad request: line 3 is not valid\n', 'is one line of text: the service refused the whole request'],
    ['<!DOCTYPE html>\n<html></html>', 'is a web page'],
    ['The request\ncould not be read\n', 'is text, and no list of NHS numbers'],
    ['PK\u0003\u0004rest', 'is an archive or a compressed file'],
  ])('%j', (text, what) => {
    expect(refusalOf(() => read(reply(text)))).toBe(`exit 1 line -: the national opt-out reply ${what}`);
    const one = reply('4010232137,\n', { request: request(text) });
    expect(refusalOf(() => read(one))).toBe(`exit 1 line -: the national opt-out request ${what}`);
  });

  test('and no text of it is repeated', () => {
    try {
      read(reply('Mary Quibbleworth 4010232138 is not valid'));
    } catch (error) {
      expect(String(error)).not.toMatch(/Quibbleworth|4010232138/);
      return;
    }
    throw new Error('the reply was taken');
  });
});

describe('with the request at hand', () => {
  const both = '4010232137,\n2983396339,\n';

  test('a reply is a part of it', () => {
    expect(read(reply('2983396339,\n', { request: request(both) })).numbers).toEqual(['2983396339']);
    expect(read(reply(both, { request: request(both) })).numbers).toHaveLength(2);
  });

  test('a reply to another request is refused, with a number and no value', () => {
    const other = reply(`${both}0607230002,\n`, { request: request('2983396339,\n') });
    expect(refusalOf(() => read(other))).toBe(
      'exit 1 line -: 2 of 3 NHS numbers of the national opt-out reply are not in the request request.dat',
    );
  });

  test('a request that cannot be read is refused, with its line', () => {
    const one = reply('2983396339,\n', { request: request('2983396339,\n4010232138,\n') });
    expect(refusalOf(() => read(one))).toBe('exit 1 line 2: is not a valid NHS number');
  });

  test('a request that is not there is refused', () => {
    const one = reply('2983396339,\n', { request: { file: join(folder, 'absent'), shownAs: 'absent' } });
    expect(refusalOf(() => read(one))).toBe('exit 1 line -: the national opt-out request is missing');
  });

  test('a reply that lets everybody through is not believed, unless nothing is expected', () => {
    const one = () => reply(both, { request: request(both) });
    expect(refusalOf(() => read(one(), 0.9999))).toBe(
      'exit 1 line -: the national opt-out reply holds all 2 NHS numbers of its request, as if nobody had opted out',
    );
    expect(read(one(), null).numbers).toHaveLength(2);
  });
});

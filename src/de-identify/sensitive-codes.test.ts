import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { classifyOptOutCode, OPT_OUT_CODES } from '../domain/opt-out-codes.ts';
import type { CodeSystem } from '../domain/role.ts';
import { duckdbDialect } from '../engine/duckdb/dialect.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { codePattern, isSensitiveSql, readSensitiveCodes, type SensitiveCode } from './sensitive-codes.ts';

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
    optOuts: { codeOverrides },
  } as unknown as Pipeline;
}

/** The values that each of the two ways finds: as one pattern, and as SQL over a list of values. They must agree. */
async function sensitiveAmong(
  values: readonly string[],
  system: CodeSystem,
  all: readonly SensitiveCode[],
): Promise<string[]> {
  const codes = all.filter((one) => one.system === system);
  if (codes.length === 0) return [];
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const find = async (condition: string) => {
    const rows = values.map((value, place) => `(${place}, ${duckdbDialect.text(value)})`).join(', ');
    const result = await connection.runAndReadAll(
      `SELECT value FROM (VALUES ${rows}) AS t(place, value) WHERE ${condition} ORDER BY place`,
    );
    return result.getRows().map(([value]) => String(value));
  };
  const byPattern = await find(`regexp_full_match(value, ${duckdbDialect.text(codePattern(codes))})`);
  expect(byPattern).toEqual(await find(isSensitiveSql('value', codes, duckdbDialect)));
  connection.disconnectSync();
  return byPattern;
}

test('every code that is taken for an opt-out is sensitive, in each of its spellings', async () => {
  const codes = readSensitiveCodes(pipelineWith(null));
  for (const system of ['read-v2', 'ctv3', 'snomed'] as const) {
    const spellings = OPT_OUT_CODES.codes
      .filter((one) => one.system === system)
      .flatMap(({ code }) => [code, `${code}.`, `${code}.00`, code.toLowerCase(), `${code}9`]);
    const optOuts = spellings.filter((one) => classifyOptOutCode(system, one) !== null);
    expect(optOuts.length).toBeGreaterThanOrEqual(4);
    expect(await sensitiveAmong(spellings, system, codes)).toEqual(expect.arrayContaining(optOuts));
  }
});

test('a declared opt-out code is sensitive as well', async () => {
  const declared = { type: 'type-1', kind: 'registered', system: 'snomed', code: '44054006' } as const;
  const codes = readSensitiveCodes(pipelineWith(null, [declared]));
  expect(await sensitiveAmong(['44054006', '440540061'], 'snomed', codes)).toEqual(['44054006']);
});

test('listed codes match as a whole or by their beginning, in their own system only', async () => {
  const text =
    '# HIV\nsystem,code,match,reason\nicd-10,B20,prefix,x\nicd-10,Z21,exact,x\nopcs-4,Q11,prefix,x\n';
  const codes = readSensitiveCodes(pipelineWith(text));
  const values = ['B20', 'B201', 'AB20', 'b20', 'Z21', 'Z210', 'Q111', "it's"];
  expect(await sensitiveAmong(values, 'icd-10', codes)).toEqual(['B20', 'B201', 'Z21']);
  expect(await sensitiveAmong(values, 'local', codes)).toEqual([]);
});

test('a code is a text, whatever it means in a pattern', async () => {
  const text = 'system,code,match,reason\nlocal,a.b,exact,x\nlocal,é_1,prefix,x\nlocal,(C|D)*,prefix,x\n';
  const codes = readSensitiveCodes(pipelineWith(text));
  const values = ['a.b', 'axb', 'é_1', 'é_12', 'é_1\n2', '(C|D)*9', 'C', ''];
  expect(await sensitiveAmong(values, 'local', codes)).toEqual(['a.b', 'é_1', 'é_12', 'é_1\n2', '(C|D)*9']);
});

test.each([
  ['system,code,match,reason\n', 'names no code'],
  ['system,code,match,reason\nicd-11,B20,exact,x\n', 'entry 1 is not'],
  ['system,code,match,reason\nicd-10,B20,exact,x\nicd-10,,exact,x\n', 'entry 2 is not'],
  ['system,code,match,reason\nicd-10,B20,starts,x\n', 'entry 1 is not'],
  ['system,code\nicd-10,"B20\n', 'missing or not readable'],
])('a list that cannot be understood stops the run: %j', (text, message) => {
  expect(() => readSensitiveCodes(pipelineWith(text))).toThrow(message);
});

test('a list that is not there stops the run', () => {
  const pipeline = pipelineWith('x');
  rmSync(join(folder, 'codes.csv'));
  expect(() => readSensitiveCodes(pipeline)).toThrow('missing or not readable');
});

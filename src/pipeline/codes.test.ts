import { describe, expect, it, test } from 'vitest';
import { DEFAULT_CODE_SHAPE } from '../domain/code-shape.ts';
import { TallystickError } from '../domain/problem.ts';
import { parsePipeline } from './parse-pipeline.ts';

interface Parts {
  readonly source?: string;
  readonly column?: string;
  readonly optOuts?: string;
}

/** A pipeline file in which a code column, its source and the opt-outs can be extended. */
function parse({ source = '', column = '', optOuts = '' }: Parts) {
  const text = `tallystick: 1
name: tiny
keys: { linkage: { file: a.key }, release: { file: b.key } }
sources:
  gp:
    setting: gp
    format: { date: "%d/%m/%Y" }
    ${source}
    patients: { files: p.csv, columns: { id: { role: patient-key }, nhs: { role: nhs-number } } }
    tables:
      events:
        files: e.csv
        columns:
          id: { role: patient-key }
          day: { role: date }
          read: { role: code, system: read-v2${column} }
          own: { role: code, system: local }
optOuts:
  codes: { table: events, column: read, date: day }
  ${optOuts}
  waived: { national: nobody here is known to the service }
release: { agreement: a-1, tables: { persons: {} } }
`;
  return parsePipeline(text, {
    file: '/x/p.yaml',
    runDate: '2026-04-01',
    variables: {},
    shownAs: 'p.yaml',
    identifierIn: () => null,
  });
}

function faultOf(parts: Parts): string {
  try {
    parse(parts);
  } catch (fault) {
    if (fault instanceof TallystickError) return `exit ${fault.exitCode}: ${fault.message}`;
    throw fault;
  }
  return 'none';
}

const shapeOf = (parts: Parts, name = 'read') =>
  parse(parts).sources[0]!.tables[0]!.columns.find((one) => one.name === name)!.codeShape;

describe('the share of a code column that must fit its system', () => {
  it('is 95 % by default, and not checked for local codes', () => {
    expect(shapeOf({})).toEqual(DEFAULT_CODE_SHAPE);
    expect(shapeOf({}, 'own')).toBeNull();
    expect(shapeOf({}, 'day')).toBeNull();
  });

  it('is set for a source or for a column, and the column takes precedence', () => {
    const source = 'expect: { codeShape: 80% }';
    expect(shapeOf({ source })).toEqual({ min: 0.8, waived: null });
    expect(shapeOf({ source, column: ', expect: { codeShape: 99% }' })).toEqual({ min: 0.99, waived: null });
  });

  it('is waived with a reason only', () => {
    const waived = (why: string) => ({ column: `, expect: { codeShape: { none: ${why} } }` });
    expect(shapeOf(waived('own codes'))).toEqual({ min: 0, waived: 'own codes' });
    expect(faultOf(waived('""'))).toMatch(/^exit 2: p\.yaml:16:\d+: /);
  });
});

test.each([
  [
    'codeOverrides: [{ type: type-1, event: registered, system: read-v2, code: "9Nu*" }]',
    'a wildcard matches no code',
  ],
  [
    'codeOverrides: [{ type: type-1, event: registered, system: read-v2, code: 9Nu0-9Nu4 }]',
    'a range or a hyphen',
  ],
  ['codeOverrides: [{ type: type-1, event: registered, system: read-v2, code: "" }]', 'there is no code'],
  [
    'codeOverrides: [{ type: type-1, event: registered, system: read-v2, code: "44054006" }]',
    'this is no Read v2 code',
  ],
  [
    'codeOverrides: [{ type: type-1, event: registered, system: snomed, code: 9Nu0. }]',
    'this is no SNOMED CT code',
  ],
  [
    'codeOverrides: [{ type: type-1, event: registered, system: snomed, code: "44054007" }]',
    'its check digit',
  ],
  ['lookAlikes: [{ system: read-v2, code: "9NU%", because: x }]', 'a wildcard matches no code'],
])('a code that cannot match any cell is refused, with its location: %s', (optOuts, message) => {
  expect(faultOf({ optOuts })).toMatch(/^exit 2: p\.yaml:20:\d+: /);
  expect(faultOf({ optOuts })).toContain(message);
});

test('two overrides with one canonical form and different events contradict each other', () => {
  const override = (event: string, code: string) =>
    `{ type: type-1, event: ${event}, system: read-v2, code: ${code} }`;
  const both = (a: string, b: string) => ({
    optOuts: `codeOverrides: [${override('registered', a)}, ${override('withdrawn', b)}]`,
  });
  expect(faultOf(both('9Nu8.', '9Nu8.00'))).toContain('declared for another event already');
  expect(faultOf(both('R2_9Nu0', 'R2_9Nu1'))).toBe('none');
});

test('a look-alike may be a number that is no SNOMED CT identifier', () => {
  const lookAlike = (code: string) => ({
    optOuts: `lookAlikes: [{ system: snomed, code: "${code}", because: x }]`,
  });
  expect(parse(lookAlike('827241000000104')).optOuts.lookAlikes).toEqual([
    { system: 'snomed', code: '827241000000104' },
  ]);
  expect(faultOf(lookAlike('82724l000000103'))).toContain('this is no SNOMED CT code');
});

test('a look-alike is no opt-out code', () => {
  const optOuts = `codeOverrides: [{ type: type-1, event: registered, system: read-v2, code: 9NU0 }]
  lookAlikes: [{ system: read-v2, code: 9NU0., because: x }]`;
  expect(faultOf({ optOuts })).toContain('declared as an opt-out code too');
});

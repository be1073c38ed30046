import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pipelineJsonSchema, pipelineSchema } from './schema.ts';
import { faultsOf, messagesAtMarks, parse, WHOLE } from './test-rig/marked-file.ts';

const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const BASE64_KEY = 'ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=';

/** The complete file with one piece replaced. */
function having(piece: string, instead: string): string {
  if (!WHOLE.includes(piece)) throw new Error(`the file has no ${piece}`);
  return WHOLE.replace(piece, instead);
}

describe('a complete pipeline file', () => {
  it('is parsed with absolute paths and all defaults filled in', () => {
    const pipeline = parse(WHOLE);
    expect(pipeline.keys).toEqual({
      linkage: '/srv/nightly/linkage.key',
      release: '/srv/nightly/release.key',
      storeKeyId: null,
    });
    const [source] = pipeline.sources;
    expect(source?.quarantineMax).toBe(0.001);
    const [visits] = source!.tables;
    expect(visits?.files).toEqual([
      { path: '/srv/nightly/gp/visits.csv', shownAs: 'gp/visits.csv', expect: { rows: null, sha256: null } },
      { path: '/data/more.csv', shownAs: '/data/more.csv', expect: { rows: 3, sha256: null } },
    ]);
    expect(visits?.format).toEqual({ delimiter: ',', quote: '"', encoding: 'utf-8' });
    expect(visits?.columns[2]).toMatchObject({
      name: 'seen',
      format: '%d/%m/%Y',
      missing: ['01/01/1800', '01/01/1801'],
    });
    expect(pipeline.expect.optOuts).toMatchObject({ warn: null, stop: 0.1 });
    expect(pipeline.optOuts).toMatchObject({
      untied: 'hold-back',
      register: { maxAgeDays: 7 },
    });
    expect(pipeline.synthetic).toBe(false);
  });

  it('can give a table its own format, and a column its own date format', () => {
    const text = having(
      'files: gp/readings.csv',
      'files: gp/readings.csv\n        format: { delimiter: "\\t" }',
    ).replace('born: { role: date-of-birth }', 'born: { role: date-of-birth, format: "%Y%m%d" }');
    const [source] = parse(text).sources;
    expect(source?.tables.map(({ format }) => format.delimiter)).toEqual([',', '\t']);
    expect(source?.patients?.columns[2]?.format).toBe('%Y%m%d');
  });
});

describe('variables', () => {
  it('take their value, or the default where they are not set or empty', () => {
    const text = having('gp/patients*.csv', '"${DATA:-base}/${SITE}/${NONE:-}p.csv"');
    const file = (variables: Record<string, string>) =>
      parse(text, variables).sources[0]?.patients?.files[0]?.path;
    expect(file({ SITE: 'leeds' })).toBe('/srv/nightly/base/leeds/p.csv');
    expect(file({ SITE: 'leeds', DATA: '/mnt', NONE: 'x' })).toBe('/mnt/leeds/xp.csv');
    expect(file({ SITE: 'leeds', DATA: '' })).toBe('/srv/nightly/base/leeds/p.csv');
  });

  it('that are not set are all reported, together with other faults', () => {
    const text = having('gp/patients*.csv', '§§"${DATA}/${SITE}.csv"')
      .replace('setting: gp', 'setting: gp\n    §colour: red')
      .replace('system: snomed', 'system: §"${SYSTEM}"');
    const { messages, ways } = faultsOf(text.replaceAll('§', ''));
    expect(messages.map((one) => one.replace(/^\S+ /, ''))).toEqual([
      'unknown key `colour`',
      'the variable DATA is not set, or empty',
      'the variable SITE is not set, or empty',
      'the variable SYSTEM is not set, or empty',
      '`sources.surgery.tables.visits.columns.code.system` must be one of snomed, read-v2, ctv3, icd-10, opcs-4, local',
    ]);
    expect(ways[1]).toBe('set it in the environment, or give a default: ${DATA:-default}');
  });

  it('are not expanded in keys', () => {
    expect(messagesAtMarks(having('visits: { seen', '§"${X}": {}\n    visits: { seen'))).toHaveLength(1);
  });
});

describe('a key typed into the file', () => {
  it.each([
    ['as the mapping', `linkage: ${KEY}`],
    ['as the path', `linkage: { file: ${KEY} }`],
    ['as the path, in base64', `linkage: { file: "${BASE64_KEY}" }`],
    [
      'as the path, in the base64 of addresses',
      `linkage: { file: ${BASE64_KEY.replace('/', '_').replace('=', '')} }`,
    ],
    ['as a default', `linkage: { file: "\${KEY:-${KEY}}" }`],
    ['beside the path', `linkage: { file: a.key, value: ${KEY} }`],
    ['as a key of the mapping', `linkage: { file: a.key, ${KEY}: x }`],
  ])('%s is refused and not shown', (_, instead) => {
    const faults = JSON.stringify(faultsOf(having('linkage: { file: linkage.key }', instead)));
    expect(faults).not.toMatch(/00112233|ABEiM0RV/);
  });

  it('is refused in a variable, and not shown', () => {
    const text = having('linkage: { file: linkage.key }', 'linkage: { file: §"${KEY}" }');
    const { messages, marked } = faultsOf(text, { KEY });
    expect(messages).toEqual([
      `${marked[0]} this looks like a key, not like the path of a key file (it is not shown here)`,
    ]);
  });

  it('is not confused with a long path', () => {
    const path = '/run/secrets/tallystick/production/linkage-main-2026';
    expect(parse(having('file: linkage.key', `file: ${path}`)).keys.linkage).toBe(path);
  });
});

describe('a file that cannot be parsed', () => {
  it('is refused with the locations of all its syntax errors', () => {
    expect(
      messagesAtMarks(
        `${having('name: tiny', 'name: tiny\n§name: again').replace('role: sex }', 'role: sex, §role: name }')}`,
      ),
    ).toEqual(['this key appears twice in the same mapping', 'this key appears twice in the same mapping']);
    expect(faultsOf(having('  surgery:', '\tsurgery:')).messages[0]).toBe(
      '5:1 a tab is used for indentation; YAML requires spaces',
    );
    expect(faultsOf(`${WHOLE}---\nname: x\n`).messages).toEqual([
      '41:1 not readable as YAML (multiple docs)',
    ]);
    expect(faultsOf(having('gp/readings.csv', '*files')).messages[0]).toContain(
      'an alias (*name) refers to nothing',
    );
  });

  it.each(['', '- a\n', 'text', '7'])('is refused if it is no mapping: %j', (text) => {
    expect(faultsOf(text).messages).toEqual(['1:1 the file must be a mapping (key: value)']);
  });
});

describe('the JSON Schema', () => {
  const schema = pipelineJsonSchema() as Record<string, unknown>;

  it('is of draft 2020-12, strict, and requires what the file must have', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema['additionalProperties']).toBe(false);
    expect(schema['required']).toEqual(['tallystick', 'name', 'keys', 'sources', 'optOuts', 'release']);
  });

  it('forbids unknown keys in every object with known ones', () => {
    const open: string[] = [];
    const walk = (node: unknown, path: string) => {
      if (typeof node !== 'object' || node === null) return;
      const { properties, additionalProperties } = node as Record<string, unknown>;
      if (typeof properties === 'object' && !path.endsWith('.properties') && additionalProperties !== false)
        open.push(path);
      for (const [key, value] of Object.entries(node)) walk(value, `${path}.${key}`);
    };
    walk(schema, '$');
    expect(open).toEqual([]);
  });

  it('accepts the nightly pipeline', async () => {
    const { parse: parseYaml } = await import('yaml');
    const nightly = parseYaml(readFileSync(new URL('../../pipelines/nightly.yaml', import.meta.url), 'utf8'));
    expect(pipelineSchema.safeParse(nightly).success).toBe(true);
    expect(pipelineSchema.safeParse({ ...nightly, extra: 1 }).success).toBe(false);
    expect(Object.keys(nightly).every((key) => key in (schema['properties'] as object))).toBe(true);
  });
});

describe('names that every JavaScript object inherits', () => {
  const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];

  it.each(NAMES)('%s is a key of a map like any other', (name) => {
    const text = having('sex: { role: sex }', `sex: { role: sex, map: { ${name}: 1, F: 2 } }`);
    const [source] = parse(text).sources;
    expect(Object.entries(source!.patients!.columns[3]!.map)).toContainEqual([name, 1]);
  });

  it.each(NAMES)('%s is not a fact of persons', (name) => {
    expect(
      messagesAtMarks(having('{ sex: keep, first_seen: month }', `{ sex: keep, §${name}: keep }`)),
    ).toEqual([`persons has no fact ${name}`]);
  });

  it('can name a table, which has only the expectations in the file', () => {
    const text = `${WHOLE.replaceAll('visits', 'constructor')}expect:
  rows: { tables: { readings: { stop: 10% } } }
`;
    const { expect: expected, sources } = parse(text);
    expect(sources[0]!.tables.map(({ name }) => name)).toContain('constructor');
    expect(expected.rows['constructor']).toEqual(parse(WHOLE).expect.rows['visits']);
    expect(expected.rows['readings']).not.toEqual(expected.rows['constructor']);
  });

  it('are not variables', () => {
    const { messages, marked } = faultsOf(having('gp/readings.csv', '§"${constructor}.csv"'));
    expect(messages).toEqual([`${marked[0]} the variable constructor is not set, or empty`]);
  });

  it('that an object cannot hold is refused as a key anywhere', () => {
    for (const [piece, instead] of [
      ['sex: { role: sex }', 'sex: { role: sex, map: { §__proto__: 1 } }'],
      ['value: keep', 'value: { rule: map, map: { §__proto__: x } }'],
      ['name: tiny', 'name: tiny\n§__proto__: 1'],
      ['first_seen: month', '§__proto__: month'],
    ] as const) {
      expect(messagesAtMarks(having(piece, instead))).toEqual(['__proto__ cannot be a key']);
    }
  });
});

describe('a name that holds an identifier', () => {
  it.each([
    ['name: tiny', 'name: §identifier-1'],
    ['agreement: demo-001', 'agreement: §identifier-2'],
    ['agreement: demo-001', 'agreement: demo-001\n  recipient: §identifier-2'],
  ])('is refused, and not shown: %s', (piece, instead) => {
    const messages = messagesAtMarks(having(piece, instead));
    expect(messages).toEqual(['holds what looks like a NHS number']);
  });
});

describe('the day of an age', () => {
  const at = (day: string) =>
    having('persons: { sex: keep,', `persons: { age_band: { rule: age-band, at: ${day} }, sex: keep,`);

  it.each(['1895-01-01', '2026-04-01', '2000-02-29'])('may be %s', (day) => {
    expect(parse(at(day)).release.persons[0]!.rule).toMatchObject({ at: day });
  });

  it.each([
    ['1800-01-01', 'nobody was born by then: no birth date is before 1895-01-01'],
    ['1894-12-31', 'nobody was born by then: no birth date is before 1895-01-01'],
    ['2026-04-02', 'is after the run date, 2026-04-01'],
    ['2001-02-29', expect.stringMatching(/is no date of the calendar$/)],
  ])('is not %s', (day, message) => {
    expect(messagesAtMarks(at(`§${day}`))).toEqual([message]);
  });
});

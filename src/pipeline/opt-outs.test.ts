import { describe, expect, it } from 'vitest';
import { faultsOf, messagesAtMarks, parse, WHOLE } from './test-rig/marked-file.ts';

const OPT_OUTS = '  register: { file: register.csv }\n  codes: { table: visits, column: code, date: seen }\n';
const CODE = '          code: { role: code, system: snomed }\n';
const NO_CODES = WHOLE.replace(CODE, '').replace(', code: keep', '');
const REASON = '{ none: "no practice takes part" }';

/** The file with other opt-outs. */
function withOptOuts(optOuts: string, file = WHOLE): string {
  if (!file.includes(OPT_OUTS)) throw new Error('the file has other opt-outs');
  return file.replace(OPT_OUTS, optOuts);
}

describe('the source of type 1 opt-outs', () => {
  const national = '  national: { reply: reply.dat }\n  waived: { type-2: "no type 2 is left" }\n';

  it('must be named for every GP source: a national reply alone is not one', () => {
    const text = withOptOuts(national, NO_CODES).replace('  surgery:', '  §surgery:');
    expect(messagesAtMarks(text)).toEqual(['the GP source surgery has no source of type 1 opt-outs']);
    expect(faultsOf(text).ways[0]).toMatch(/optOuts\.register.*typeOne: \{ none: "\.\.\." \}/);
  });

  it('may be waived with a reason, which the pipeline keeps', () => {
    const text = withOptOuts(national, NO_CODES).replace(
      'setting: gp',
      `setting: gp\n    typeOne: ${REASON}`,
    );
    const { optOuts } = parse(text);
    expect(optOuts.waivers).toEqual([
      { what: 'type 1 opt-outs of the source surgery', reason: 'no practice takes part' },
      { what: 'type 2 opt-outs', reason: 'no type 2 is left' },
    ]);
    expect(optOuts.withoutTypeOne).toEqual(['surgery']);
  });

  it.each([
    ['coded events', withOptOuts(national)],
    ['a register', withOptOuts('  register: { file: register.csv }\n', NO_CODES)],
    [
      'a flag',
      withOptOuts(national, NO_CODES).replace(
        'surname: { role: name }',
        'out: { role: opt-out-flag, type: type-1, values: { "N": none } }',
      ),
    ],
  ])('may be %s', (_, text) => {
    expect(parse(text).optOuts.withoutTypeOne).toEqual([]);
  });

  it('is not required of other care settings, and codes in one source do not serve another', () => {
    const ward = '    tables: { stays: { files: s.csv, columns: { nhs: { role: nhs-number } } } }\n';
    const with_ = (setting: string, more = '') =>
      withOptOuts(national).replace('optOuts:', `  §ward:\n    setting: ${setting}\n${more}${ward}optOuts:`);
    expect(parse(with_('hospital').replaceAll('§', '')).sources).toHaveLength(2);
    expect(messagesAtMarks(with_('gp'))).toEqual(['the GP source ward has no source of type 1 opt-outs']);
    const messages = faultsOf(with_('hospital', `    typeOne: ${REASON}\n`)).messages;
    expect(messages.join()).toContain('type 1 opt-outs act on GP sources only');
  });
});

describe('the sources of type 2 and national opt-outs', () => {
  it.each([
    ['  register: { file: r.csv }\n', WHOLE, []],
    ['', NO_CODES, ['no opt-outs are declared', 'the GP source surgery has no source of type 1 opt-outs']],
    ['  maxFall: 5%\n', WHOLE, ['there is no source of national data opt-outs']],
    ['  waived: { national: "not yet" }\n', WHOLE, []],
    ['  national: { reply: r.dat }\n', WHOLE, []],
    [
      '  national: { reply: r.dat }\n',
      NO_CODES,
      ['the GP source surgery has no source of type 1 opt-outs', 'there is no source of type 2 opt-outs'],
    ],
  ])('%j', (optOuts, file, messages) => {
    const text = withOptOuts(optOuts === '' ? '  maxFall: 5%\n' : optOuts, file);
    if (messages.length === 0) parse(text);
    else
      expect(
        faultsOf(text)
          .messages.map((one) => one.replace(/^\S+ /, ''))
          .sort(),
      ).toEqual([...messages].sort());
  });

  it.each([
    ['waived: { national: §"" }', 'must be a reason in words'],
    ['waived: { national: §"-" }', 'must be a reason in words'],
    ['waived: { national: §true }', 'must be a reason in words'],
    ['waived: { national: "not yet", §type-1: "no" }', 'unknown key `type-1`'],
  ])('%s is no reason', (waived, message) => {
    expect(messagesAtMarks(withOptOuts(`  ${waived}\n`))[0]).toContain(message);
  });
});

describe('tables that are searched', () => {
  const second = (body: string) =>
    WHOLE.replace('      readings:\n', `      problems:\n        files: p.csv\n${body}      readings:\n`);
  const columns = (more: string) =>
    `        columns:\n          id: { role: patient-key }\n          on: { role: date }\n${more}`;
  const coded = columns('          problem: { role: code, system: ctv3 }\n');

  it('are all GP tables with a code column, each by its own date', () => {
    const text = withOptOuts('  register: { file: r.csv }\n', second(`        date: on\n${coded}`));
    expect(parse(text).optOuts.codes).toEqual([
      { table: 'visits', columns: ['code'], date: 'seen' },
      { table: 'problems', columns: ['problem'], date: 'on' },
    ]);
  });

  it('have undated opt-outs where the table has no date, unless optOuts.codes names one', () => {
    const file = second(coded);
    const dateOf = (optOuts: string) => parse(withOptOuts(optOuts, file)).optOuts.codes[1]?.date;
    expect(dateOf('  register: { file: r.csv }\n')).toBe(null);
    const listed =
      '  codes:\n    - { table: visits, column: code, date: seen }\n    - { table: problems, column: problem, date: on }\n';
    expect(dateOf(`  register: { file: r.csv }\n${listed}`)).toBe('on');
  });

  it('are searched in every code column, not only in those that optOuts.codes names', () => {
    const text = WHOLE.replace(
      CODE,
      `${CODE}          read: { role: code, system: read-v2 }\n          icd: { role: code, system: icd-10 }\n`,
    );
    expect(parse(text).optOuts.codes).toEqual([{ table: 'visits', columns: ['code', 'read'], date: 'seen' }]);
  });

  it('are not tables of hospitals, nor tables with codes of another system', () => {
    const icd = second(columns('          problem: { role: code, system: icd-10 }\n'));
    expect(parse(icd).optOuts.codes).toHaveLength(1);
    const ward = withOptOuts('  register: { file: r.csv }\n', second(coded)).replace(
      'setting: gp',
      'setting: hospital',
    );
    expect(parse(ward).optOuts.codes).toEqual([]);
  });

  it('have other columns that may hold a code, in every GP table that is not waived and in no other', () => {
    const more = columns(
      [
        '          icd: { role: code, system: icd-10 }',
        '          own: { role: code, system: local }',
        '          kind: { role: category }',
        '          practice: { role: organisation }',
        '          number: { role: integer }',
        '          amount: { role: decimal }',
        '          problem: { role: code, system: ctv3 }',
        '          note: { role: free-text }\n',
      ].join('\n'),
    );
    const elsewhere = { table: 'problems', columns: ['icd', 'own', 'kind', 'practice', 'number', 'amount'] };
    const of = (text: string) => parse(text).optOuts.elsewhere.filter(({ table }) => table === 'problems');
    expect(of(second(more))).toEqual([elsewhere]);
    expect(of(second(`        optOutCodes: ${REASON}\n${more}`))).toEqual([]);
    const ward = withOptOuts('  register: { file: r.csv }\n', second(more));
    expect(of(ward)).toEqual([elsewhere]);
    expect(of(ward.replace('setting: gp', 'setting: hospital'))).toEqual([]);
  });

  it('include a patients table with codes, and tables that point at a patient through others', () => {
    const text = withOptOuts('  register: { file: r.csv }\n')
      .replace('surname: { role: name }', 'status: { role: code, system: snomed }')
      .replace(
        'value: { role: decimal }',
        'value: { role: decimal }\n          what: { role: code, system: read-v2 }',
      );
    expect(parse(text).optOuts.codes.map(({ table, date }) => [table, date])).toEqual([
      ['surgery_patients', null],
      ['visits', 'seen'],
      ['readings', null],
    ]);
  });

  it('may be waived, with a reason', () => {
    const waived = second(`        optOutCodes: { none: "diagnoses only" }\n${coded}`);
    const { optOuts } = parse(waived);
    expect(optOuts.codes).toHaveLength(1);
    expect(optOuts.waivers).toEqual([
      { what: 'coded opt-outs in the table problems', reason: 'diagnoses only' },
    ]);
    const bare = second(`        optOutCodes: §{}\n${coded}`);
    expect(faultsOf(bare).messages.join()).toContain(
      '`sources.surgery.tables.problems.optOutCodes.none` is missing',
    );
  });

  it('can be waived only where there is something to search', () => {
    expect(messagesAtMarks(second(`        §optOutCodes: ${REASON}\n${columns('')}`))).toEqual([
      'problems is not searched for opt-outs in any case',
    ]);
    const icd = columns('          problem: { role: code, system: icd-10 }\n');
    expect(parse(second(`        optOutCodes: ${REASON}\n${icd}`)).optOuts.waivers).toHaveLength(1);
    const named = WHOLE.replace(
      '        date: seen\n',
      `        date: seen\n        §optOutCodes: ${REASON}\n`,
    );
    expect(messagesAtMarks(named)).toEqual(['optOuts.codes names visits, which is left out here']);
  });

  it('must identify the patients of their rows', () => {
    const flat = `  walk_in:
    setting: gp
    format: { date: "%Y-%m-%d" }
    tables:
      §calls:
        files: c.csv
        columns:
          born: { role: date-of-birth }
          sex: { role: sex }
          home: { role: postcode }
          code: { role: code, system: snomed }
`;
    expect(messagesAtMarks(WHOLE.replace('optOuts:', `${flat}optOuts:`))).toEqual([
      'a coded opt-out in calls could be matched with nobody: calls has no NHS number',
    ]);
    const numbered = flat
      .replace('§', '')
      .replace('          born', '          nhs: { role: nhs-number }\n          born');
    expect(parse(WHOLE.replace('optOuts:', `${numbered}optOuts:`)).optOuts.codes).toHaveLength(2);
  });

  it('cannot have an opt-out code that is declared as missing', () => {
    const text = WHOLE.replace('system: snomed }', 'system: snomed, missing: §["0", " 881561000000100"] }');
    expect(messagesAtMarks(text)).toEqual(['an opt-out code is declared as missing']);
  });

  it('can be named only once', () => {
    const twice =
      '  codes:\n    - { table: visits, column: code, date: seen }\n    - { table: §visits, column: code, date: seen }\n';
    expect(messagesAtMarks(withOptOuts(`  register: { file: r.csv }\n${twice}`))).toEqual([
      'visits is named twice',
    ]);
  });
});

describe('the expected rate', () => {
  const rateOf = (text: string) =>
    parse(withOptOuts(`  register: { file: r.csv }\n${text}`)).optOuts.expectedRate;

  it('is one in a hundred, another share, or none with a reason', () => {
    expect(rateOf('')).toBe(0.01);
    expect(rateOf('  expectedRate: 0.5%\n')).toBe(0.005);
    expect(rateOf('  expectedRate: { none: "a cohort who consented" }\n')).toBe(null);
  });

  it.each([
    ['§0%', 'a rate of 0 expects no opt-out'],
    ['§none', 'must be a share such as'],
    ['{ none: §"" }', 'must be a reason in words'],
  ])('%s', (rate, message) => {
    expect(
      messagesAtMarks(withOptOuts(`  register: { file: r.csv }\n  expectedRate: ${rate}\n`))[0],
    ).toContain(message);
  });
});

describe('the date in the name of a list', () => {
  const asOf = (file: string, pattern: string) =>
    withOptOuts(`  register: { file: "${file}", asOf: { name: ${pattern} } }\n`);

  it('is read by the declared pattern', () => {
    const { register } = parse(asOf('lists/register_20260330.csv', '"register_%Y%m%d.csv"')).optOuts;
    expect(register?.asOf).toBe('2026-03-30');
  });

  it.each([
    [
      'register.csv',
      '§"register_%Y%m%d.csv"',
      'the name of the file has no date at the position in the pattern',
    ],
    [
      'register_20260230.csv',
      '§"register_%Y%m%d.csv"',
      'the name of the file has no date at the position in the pattern',
    ],
    ['register_20260330.csv', '§"register_%y%m%d.csv"', 'the pattern of a name knows %Y %m %d %H %M %S only'],
    ['register_20260330.csv', '§"register_*.csv"', 'the pattern of a name needs %Y, %m and %d'],
  ])('%s by %s', (file, pattern, message) => {
    expect(messagesAtMarks(asOf(file, pattern))).toEqual([message]);
  });
});

it('the request of a reply is not the reply', () => {
  const text = withOptOuts('  national: { reply: a.dat, request: §./a.dat }\n');
  expect(messagesAtMarks(text)).toEqual(['the request is the reply']);
});

describe('opt-out flags', () => {
  const flagged = (flag: string) => WHOLE.replace('surname: { role: name }', flag);

  it('keep the values that mean no opt-out', () => {
    const text = flagged(
      'out: { role: opt-out-flag, type: type-2, values: { "Y": registered, "N": none, "": none } }',
    );
    const { columns } = parse(text).sources[0]!.patients!;
    expect(columns.find(({ name }) => name === 'out')?.flag).toEqual({
      type: 'type-2',
      none: ['N', ''],
      registered: ['Y'],
    });
  });

  it.each([
    ['§out: { role: opt-out-flag, values: { N: none } }', 'the opt-out-flag out does not say its type'],
    ['§out: { role: opt-out-flag, type: type-1 }', 'the opt-out-flag out does not declare its values'],
    ['out: { role: name, type: §type-1 }', 'a name column takes no type'],
    ['out: { role: name, values: §{ N: none } }', 'a name column takes no values'],
    [
      'out: { role: opt-out-flag, type: national, values: { N: none }, missing: §[X] }',
      'an opt-out-flag column takes no missing',
    ],
    [
      'out: { role: opt-out-flag, type: national, values: { N: §withdrawn } }',
      'must be one of registered, none',
    ],
  ])('%s', (flag, message) => {
    expect(messagesAtMarks(flagged(flag))[0]).toContain(message);
  });

  it('belong to patients, and are never released', () => {
    const flag = 'out: { role: opt-out-flag, type: type-1, values: { N: none } }';
    const onVisit = WHOLE.replace('note: { role: free-text }', `§${flag}`);
    expect(messagesAtMarks(onVisit)).toEqual(['an opt-out-flag belongs to patients, and visits has none']);
    const released = WHOLE.replace('note: { role: free-text }', flag).replace(
      'seen: keep',
      'out: keep, seen: keep',
    );
    expect(faultsOf(released).messages.join()).toContain(
      'the stripped column out (opt-out-flag) can never be released',
    );
  });

  it('of type 1 belong to GP sources', () => {
    const text = withOptOuts(
      '  register: { file: r.csv }\n',
      flagged('out: { role: opt-out-flag, type: §type-1, values: { N: none } }'),
    );
    expect(messagesAtMarks(text.replace('setting: gp', 'setting: hospital'))).toEqual([
      'type 1 opt-outs act on GP sources only',
    ]);
  });
});

it('every fault in optOuts is reported at once', () => {
  const text = withOptOuts('  waived: { type-2: "none left" }\n  expectedRate: §0%\n', NO_CODES)
    .replace('  surgery:', '  §surgery:')
    .replace('optOuts:', '§optOuts:');
  expect(messagesAtMarks(text)).toEqual([
    'the GP source surgery has no source of type 1 opt-outs',
    'there is no source of national data opt-outs',
    'a rate of 0 expects no opt-out',
  ]);
});

describe('lists in layouts of their own', () => {
  const LIST =
    "name: gps, file: gps.csv, columns: { who: { role: nhs-number }, on: { role: date, format: '%d/%m/%Y' }, says: { role: event, type: type-1, values: { 'Y': registered, '': none } } }";
  const withList = (list: string, more = '') =>
    withOptOuts(
      `  lists:\n    - { ${list} }\n  waived: { national: "not yet", type-2: "none left" }\n${more}`,
    );
  const other = (from: string, to: string) => {
    if (!LIST.includes(from)) throw new Error(`the list has no ${from}`);
    return withList(LIST.replace(from, to));
  };

  it('are completed with the defaults of lists and of formats', () => {
    expect(parse(withList(LIST)).optOuts.lists).toEqual([
      {
        name: 'gps',
        file: '/srv/nightly/gps.csv',
        shownAs: 'gps.csv',
        maxAgeDays: 7,
        asOf: null,
        allowEmpty: false,
        allow: false,
        answersFor: null,
        layout: {
          format: { delimiter: ',', quote: '"', encoding: 'utf-8' },
          names: null,
          nhsNumber: 'who',
          statements: [
            {
              type: 'type-1',
              event: {
                column: 'says',
                values: { Y: 'registered', '': 'none' },
                expected: 'a declared value',
              },
            },
          ],
          date: { column: 'on', format: '%d/%m/%Y', missing: [], mayBeImpossible: false },
        },
      },
    ]);
  });

  it('are sources of the types of which they may register opt-outs', () => {
    const waived = '  waived: { national: "not yet" }\n';
    const file = (list: string) => NO_CODES.replace(OPT_OUTS, `  lists:\n    - { ${list} }\n${waived}`);
    expect(faultsOf(file(LIST)).messages.join()).toContain('there is no source of type 2 opt-outs');
    expect(faultsOf(file(LIST)).messages.join()).not.toContain('type 1');
    const withdrawn = LIST.replace("'Y': registered", "'Y': withdrawn");
    expect(faultsOf(file(withdrawn)).messages.join()).toContain('has no source of type 1 opt-outs');
    const allowed =
      'name: may, file: m.csv, allow: true, type: type-2, columns: { who: { role: nhs-number } }';
    expect(faultsOf(file(allowed)).messages.join()).not.toContain('type 2');
  });

  it.each([
    ["'Y': registered", "'Y': §maybe", 'must be one of registered, withdrawn, none'],
    ['type: type-1', 'type: §type-9', 'there is no type of opt-out type-9'],
    [
      "says: { role: event, type: type-1, values: { 'Y': registered, '': none } }",
      'says: { role: event, §values: {}, type: type-1 }',
      'the column says does not declare its values',
    ],
    ["'Y': registered", "§' Y': registered", 'a value has no blanks at either end'],
    [", format: '%d/%m/%Y'", '', 'the date column on has no format'],
    ["format: '%d/%m/%Y'", "format: '%d/%m'", 'a date format needs %Y, %m and %d'],
    ['who: { role: nhs-number }', 'who: { role: date, format: "%Y%m%d" }', 'a second date column'],
    ['who: { role: nhs-number }, ', '', 'a list needs an nhs-number column'],
    [', type: type-1', '', 'nothing says the type of an opt-out on the list gps'],
    ['file: gps.csv', 'file: gps.csv, type: type-2', 'the list has a type for all lines'],
    ['file: gps.csv', 'file: gps.csv, event: registered', 'a column has the event'],
    ['file: gps.csv', 'file: gps.csv, header: false', 'a list without a header line names its columns'],
    ['file: gps.csv', 'file: gps.csv, names: [who]', 'the header line names the columns'],
    [
      'file: gps.csv',
      'file: gps.csv, header: false, names: [who, on, who]',
      'names has the column who twice',
    ],
    ['file: gps.csv', 'file: gps.csv, header: false, names: [who, on]', 'names has no column says'],
    ['file: gps.csv', "file: gps.csv, format: { quote: ',' }", 'delimiter and quote are the same character'],
    ['file: gps.csv', 'file: gps.csv, allow: true', 'an allow-list takes no event column'],
    [
      'file: gps.csv',
      'file: gps.csv, allow: true, type: type-1',
      'an allow-list answers for type-2 or national opt-outs only',
    ],
    [
      "on: { role: date, format: '%d/%m/%Y' }, says: { role: event, type: type-1, values: { 'Y': registered",
      "says: { role: event, type: type-1, values: { 'Y': withdrawn",
      'a withdrawal without a date ends nothing, and the list has no date column',
    ],
  ])('with %s replaced by %s are faulty', (from, to, message) => {
    expect(faultsOf(other(from, to)).messages.join('\n')).toContain(message);
  });

  it('have different names', () => {
    expect(faultsOf(withList(`${LIST} }\n    - { ${LIST}`)).messages.join()).toContain(
      'there is already a list called gps',
    );
  });
});

describe('a kept register', () => {
  const withRegister = (register: string) => withOptOuts(`  register: { ${register} }\n`);

  it('is named instead of a list', () => {
    const { register, keptRegister } = parse(withRegister('events: register.events')).optOuts;
    expect(register).toBe(null);
    expect(keptRegister).toEqual({
      file: '/srv/nightly/register.events',
      shownAs: 'register.events',
      maxAgeDays: 7,
      isAgeDeclared: false,
      allowEmpty: false,
    });
  });

  it.each([
    ['file: r.csv, §events: r.events', 'the register is a list (file) or a kept one (events), not both'],
    ['events: r.events, §asOf: 2026-03-01', 'a kept register says itself when it was changed'],
  ])('%s is faulty', (register, message) => {
    expect(messagesAtMarks(withRegister(register))).toEqual([message]);
  });

  it('is a file or events', () => {
    expect(faultsOf(withRegister('maxAge: 7d')).messages.join()).toContain('the register has no file');
  });
});

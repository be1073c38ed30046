/** What a pipeline file says of reasons: declared types, their order, exemptions, practices, and flags of any of them. */
import { describe, expect, it } from 'vitest';
import { faultsOf, messagesAtMarks, parse, WHOLE } from './test-rig/marked-file.ts';

const OPT_OUTS = '  register: { file: register.csv }\n  codes: { table: visits, column: code, date: seen }\n';
/** The file with more settings of opt-outs. */
const withMore = (more: string, file = WHOLE) => {
  if (!file.includes(OPT_OUTS)) throw new Error('the file has other opt-outs');
  return file.replace(OPT_OUTS, `${OPT_OUTS}${more}`);
};
const flagged = (type: string) =>
  WHOLE.replace(
    'surname: { role: name }',
    `out: { role: opt-out-flag, type: ${type}, values: { "Y": registered, "N": none } }`,
  );
const TRIAL = '  types: { trial: { scope: person, description: "in no trial" } }\n';

describe('declared types', () => {
  it('are reasons with a scope and words, behind the built-in decisions', () => {
    const { reasons, types } = parse(withMore(TRIAL, flagged('trial'))).optOuts;
    expect(types).toEqual([{ name: 'trial', scope: 'person', description: 'in no trial' }]);
    expect(reasons.find(({ name }) => (name as string) === 'trial')).toEqual({
      name: 'trial',
      receipt: 'opt-out/trial',
      group: 'person',
      scope: 'person',
      stated: 'by-number',
      words: 'in no trial',
    });
  });

  it.each([
    ['type-2', 'the type type-2 cannot be declared'],
    ['allowed', 'the type allowed cannot be declared'],
    ['vip', 'the type vip cannot be declared'],
  ])('may not be called %s', (name, message) => {
    const text = withMore(`  types: { §${name}: { scope: person, description: "any words" } }\n`);
    expect(messagesAtMarks(text)[0]).toContain(message);
  });

  it('are stated somewhere', () => {
    const text = WHOLE.replace(
      OPT_OUTS,
      `  codes: { table: visits, column: code, date: seen }\n  waived: { national: "none" }\n${TRIAL.replace('trial:', '§trial:')}`,
    );
    expect(messagesAtMarks(text)).toEqual(['there is no source of opt-outs of the type trial']);
  });

  it('may be stated in the kept register, and not in a register that is a list', () => {
    const stated = (register: string) =>
      WHOLE.replace(OPT_OUTS, `  register: { ${register} }\n${TRIAL.replace('trial:', '§trial:')}`);
    expect(parse(stated('events: register.log').replace('§', '')).optOuts.types).toHaveLength(1);
    expect(messagesAtMarks(stated('file: register.csv'))).toEqual([
      'there is no source of opt-outs of the type trial',
    ]);
  });

  it('are as many as a mask has bits for', () => {
    const many = Array.from({ length: 17 }, (_, n) => `t${n}: { scope: person, description: "any words" }`);
    const { messages } = faultsOf(withMore(`  types: { ${many.join(', ')} }\n`));
    expect(messages.join()).toContain('more than 16 types are declared');
  });
});

describe('the order', () => {
  it('moves the named ones to the front', () => {
    const { reasons, order } = parse(withMore('  order: [vip, type-2]\n')).optOuts;
    expect(order).toEqual(['vip', 'type-2']);
    expect(reasons.slice(0, 3).map(({ name }) => name)).toEqual(['vip', 'type-2', 'type-1']);
  });

  it.each([
    ['[vip, §trial]', 'there is no reason called trial'],
    ['[vip, §vip]', 'is in the order already'],
  ])('%s', (order, message) => {
    expect(messagesAtMarks(withMore(`  order: ${order}\n`))).toEqual([message]);
  });
});

describe('exemptions', () => {
  const exempt = (type: string, body = '{ because: "everybody consented", basis: consent }') =>
    withMore(`  exempt: { ${type}: ${body} }\n`);

  it('name a type, a legal basis and the reason', () => {
    expect(parse(exempt('type-2')).optOuts.exempt).toEqual([
      { type: 'type-2', because: 'everybody consented', basis: 'consent' },
    ]);
  });

  it.each([
    ['§vip', 'vip cannot be switched off'],
    ['§unknown-number', 'unknown-number cannot be switched off'],
    ['§national-unanswered', 'national-unanswered cannot be switched off'],
    ['§practice-disabled', 'practice-disabled cannot be switched off'],
    ['§trial', 'there is no type called trial'],
  ])('%s', (type, message) => {
    expect(messagesAtMarks(exempt(type))).toEqual([message]);
  });

  it.each([
    '{ basis: consent }',
    '{ because: "", basis: consent }',
    '{ because: "any words" }',
    '{ because: "any words", basis: convenience }',
  ])('are refused as %s', (body) => {
    expect(faultsOf(exempt('type-2', body)).messages).not.toEqual([]);
  });

  it('hold no identifier: the reason is in the release', () => {
    const body = '{ because: §"asked by identifier 1", basis: consent }';
    expect(messagesAtMarks(exempt('type-2', body))).toEqual(['holds what looks like a NHS number']);
  });

  it('take the place of a source of the type', () => {
    const text = (more: string) =>
      WHOLE.replace(OPT_OUTS, `  codes: { table: visits, column: code, date: seen }\n${more}`);
    expect(faultsOf(text('')).messages.join()).toContain('there is no source of national data opt-outs');
    const national = '  exempt: { national: { because: "a direction", basis: legal-duty } }\n';
    expect(parse(text(national)).optOuts.exempt).toHaveLength(1);
  });
});

describe('flags', () => {
  it.each(['spine-sensitive', 'confidential', 'vip', 'test-patient', 'left-practice'])(
    'may be %s',
    (type) => {
      const { columns } = parse(flagged(type)).sources[0]!.patients!;
      expect(columns.find(({ name }) => name === 'out')?.flag?.type).toBe(type);
    },
  );

  it.each(['practice-inactive', 'not-allowed', 'unknown-number', 'trial'])('are never %s', (type) => {
    expect(messagesAtMarks(flagged(`§${type}`))).toEqual([
      `there is no reason called ${type} that a flag can have`,
    ]);
  });

  it('of a registration are on the row of a GP patient', () => {
    const ward =
      '  ward:\n    setting: hospital\n    tables: { stays: { files: s.csv, columns: { nhs: { role: nhs-number }, §gone: { role: opt-out-flag, type: §left-practice, values: { "N": none } } } } }\noptOuts:';
    expect(messagesAtMarks(WHOLE.replace('optOuts:', ward))).toEqual([
      'left-practice is about one registration, and a row of stays is of none',
      'left-practice acts on GP sources only',
    ]);
  });
});

describe('practices', () => {
  const patients = (columns: string) => WHOLE.replace('surname: { role: name }', columns);
  const PRACTICE = 'at: { role: organisation }';
  const practices = (columns: string, more = '', file = patients(PRACTICE)) =>
    withMore(`  §practices: { file: p.csv, columns: { ${columns} }${more} }\n`, file);
  const plain = (text: string) => text.replaceAll('§', '');

  it('say where they are, and which columns are read', () => {
    const columns =
      'Guid: { role: organisation }, On: { role: active, values: { "1": active, "0": inactive } }, From: { role: start, format: "%Y-%m-%d" }';
    expect(parse(plain(practices(columns))).optOuts.practices).toMatchObject({
      shownAs: 'p.csv',
      maxAgeDays: 7,
      code: 'Guid',
      active: { column: 'On', on: ['1'], off: ['0'] },
      start: { column: 'From', format: '%Y-%m-%d', missing: [] },
      end: null,
      disabled: null,
      organisations: [{ source: 'surgery', column: 'at' }],
    });
  });

  it('cannot be checked of a source whose patients have none', () => {
    expect(messagesAtMarks(practices('Guid: { role: organisation }', '', WHOLE))).toEqual([
      'of the patients of the GP source surgery no practice is known',
    ]);
  });

  it('are said which, where patients have several', () => {
    const two = patients('at: { role: organisation }\n        of: { role: organisation }');
    expect(messagesAtMarks(practices('Guid: { role: organisation }', '', two))).toEqual([
      'the patients of the GP source surgery have several organisation columns',
    ]);
    const said = practices('Guid: { role: organisation }', ', organisations: { surgery: of }', two);
    expect(parse(plain(said)).optOuts.practices?.organisations).toEqual([
      { source: 'surgery', column: 'of' },
    ]);
  });

  it.each([
    ['From: { role: start, format: "%Y-%m-%d" }', 'a list of practices needs an organisation column'],
    ['Guid: { role: organisation }, Other: { role: organisation }', 'a second organisation column'],
    ['Guid: { role: organisation }, From: { role: start }', 'the date column From has no format'],
    [
      'Guid: { role: organisation }, On: { role: active, values: {} }',
      'the column On does not declare its values',
    ],
  ])('%s', (columns, message) => {
    const { messages } = faultsOf(plain(practices(columns)));
    expect(messages.map((text) => text.slice(text.indexOf(' ') + 1))).toEqual([message]);
  });
});

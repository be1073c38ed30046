import { describe, expect, it } from 'vitest';
import { faultsOf, messagesAtMarks, WHOLE } from './test-rig/marked-file.ts';

function messagesFor(piece: string, instead: string): readonly string[] {
  if (!WHOLE.includes(piece)) throw new Error(`the file has no ${piece}`);
  return messagesAtMarks(WHOLE.replace(piece, instead));
}

const VISITS = '      visits:\n';
const NOTE = '          note: { role: free-text }\n';

describe('what can never be released', () => {
  it('a patients table, with any column', () => {
    const text = WHOLE.replace('persons: {', '§surgery_patients: { nhs: keep }\n    persons: {');
    expect(messagesAtMarks(text)).toEqual(['surgery_patients holds identifiers']);
  });

  it.each([
    ['nhs-number', 'identifier'],
    ['postcode', 'identifier'],
    ['date-of-birth', 'identifier'],
    ['sex', 'identifier'],
    ['patient-key', 'identifier'],
    ['name', 'stripped'],
    ['address', 'stripped'],
    ['contact', 'stripped'],
    ['free-text', 'stripped'],
  ])('a column of the role %s in a flat table', (role, kind) => {
    // a flat hospital source whose every row has identifiers
    const columns = ['nhs-number', 'date-of-birth', 'sex', 'postcode', role].filter(
      (one, index, all) => all.indexOf(one) === index,
    );
    const flat = `  ward:
    setting: hospital
    format: { date: "%d/%m/%Y" }
    tables:
      stays:
        files: stays.csv
        columns:
${columns.map((one) => `          ${one.replaceAll('-', '_')}: { role: ${one} }`).join('\n')}
`;
    const text = WHOLE.replace('optOuts:', `${flat}optOuts:`).replace(
      'persons: {',
      `stays: { ${role.replaceAll('-', '_')}: keep }\n    persons: {`,
    );
    const name = role.replaceAll('-', '_');
    const { messages } = faultsOf(text);
    expect(messages.join('\n')).toContain(`the ${kind} column ${name} (${role}) can never be released`);
  });

  it.each([
    ['id: keep', 'the identifier column id (patient-key) can never be released'],
    ['note: keep', 'the stripped column note (free-text) can never be released'],
    ['note: { rule: truncate, length: 3 }', 'the stripped column note (free-text) can never be released'],
    ['ghost: keep', 'the column ghost is not declared in visits'],
  ])('%s of a record table', (rule, message) => {
    expect(messagesFor('visits: { seen: keep', `visits: { §${rule}, seen: keep`)).toEqual([message]);
  });
});

describe('rules that do not fit', () => {
  it.each([
    ['seen: keep', '§seen: { rule: truncate, length: 4 }', 'the rule truncate does not fit a date column'],
    ['seen: keep', '§seen: { rule: age-band }', 'the rule age-band does not fit a date column'],
    ['seen: keep', '§seen: year-of-birth', 'the rule year-of-birth does not fit a date column'],
    ['code: keep }', '§code: month }', 'the rule month does not fit a code column'],
    ['value: keep', '§value: year', 'the rule year does not fit a decimal column'],
    ['value: keep', '§value: { rule: map, map: { "1": a } }', 'the rule map does not fit a decimal column'],
    ['sex: keep,', 'sex: §year,', 'sex takes keep, drop, not year'],
    ['sex: keep,', 'sex: keep, age_band: §keep,', 'age_band takes age-band, drop, not keep'],
    ['sex: keep,', 'sex: keep, year_of_birth: §keep,', 'year_of_birth takes year-of-birth, drop, not keep'],
    [
      'sex: keep,',
      'sex: keep, date_of_death: §{ rule: map, map: {} },',
      'date_of_death takes month, year, keep, drop, not map',
    ],
    ['sex: keep,', 'sex: keep, §date_of_death: month,', 'no source has a date-of-death column'],
    ['sex: keep,', 'sex: keep, §nhs: keep,', 'persons has no fact nhs'],
  ])('%s -> %s', (piece, instead, message) => {
    expect(messagesFor(piece, instead)).toEqual([message]);
  });
});

describe('tables that do not fit together', () => {
  it.each([
    ['references: visits', 'references: §vists', 'there is no table vists in this source'],
    ['references: visits', 'references: §readings', 'the table readings has no record-id column to point at'],
    [
      'parent-key, references: visits',
      'parent-key',
      'the parent-key visit does not say which table it points at',
    ],
    ['{ role: decimal }', '{ role: decimal, references: §visits }', 'a decimal column points at no table'],
    ['{ role: decimal }', '{ role: decimal, system: §snomed }', 'a decimal column takes no system'],
    ['{ role: decimal }', '{ role: decimal, format: §"%Y" }', 'a decimal column takes no format'],
    ['{ role: decimal }', '{ role: decimal, map: §{ a: 1 } }', 'a decimal column takes no map'],
    ['{ role: decimal }', '{ role: decimal, provider: §id }', 'a decimal column takes no provider'],
    ['code, system: snomed', 'code', 'the code column code does not say its system'],
    ['format: { date: "%d/%m/%Y" }', 'format: {}', 'the date column seen has no format'],
    [
      'format: { date: "%d/%m/%Y" }',
      'format: { date: "%d/%b/%Y" }',
      'a date format knows %Y %m %d %H %M %S only',
    ],
    ['date: seen\n', 'date: §code\n', 'code is not a date or timestamp column of this table'],
    ['date: seen\n', 'date: §gone\n', 'gone is not a date or timestamp column of this table'],
    [
      'id: { role: patient-key }\n        nhs',
      'id: { role: category }\n        nhs',
      'a patients table needs a patient-key column',
    ],
    [
      'nhs: { role: nhs-number }',
      'nhs: { role: nhs-number }\n        §other: { role: nhs-number }',
      'a second nhs-number column',
    ],
    [
      NOTE,
      '          §note: { role: nhs-number }\n',
      'a nhs-number column belongs in the patients table of this source',
    ],
    [
      'visit: { role: record-id }',
      'visit: { role: category }',
      'the table visits has no record-id column to point at',
    ],
    ['setting: gp', 'setting: gp\n    format: {}', 'this key appears twice in the same mapping'],
  ])('%s -> %s', (piece, instead, message) => {
    if (!WHOLE.includes(piece)) throw new Error(`the file has no ${piece}`);
    expect(faultsOf(WHOLE.replace(piece, instead)).messages.join('\n')).toContain(message);
    if (instead.includes('§')) expect(messagesFor(piece, instead)).toContain(message);
  });

  it.each([
    ['Value', 'Value differs from the column value only in capitals or signs'],
    [
      'va-lue2: { role: decimal }\n          §va.lue2',
      'va.lue2 differs from the column va-lue2 only in capitals or signs',
    ],
    ['record_a', 'the name record_a is taken'],
  ])('a column called %s', (name, message) => {
    const columns = `value: { role: decimal }\n          ${name.includes('§') ? '' : '§'}${name}: { role: decimal }`;
    expect(messagesFor('value: { role: decimal }', columns)).toEqual([message]);
  });

  it.each(['person', 'match_rank', 'Match_Rank', 'MATCH_PROBABILITY', 'linkage_weight'])(
    'a released column called %s, as one that a run adds',
    (name) => {
      const text = WHOLE.replace('value: { role: decimal }', `${name}: { role: decimal }`).replace(
        'readings: { value: keep }',
        `readings: { §${name}: keep }`,
      );
      expect(messagesAtMarks(text)).toEqual([`the name ${name} is taken`]);
    },
  );

  it('in a circle of parents', () => {
    const text = WHOLE.replace(
      'value: { role: decimal }',
      'value: { role: decimal }\n          reading: { role: record-id }',
    )
      .replace(NOTE, '          up: { role: parent-key, references: readings }\n')
      .replace('          id: { role: patient-key }\n', '');
    const marked = text
      .replace('references: readings', 'references: §readings')
      .replace('references: visits', 'references: §visits');
    const { messages, marked: marks } = faultsOf(marked);
    expect(messages.filter((one) => one.includes('circle'))).toEqual([
      `${marks[0]} the tables point at each other in a circle through visits`,
      `${marks[1]} the tables point at each other in a circle through readings`,
    ]);
  });

  it('two with the same name, in any sources', () => {
    const other = WHOLE.slice(WHOLE.indexOf('  surgery:'), WHOLE.indexOf('optOuts:')).replace(
      'surgery',
      'practice',
    );
    const text = WHOLE.replace(
      'optOuts:',
      `${other.replace('visits:', '§visits:').replace('readings:', '§readings:')}optOuts:`,
    );
    expect(messagesAtMarks(text)).toEqual([
      'there is already a table called visits',
      'there is already a table called readings',
    ]);
  });

  it('a delimiter that is also the quote', () => {
    const text = WHOLE.replace(
      'files: gp/readings.csv',
      `files: gp/readings.csv\n        format: §{ delimiter: "'", quote: "'" }`,
    );
    expect(messagesAtMarks(text)).toEqual(['delimiter and quote are the same character']);
  });

  it('a source without tables, and no source', () => {
    const empty = WHOLE.replace('optOuts:', '  §empty: { setting: hospital }\noptOuts:');
    expect(messagesAtMarks(empty)).toEqual(['the source empty has neither patients nor tables']);
    const none = `${WHOLE.slice(0, WHOLE.indexOf('sources:'))}sources: {}\n${WHOLE.slice(WHOLE.indexOf('optOuts:'))}`;
    expect(faultsOf(none).messages).toContain('4:10 no source is declared');
  });
});

describe('opt-outs and keys', () => {
  it.each([
    ['table: visits, column', 'table: §visit, column', 'there is no table visit'],
    [
      'column: code, date',
      'column: §note, date',
      'note is not a code column of system snomed, read-v2, ctv3',
    ],
    ['date: seen }', 'date: §code }', 'code is not a date column of visits'],
    [
      'table: visits, column: code, date: seen',
      'table: readings, column: §code, date: §seen',
      'code is not a code column of system snomed, read-v2, ctv3',
    ],
    ['file: release.key', 'file: §./linkage.key', 'the release key is the linkage key'],
  ])('%s -> %s', (piece, instead, message) => {
    const messages = instead.includes('§')
      ? messagesFor(piece, instead)
      : faultsOf(WHOLE.replace(piece, instead)).messages;
    expect(messages.join('\n')).toContain(message);
  });
});

it('reports every contradiction at once, each with its location', () => {
  const text = WHOLE.replace('date: seen\n', 'date: §code\n')
    .replace('references: visits', 'references: §vists')
    .replace('column: code', 'column: §note')
    .replace('visits: { seen: keep', 'visits: { §note: keep, §seen: { rule: truncate, length: 2 }')
    .replace('    readings: { value: keep }', '    §readngs: { value: keep }');
  expect(messagesAtMarks(text)).toEqual([
    'code is not a date or timestamp column of this table',
    'there is no table vists in this source',
    'note is not a code column of system snomed, read-v2, ctv3',
    'the stripped column note (free-text) can never be released',
    'the rule truncate does not fit a date column',
    'there is no table readngs',
  ]);
  expect(text).toContain(VISITS);
});

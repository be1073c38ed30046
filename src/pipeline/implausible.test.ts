import { describe, expect, it } from 'vitest';
import { rulesAsked } from './implausible-rules.ts';
import { messagesAtMarks, parse, WHOLE } from './test-rig/marked-file.ts';

const WITH_STAYS = WHOLE.replace(
  'optOuts:\n',
  `  ward:
    setting: hospital
    format: { date: "%d/%m/%Y" }
    tables:
      stays:
        files: stays.csv
        date: from
        columns:
          nhs: { role: nhs-number }
          born: { role: date-of-birth }
          org: { role: organisation }
          from: { role: date }
          to: { role: date }
          icd: { role: code, system: icd-10 }
          died: { role: date-of-death }
      notes:
        files: notes.csv
        columns: { nhs: { role: nhs-number }, kind: { role: category } }
optOuts:
`,
);

/** The file with declarations for the rules of implausible links. */
const looking = (link: string) =>
  WITH_STAYS.replace('release:\n  agreement', `link:\n${link}\nrelease:\n  agreement`);

describe('link.implausible', () => {
  it('checks no rule where nothing is declared', () => {
    const { link } = parse(WITH_STAYS);
    expect(link).toMatchObject({ implausible: null, quarantineImplausible: false });
    expect(rulesAsked(parse(WITH_STAYS))).toEqual([]);
  });

  it('checks the rules whose tables are all declared', () => {
    const pipeline = parse(
      looking('  implausible: { births: { stays: { codes: [icd] } }, birthCodes: { newborn: [Z380] } }'),
    );
    expect(rulesAsked(pipeline)).toEqual(['two-births', 'infant-giving-birth']);
    expect(pipeline.link.implausible).toEqual({
      activity: [],
      stays: [],
      births: [{ table: 'stays', codes: ['icd'] }],
      birthCodes: { delivery: ['O80', 'O81', 'O82', 'O83', 'O84', 'Z37'], newborn: ['Z380'] },
    });
  });

  it('checks no birth years where no source has a date of birth', () => {
    const text = looking('  implausible: { births: { stays: { codes: [icd] } } }').replaceAll(
      'born: { role: date-of-birth }',
      'born: { role: free-text }',
    );
    expect(
      rulesAsked(parse(text.replace('persons: { sex: keep, first_seen: month }', 'persons: {}'))),
    ).toEqual(['two-births']);
  });

  it('reports every table and column that does not exist, each with its location', () => {
    const text = looking(`  implausible:
    activity:
      §nowhere: {}
      §notes: { where: { column: kind, values: [a] } }
      stays: { where: { column: §from, values: [a] } }
    stays:
      §surgery_patients: { from: seen, to: seen, provider: code }
      stays: { from: §org, to: §born, provider: §to }
    births:
      stays: { codes: [icd, §org, §gone] }
      §readings: { codes: [§value] }`);
    expect(messagesAtMarks(text)).toEqual([
      'there is no table of records nowhere',
      'notes has no date of its records',
      'from is not a column of texts of stays',
      'there is no table of records surgery_patients',
      'org is not a date or timestamp column of stays',
      'born is not a date or timestamp column of stays',
      'to is not a column of texts of stays',
      'org is not a code column of system icd-10 of stays',
      'gone is not a code column of system icd-10 of stays',
      'readings has no date of its records',
      'value is not a code column of system icd-10 of readings',
    ]);
  });

  it('requires a date of death for the rule on activity after death', () => {
    const text = looking('  implausible:\n    §activity: { stays: {} }').replace(
      'died: { role: date-of-death }',
      '',
    );
    expect(messagesAtMarks(text)).toEqual(['no source has a date-of-death column']);
  });

  it('does not use a date of death in records that only point at another record', () => {
    const text = looking('  implausible:\n    §activity: { stays: {} }')
      .replace('died: { role: date-of-death }', 'stay: { role: record-id }')
      .replace('notes:\n', 'ends:\n')
      .replace(
        '{ nhs: { role: nhs-number }, kind: { role: category } }',
        '{ stay: { role: parent-key, references: stays }, died: { role: date-of-death } }',
      )
      .replace('files: notes.csv', 'files: ends.csv');
    expect(messagesAtMarks(text)).toEqual(['no source has a date-of-death column']);
  });

  it.each([
    ['  §implausible: {}', 'nothing is declared'],
    ['  quarantineImplausible: §true', 'no table is declared for the rules of implausible links'],
    [
      '  implausible: { births: { stays: { codes: [icd] } }, birthCodes: { newborn: [§Z38.0] } }',
      'must be a prefix of an ICD-10 code, without the dot',
    ],
  ])('refuses %s', (link, message) => {
    expect(messagesAtMarks(looking(link)).join()).toContain(message);
  });
});

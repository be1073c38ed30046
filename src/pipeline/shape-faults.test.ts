import { describe, expect, it } from 'vitest';
import { messagesAtMarks, WHOLE } from './test-rig/marked-file.ts';

/** The messages for the complete file with one piece replaced, after checking that each fault is at its mark. */
function messagesFor(piece: string, instead: string): readonly string[] {
  if (!WHOLE.includes(piece)) throw new Error(`the file has no ${piece}`);
  return messagesAtMarks(WHOLE.replace(piece, instead));
}

const ROLES =
  'one of nhs-number, postcode, date-of-birth, sex, patient-key, local-patient-id, name, address, contact, free-text, opt-out-flag, record-id, parent-key, code, category, organisation, area, integer, decimal, date, timestamp, date-of-death, ethnic-category, deprivation';
const RULES = 'must be one of the rules keep, drop, year, month, year-of-birth, age-band, truncate, map';
const READINGS = 'sources.surgery.tables.readings';

describe('faults of shape', () => {
  it('are reported together, in the order of the file', () => {
    const text = WHOLE.replace('tallystick: 1', 'tallystick: §2')
      .replace('name: tiny', 'name: §Tiny Run\n§nome: x')
      .replace('setting: gp', 'setting: §dentist')
      .replace('{ role: decimal }', '{ role: §decimals, §unit: kg }');
    expect(messagesAtMarks(text)).toEqual([
      '`tallystick` must be 1',
      '`name` must be lower case letters, digits, - or _, at most 40',
      'unknown key `nome`',
      '`sources.surgery.setting` must be one of gp, hospital, community',
      `\`${READINGS}.columns.value.role\` must be ${ROLES}`,
      'unknown key `unit`',
    ]);
  });

  it('do not hide contradictions if they are only unknown keys', () => {
    const text = WHOLE.replace('name: tiny', 'name: tiny\n§nome: x').replace(
      'references: visits',
      'references: §vists',
    );
    expect(messagesAtMarks(text)).toEqual(['unknown key `nome`', 'there is no table vists in this source']);
  });

  it('for missing keys have the location of the enclosing mapping', () => {
    expect(messagesAtMarks('§§§§tallystick: 1\nname: x\n')).toEqual([
      '`keys` is missing',
      '`sources` is missing',
      '`optOuts` is missing',
      '`release` is missing',
    ]);
    expect(messagesFor('value: { role: decimal }', 'value: §{ §rule: keep }')).toEqual([
      `\`${READINGS}.columns.value.role\` is missing: ${ROLES}`,
      'unknown key `rule`',
    ]);
  });

  it.each<[string, string, string]>([
    [
      'value: { role: decimal }',
      'value: §decimal',
      `\`${READINGS}.columns.value\` must be a mapping (key: value)`,
    ],
    [
      'files: gp/readings.csv',
      'files: §7',
      `\`${READINGS}.files\` must be a path, or a mapping of path and expect, or a list of these`,
    ],
    [
      'files: gp/readings.csv',
      'files: [a.csv, §7]',
      `\`${READINGS}.files.1\` must be a path, or a mapping of path and expect`,
    ],
    ['files: gp/readings.csv', 'files: §[]', `\`${READINGS}.files\` must have at least 1 entry`],
    [
      'files: gp/readings.csv',
      'files: { path: x, expect: { rows: §-1 } }',
      `\`${READINGS}.files.expect.rows\` must be at least 0`,
    ],
    [
      'files: gp/readings.csv',
      'files: { path: x, expect: { sha256: §abc } }',
      `\`${READINGS}.files.expect.sha256\` must be 64 hexadecimal digits`,
    ],
    [
      'setting: gp',
      'setting: gp\n    quarantine: { max: §0.001 }',
      '`sources.surgery.quarantine.max` must be a share such as 0.1%',
    ],
    [
      'setting: gp',
      'setting: gp\n    quarantine: { max: §101% }',
      '`sources.surgery.quarantine.max` must be a share such as 0.1%',
    ],
    [
      '{ file: register.csv }',
      '{ file: register.csv, maxAge: §7 }',
      '`optOuts.register.maxAge` must be a number of days such as 7d',
    ],
    [
      '{ file: register.csv }',
      '{ file: register.csv, asOf: §1/4/2026 }',
      '`optOuts.register.asOf` must be a date, YYYY-MM-DD',
    ],
    ['{ file: register.csv }', '{ file: §"" }', '`optOuts.register.file` must not be empty'],
    [
      'sex: { role: sex }',
      'sex: { role: sex, map: { M: §3 } }',
      '`sources.surgery.patients.columns.sex.map.M` must be one of 0, 1, 2, 9',
    ],
    [
      'format: { date',
      'format: { encoding: §utf8, date',
      '`sources.surgery.format.encoding` must be one of utf-8, windows-1252, latin-1, utf-16',
    ],
    [
      'format: { date',
      'format: { delimiter: §";;", date',
      '`sources.surgery.format.delimiter` must be one printable ASCII character, or a tab ("\\t")',
    ],
    [
      'format: { date',
      'format: { quote: §"\\n", date',
      '`sources.surgery.format.quote` must be one printable ASCII character, or a tab ("\\t")',
    ],
    [
      'value: keep',
      'value: §hash',
      `\`release.tables.readings.value\` ${RULES}; the last three as a mapping, such as { rule: truncate, length: 3 }`,
    ],
    ['value: keep', 'value: { rule: §hash }', `\`release.tables.readings.value.rule\` ${RULES}`],
    ['value: keep', 'value: §{ rule: truncate }', '`release.tables.readings.value.length` is missing'],
    [
      'value: keep',
      'value: { rule: truncate, length: §40 }',
      '`release.tables.readings.value.length` must be at most 20',
    ],
    [
      'value: keep',
      'value: { rule: age-band, width: §1 }',
      '`release.tables.readings.value.width` must be at least 5',
    ],
    ['name: tiny', 'name: tiny\nsynthetic: §yes please', '`synthetic` must be true or false'],
    ['file: release.key', 'file: §123', '`keys.release.file` must be text'],
    [
      'readings:\n',
      '§Readings:\n',
      '`sources.surgery.tables.Readings` has a key that must be lower case letters, digits or _, at most 40',
    ],
  ])('%s -> %s', (piece, instead, message) => {
    expect(messagesFor(piece, instead)).toContain(message);
  });
});

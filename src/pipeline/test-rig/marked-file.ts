import { TallystickError } from '../../domain/problem.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import type { Pipeline } from '../pipeline.ts';

/** The mark before each fault in a test's pipeline file. */
const MARK = '§';

export interface Faults {
  /** `line:column message`, in the order in which they are reported */
  readonly messages: readonly string[];
  /** `line:column` of every mark */
  readonly marked: readonly string[];
  readonly ways: readonly (string | undefined)[];
}

const CONTEXT = {
  file: '/srv/nightly/pipeline.yaml',
  runDate: '2026-04-01',
  shownAs: 'pipeline.yaml',
  identifierIn: (name: string) => (name.includes('identifier') ? 'NHS number' : null),
};

export function parse(text: string, variables: Readonly<Record<string, string>> = {}): Pipeline {
  return parsePipeline(text, { ...CONTEXT, variables });
}

/** Parses a faulty file without its marks. @returns the messages and the locations of the marks */
export function faultsOf(marked: string, variables: Readonly<Record<string, string>> = {}): Faults {
  const marks = marked.split('\n').flatMap((line, index) => {
    const columns: string[] = [];
    let taken = 0;
    for (let found = line.indexOf(MARK); found >= 0; found = line.indexOf(MARK, found + 1)) {
      columns.push(`${index + 1}:${found + 1 - taken}`);
      taken += 1;
    }
    return columns;
  });
  try {
    parse(marked.replaceAll(MARK, ''), variables);
  } catch (fault) {
    if (!(fault instanceof TallystickError) || fault.exitCode !== 2) throw fault;
    return {
      messages: fault.problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
      marked: marks,
      ways: fault.problems.map(({ wayOut }) => wayOut),
    };
  }
  throw new Error('the faulty file was accepted');
}

/** The messages of a faulty file, after checking that each has the location of its mark. */
export function messagesAtMarks(marked: string): readonly string[] {
  const { messages, marked: marks } = faultsOf(marked);
  const places = messages.map((text) => text.slice(0, text.indexOf(' ')));
  if (places.join() !== marks.join())
    throw new Error(`reported at ${places.join()}, marked at ${marks.join()}:\n${messages.join('\n')}`);
  return messages.map((text) => text.slice(text.indexOf(' ') + 1));
}

/** A complete file; every part of it can be replaced as text. */
export const WHOLE = `tallystick: 1
name: tiny
keys: { linkage: { file: linkage.key }, release: { file: release.key } }
sources:
  surgery:
    setting: gp
    format: { date: "%d/%m/%Y" }
    patients:
      files: gp/patients*.csv
      columns:
        id: { role: patient-key }
        nhs: { role: nhs-number }
        born: { role: date-of-birth }
        sex: { role: sex }
        home: { role: postcode }
        surname: { role: name }
    tables:
      visits:
        files: [gp/visits.csv, { path: /data/more.csv, expect: { rows: 3 } }]
        date: seen
        columns:
          id: { role: patient-key }
          visit: { role: record-id }
          seen: { role: date }
          code: { role: code, system: snomed }
          note: { role: free-text }
      readings:
        files: gp/readings.csv
        columns:
          visit: { role: parent-key, references: visits }
          value: { role: decimal }
optOuts:
  register: { file: register.csv }
  codes: { table: visits, column: code, date: seen }
release:
  agreement: demo-001
  tables:
    persons: { sex: keep, first_seen: month }
    visits: { seen: keep, code: keep }
    readings: { value: keep }
`;

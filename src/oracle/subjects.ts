import { isFirstOfJanuary } from '../domain/birth-date.ts';
import { refused } from '../domain/problem.ts';
import type { TableSpec } from '../pipeline/pipeline.ts';
import type { Hashable } from './recipes.ts';
import { hasOwnIdentifiers, type StandardRow } from './standardise.ts';
import type { KeptTable } from './stop-at-boundary.ts';

/** What a row is about: a patient of a split source, or the identifiers of a flat row. */
export interface Subject {
  readonly source: string;
  readonly nhsNumber: string | null;
  readonly sex: string | null;
  readonly birthDate: string | null;
  readonly postcode: string | null;
  /** provider and local id of each of its rows, of a flat source; null for rows without one. Rows of one subject may have several */
  readonly localPatientIds: ReadonlySet<string | null>;
  /** where a patient of a source with a table of addresses lived before */
  readonly earlierPostcodes: ReadonlySet<string>;
  /** its own identity, used when nothing links it */
  readonly own: Hashable;
}

/** One text for one subject, or for one person. */
export function identityOf({ kind, text }: Hashable): string {
  return `${kind} ${text}`;
}

/** Whether it is a patient of a patients table, and not the identifiers of flat rows. */
export function isPatient({ own }: Pick<Subject, 'own'>): boolean {
  return own.kind.startsWith('patient-key/');
}

/** A patient key belongs to its source, and so does whatever else a subject is called by. */
export function subjectId(source: string, own: Hashable): string {
  return `${source} ${identityOf(own)}`;
}

/** `sex|birth date|postcode`; null unless all three are valid. */
export function compositeOf({
  sex,
  birthDate,
  postcode,
}: Pick<Subject, 'sex' | 'birthDate' | 'postcode'>): string | null {
  return sex !== null && birthDate !== null && postcode !== null ? `${sex}|${birthDate}|${postcode}` : null;
}

/** Whether its birth date is a 1 January, which many records have for an unknown day and month. */
export function isOfFirstOfJanuary({ birthDate }: Pick<Subject, 'birthDate'>): boolean {
  return birthDate !== null && isFirstOfJanuary(birthDate);
}

/** The subject of a row that carries identifiers; null where nothing on it identifies a subject. */
export function subjectOf(row: StandardRow, table: TableSpec): Subject | null {
  const { nhsNumber, birthDate, sex, postcode, patientKey, localPatientId } = row;
  const isFlat = table.kind === 'records';
  const subject = {
    source: table.source,
    nhsNumber,
    sex,
    birthDate,
    postcode,
    localPatientIds: new Set(isFlat ? [localPatientId] : []),
    earlierPostcodes: new Set<string>(),
  };
  if (patientKey !== null)
    return { ...subject, own: { kind: `patient-key/${table.source}`, text: patientKey } };
  if (nhsNumber !== null || compositeOf(subject) !== null) {
    const text = [nhsNumber, birthDate, sex, postcode].map((part) => part ?? '').join('|');
    return { ...subject, own: { kind: 'demographics', text } };
  }
  if (localPatientId !== null) {
    // rows that share a local id and differ in all else are one subject: their values are not used
    const own = { kind: 'local-patient-id', text: localPatientId };
    return { ...subject, sex: null, birthDate: null, postcode: null, own };
  }
  return null;
}

/**
 * Every subject of the tables that carry identifiers, each once, with the local ids of all its rows and its earlier
 * addresses.
 *
 * @returns by `subjectId`
 * @throws TallystickError (exit 1) for a patient key that occurs twice
 */
export function collectSubjects(tables: readonly KeptTable[]): Map<string, Subject> {
  const subjects = new Map<string, Subject>();
  for (const { table, rows } of tables.filter((one) => hasOwnIdentifiers(one.table))) {
    for (const row of rows) {
      const subject = subjectOf(row, table);
      if (subject === null) continue;
      const id = subjectId(subject.source, subject.own);
      const met = subjects.get(id);
      if (table.kind === 'patients' && met !== undefined) {
        throw refused({ file: table.name, message: 'a patient key occurs more than once' });
      }
      const localPatientIds = new Set([...(met?.localPatientIds ?? []), ...subject.localPatientIds]);
      subjects.set(id, { ...subject, localPatientIds });
    }
  }
  for (const { table, rows } of tables.filter((one) => one.table.kind === 'addresses')) {
    for (const { patientKey, postcode } of rows) {
      if (patientKey === null || postcode === null) continue;
      const id = subjectId(table.source, { kind: `patient-key/${table.source}`, text: patientKey });
      const patient = subjects.get(id);
      if (patient === undefined) continue;
      subjects.set(id, {
        ...patient,
        earlierPostcodes: new Set([...patient.earlierPostcodes, postcode]),
      });
    }
  }
  return subjects;
}

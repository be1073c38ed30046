import { isFirstOfJanuary } from '../../domain/birth-date.ts';
import { refused } from '../../domain/problem.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import type { Hashable } from './recipes.ts';
import { type StandardRow, standsAlone } from './standardise.ts';
import type { KeptTable } from './stop-at-boundary.ts';

/** What a row is about: a patient of a split source, or the identifiers of a flat row. */
export interface Subject {
  readonly source: string;
  readonly nhsNumber: string | null;
  /** `sex|birth date|postcode`; null unless all three are valid */
  readonly composite: string | null;
  readonly isFirstOfJanuary: boolean;
  /** what it is called by when nothing links it */
  readonly own: Hashable;
}

/** A subject, linked. */
export interface LinkedSubject {
  readonly subject: Subject;
  /** what the person's pseudonym is made from */
  readonly person: Hashable;
  /** 8 by NHS number, 6 by sex, birth date and postcode, 0 a person of its own */
  readonly matchRank: 8 | 6 | 0;
}

/** One text for one subject, or for one person. */
export function identityOf({ kind, text }: Hashable): string {
  return `${kind} ${text}`;
}

/** The subject of a row that carries identifiers; null where nothing on it says who it is about. */
export function subjectOf(row: StandardRow, table: TableSpec): Subject | null {
  const { nhsNumber, birthDate, sex, postcode, patientKey, localPatientId } = row;
  const isWhole = sex !== null && birthDate !== null && postcode !== null;
  const subject = {
    source: table.source,
    nhsNumber,
    composite: isWhole ? `${sex}|${birthDate}|${postcode}` : null,
    isFirstOfJanuary: birthDate !== null && isFirstOfJanuary(birthDate),
  };
  if (patientKey !== null)
    return { ...subject, own: { kind: `patient-key/${table.source}`, text: patientKey } };
  if (nhsNumber !== null || isWhole) {
    const text = [nhsNumber, birthDate, sex, postcode].map((part) => part ?? '').join('|');
    return { ...subject, own: { kind: 'demographics', text } };
  }
  if (localPatientId !== null) return { ...subject, own: { kind: 'local-patient-id', text: localPatientId } };
  return null;
}

/**
 * Subjects to persons: by NHS number; else by sex, birth date and postcode, where exactly one NHS number is known for
 * them and the birth date is not 1 January; else a person of its own.
 *
 * @returns by source and `identityOf` the subject
 * @throws TallystickError (exit 1) for a patient key that stands twice
 */
export function linkSubjects(tables: readonly KeptTable[]): Map<string, LinkedSubject> {
  const subjects = new Map<string, Subject>();
  for (const { table, rows } of tables.filter((one) => standsAlone(one.table))) {
    for (const row of rows) {
      const subject = subjectOf(row, table);
      if (subject === null) continue;
      const id = subjectId(subject.source, subject.own);
      if (table.kind === 'patients' && subjects.has(id)) {
        throw refused({ file: table.name, message: 'a patient key stands more than once' });
      }
      subjects.set(id, subject);
    }
  }
  const everySubject = [...subjects.values()];
  return new Map([...subjects].map(([id, subject]) => [id, linkSubject(subject, everySubject)]));
}

/** A patient key belongs to its source, and so does whatever else a subject is called by. */
export function subjectId(source: string, own: Hashable): string {
  return `${source} ${identityOf(own)}`;
}

function linkSubject(subject: Subject, everySubject: readonly Subject[]): LinkedSubject {
  const byNhsNumber = (text: string): Hashable => ({ kind: 'nhs-number', text });
  if (subject.nhsNumber !== null) return { subject, person: byNhsNumber(subject.nhsNumber), matchRank: 8 };
  if (subject.composite === null || subject.isFirstOfJanuary) {
    return { subject, person: subject.own, matchRank: 0 };
  }
  const candidates = everySubject
    .filter(({ composite }) => composite === subject.composite)
    .flatMap(({ nhsNumber }) => (nhsNumber === null ? [] : [nhsNumber]));
  const [only, another] = new Set(candidates);
  if (only !== undefined && another === undefined) {
    return { subject, person: byNhsNumber(only), matchRank: 6 };
  }
  return {
    subject,
    person: { kind: 'sex|date-of-birth|postcode', text: subject.composite },
    matchRank: 0,
  };
}

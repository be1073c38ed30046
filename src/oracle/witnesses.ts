import { standardiseBirthDate } from '../domain/birth-date.ts';
import type { ReasonName } from '../domain/held-reason.ts';
import type { MatchRank } from '../domain/match-rank.ts';
import { standardiseNhsNumber } from '../domain/nhs-number.ts';
import { standardisePostcode } from '../domain/postcode.ts';
import { standardiseSex } from '../domain/sex.ts';
import type { Standardised } from '../domain/standardised.ts';
import type { ColumnSpec, Pipeline } from '../pipeline/pipeline.ts';
import type { OptOuts } from './collect-opt-outs.ts';
import type { DeliveredTable, UnparsedRow } from './read-files.ts';
import { cellText, columnOf, hasOwnIdentifiers, type StandardRow } from './standardise.ts';
import type { KeptTable } from './stop-at-boundary.ts';
import { compositeOf, isOfFirstOfJanuary, type Subject } from './subjects.ts';

/** A witness: some person has this sex, birth date and postcode. It makes a match ambiguous, and nobody is ever linked to it. */
export interface Witness {
  /** `sex|birth date|postcode` */
  readonly tuple: string;
  /** null where it is unknown */
  readonly nhsNumber: string | null;
  /** provider and local id of a flat row that has both */
  readonly localPatientId: string | null;
  /** what is recorded for a patient without a number and holds whole persons */
  readonly optOuts: readonly ReasonName[];
}

/** The witnesses that a rank without the NHS number considers for a subject. */
export function witnessesOf(
  subject: Subject,
  { agree }: MatchRank,
  witnesses: readonly Witness[],
): readonly Witness[] {
  const tuple = compositeOf(subject);
  return witnesses.filter(
    (one) =>
      one.tuple === tuple &&
      (!agree.includes('local-patient-id') ||
        (one.localPatientId !== null && subject.localPatientIds.has(one.localPatientId))),
  );
}

type Facts = Pick<Subject, 'sex' | 'birthDate' | 'postcode'>;

/** A patient of a source, or an earlier address of one. */
interface PatientTuple {
  readonly source: string;
  /** null for a row that stays above the boundary: it counts as another patient's */
  readonly patientKey: string | null;
  readonly tuple: string;
}
/** A patient who crosses the boundary, and whose number or sex cannot be read. */
interface UnsurePatient extends PatientTuple {
  readonly nhsNumber: string | null;
}

/**
 * The witnesses of all rows that stay above the identity boundary: GP rows that stop, and the rows in quarantine of every source, as
 * far as they can be read.
 *
 * @param delivered the same tables, in the same order
 */
export function collectWitnesses(
  tables: readonly KeptTable[],
  delivered: readonly DeliveredTable[],
  optOuts: OptOuts,
  superseded: ReadonlyMap<string, string>,
  pipeline: Pipeline,
  runDate: string,
): Witness[] {
  const current = (nhsNumber: string) => superseded.get(nhsNumber) ?? nhsNumber;
  const wholePersons = pipeline.optOuts.reasons
    .filter(({ scope }) => scope === 'person')
    .map(({ name }) => name);
  const witnesses: Witness[] = [];
  const met: PatientTuple[] = [];
  const unsure: UnsurePatient[] = [];
  const note = (
    facts: Facts,
    nhsNumber: string | null,
    localPatientId: string | null,
    patientsOf: string | null,
    decided: Witness['optOuts'] = [],
  ) => {
    for (const tuple of possibleTuples(facts)) {
      witnesses.push({ tuple, nhsNumber, localPatientId, optOuts: decided });
      if (patientsOf !== null) met.push({ source: patientsOf, patientKey: null, tuple });
    }
  };
  const decidedBy = (source: string, { patientKey, nhsNumber }: StandardRow) =>
    wholePersons.filter(
      (type) => nhsNumber === null && patientKey !== null && optOuts.ofPatient(source, patientKey, type),
    );

  for (const [index, kept] of tables.entries()) {
    const { table } = kept;
    if (hasOwnIdentifiers(table)) {
      for (const row of [...stopped(kept), ...misfitsOf(kept, current)]) {
        // a flat row without a number cannot be distinguished from others with its tuple
        if (row.nhsNumber === null && table.kind !== 'patients') continue;
        const isPatient = table.kind === 'patients';
        const localPatientId = isPatient ? null : row.localPatientId;
        const decided = decidedBy(table.source, row);
        note(row, row.nhsNumber, localPatientId, isPatient ? table.source : null, decided);
      }
    }
    if (table.kind === 'patients') for (const row of kept.rows) meet(row, row, table, false);
    if (table.kind === 'addresses') {
      for (const { patientKey, postcode } of [...stopped(kept), ...kept.misfits])
        noteEarlier(patientKey, postcode, patientsOf(kept));
      const { rows, table: patients } = patientsOf(kept);
      for (const { patientKey, postcode } of kept.rows) {
        const patient = rows.find((row) => row.patientKey === patientKey);
        if (patient !== undefined) meet(patient, { ...patient, postcode }, patients, true);
      }
    }
    for (const row of delivered[index]!.unparsed) {
      const texts = (column: ColumnSpec | undefined) =>
        column === undefined ? [] : distinct(fromBothEnds(row, column).map((text) => cellText(text, column)));
      const valid = (role: 'nhs-number' | 'date-of-birth' | 'sex' | 'postcode') => {
        const column = columnOf(table, role);
        const cells = column === undefined ? [] : fromBothEnds(row, column);
        return distinct(cells.map((text) => standardised(text, column!, pipeline, runDate).value));
      };
      if (table.kind === 'addresses') {
        for (const key of texts(columnOf(table, 'patient-key'))) {
          for (const postcode of valid('postcode')) noteEarlier(key, postcode, patientsOf(kept));
        }
      } else if (hasOwnIdentifiers(table)) {
        const found = valid('nhs-number').map(current);
        const numbers = found.length === 0 && table.kind === 'patients' ? [null] : found;
        const local = table.kind === 'records' ? columnOf(table, 'local-patient-id') : undefined;
        const provider = table.columns.find(({ name }) => name === local?.provider);
        const patientsTable = table.kind === 'patients' ? table.source : null;
        const localIds = texts(provider).flatMap((one) => texts(local).map((id) => `${one}|${id}`));
        for (const sex of orUnknown(valid('sex')))
          for (const birthDate of valid('date-of-birth'))
            for (const postcode of valid('postcode'))
              for (const number of numbers)
                for (const localId of [null, ...localIds])
                  note({ sex, birthDate, postcode }, number, localId, patientsTable);
      }
    }
  }
  for (const { source, patientKey, tuple, nhsNumber } of unsure) {
    const isAnother = (one: PatientTuple) =>
      one.source === source && one.tuple === tuple && one.patientKey !== patientKey;
    if (met.some(isAnother)) witnesses.push({ tuple, nhsNumber, localPatientId: null, optOuts: [] });
  }
  return witnesses;

  /** A patient who crosses the boundary, at the current or an earlier address. */
  function meet(patient: StandardRow, facts: Facts, table: KeptTable['table'], isEarlier: boolean): void {
    const { source } = table;
    const { patientKey, nhsNumber } = patient;
    const tuples = possibleTuples(facts);
    const isUnsure = nhsNumber === null || patient.sex === null;
    if (isUnsure && columnOf(table, 'sex') === undefined) return;
    for (const tuple of tuples) {
      met.push({ source, patientKey, tuple });
      if (isUnsure) unsure.push({ source, patientKey, tuple, nhsNumber });
      // a valid number is never another's: whoever is known by another one for either sex is another person
      if (isUnsure && nhsNumber !== null)
        witnesses.push({ tuple, nhsNumber, localPatientId: null, optOuts: [] });
    }
    // where the patient's own row has a tuple, linking uses that
    if (!isEarlier && patient.sex !== null) return;
    for (const type of decidedBy(source, patient))
      for (const tuple of tuples) witnesses.push({ tuple, nhsNumber, localPatientId: null, optOuts: [type] });
  }

  function patientsOf({ table }: KeptTable): KeptTable {
    return tables.find((one) => one.table.kind === 'patients' && one.table.source === table.source)!;
  }

  /** An earlier address of a patient who stopped or is in quarantine; or of any patient, on a row that is in quarantine itself. */
  function noteEarlier(key: string | null, postcode: string | null, patients: KeptTable): void {
    if (key === null || postcode === null) return;
    const isHers = ({ patientKey }: StandardRow) => patientKey === key;
    const stoppedRows = stopped(patients).filter(isHers);
    // in other care settings, no row stops because it points at a row in quarantine
    const inQuarantine = patients.table.setting === 'gp' ? misfitsOf(patients, current).filter(isHers) : [];
    const believed = [...patients.rows, ...stoppedRows].filter(
      (row) => isHers(row) && row.birthDate !== null,
    );
    const births = distinct(
      (believed.length > 0 ? believed : inQuarantine).map(({ sex, birthDate }) =>
        birthDate === null ? null : `${birthDate} ${sex ?? ''}`,
      ),
    );
    const numbers = [
      ...stoppedRows.map(({ nhsNumber }) => nhsNumber),
      ...inQuarantine.flatMap(({ nhsNumber }) => nhsNumber ?? []),
    ];
    const { source } = patients.table;
    const decided = [...patients.rows, ...stoppedRows]
      .filter(isHers)
      .flatMap((row) => decidedBy(source, row));
    // of several rows of one key in quarantine, which one is right is not known: any may be
    for (const [birthDate, sex] of births.map((one) => one.split(' ') as [string, string]))
      for (const number of numbers.length === 0 ? [null] : numbers)
        note({ sex: sex === '' ? null : sex, birthDate, postcode }, number, null, source, decided);
  }
}

/** The possible tuples of these facts: one for each sex where that is unknown, none for a 1 January. */
function possibleTuples({ sex, ...facts }: Facts): string[] {
  if (isOfFirstOfJanuary(facts)) return [];
  return (sex === null ? ['1', '2'] : [sex]).flatMap((one) => compositeOf({ ...facts, sex: one }) ?? []);
}

function orUnknown(values: readonly string[]): (string | null)[] {
  return values.length === 0 ? [null] : [...values];
}

function stopped(table: KeptTable): StandardRow[] {
  return table.stopped.map(({ row }) => row);
}

/** Rows with the right number of cells, of which one does not fit, with the current numbers of their persons. */
function misfitsOf({ misfits }: KeptTable, current: (nhsNumber: string) => string): StandardRow[] {
  return misfits.map((row) => ({
    ...row,
    nhsNumber: row.nhsNumber === null ? null : current(row.nhsNumber),
  }));
}

/** For a row with too few or too many cells: the cells at a column's position, counted from the beginning and from the end. */
function fromBothEnds({ cells, header }: UnparsedRow, { name }: ColumnSpec): string[] {
  const index = header.indexOf(name);
  return [cells[index], cells[cells.length - header.length + index]].filter((cell) => cell !== undefined);
}

function standardised(
  text: string,
  column: ColumnSpec,
  { synthetic }: Pipeline,
  runDate: string,
): Standardised<string> {
  switch (column.role) {
    case 'nhs-number':
      return standardiseNhsNumber(text, { allowTestRange: synthetic });
    case 'date-of-birth':
      return standardiseBirthDate(text, column.format, runDate);
    case 'sex':
      return standardiseSex(text, column.map);
    default:
      return standardisePostcode(text);
  }
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values)].filter((value) => value !== null);
}

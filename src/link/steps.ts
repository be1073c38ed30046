import type { Ladder } from '../domain/match-rank.ts';
import type { Dialect, Step } from '../engine/step.ts';
import { candidateSteps, subjectPersonsStep } from './by-tuple.ts';
import {
  type AddressTable,
  addressTuplesStep,
  localIdSteps,
  type SubjectTable,
  subjectsStep,
} from './subjects.ts';
import { underNhsNumberSteps } from './under-nhs-number.ts';

/** Subjects to persons, by the ranks of a ladder (README.md): the last step leaves `subject_persons`. */
export function linkSteps(
  tables: readonly SubjectTable[],
  addresses: readonly AddressTable[],
  ladder: Ladder,
  dialect: Dialect,
): Step[] {
  const addressTuples = addressTuplesStep(addresses, dialect);
  return [
    subjectsStep(tables, ladder, dialect),
    ...localIdSteps(tables, ladder, dialect),
    ...underNhsNumberSteps(ladder),
    ...(addressTuples === null ? [] : [addressTuples]),
    ...candidateSteps(ladder, addressTuples !== null),
    subjectPersonsStep(ladder),
  ];
}

import { comparesUnderNhsNumber, type Ladder } from '../../domain/match-rank.ts';
import type { Step } from '../../sql/step.ts';
import { candidateSteps } from './by-tuple.ts';
import { subjectPersonsStep } from './subject-persons.ts';
import {
  type AddressTable,
  addressTuplesStep,
  localIdSteps,
  type SubjectTable,
  subjectsStep,
} from './subjects.ts';
import { numberedRelation, underNhsNumberSteps } from './under-nhs-number.ts';
import { linkProbabilitiesStep, pairPatternSteps, type Weighing, weighedNumbered } from './weigh-pairs.ts';

/** How subjects become persons. */
export interface LinkPlan {
  /** in their order. Where links are weighed, the last of them is `pair_patterns`, from which the weights are estimated */
  readonly steps: readonly Step[];
  /** where links are weighed, the rest: they read `pattern_probabilities`, which is made from the weights */
  readonly weighedSteps: readonly Step[];
}

/**
 * Subjects to persons, by the ranks of a ladder (README.md): the last step says who every subject is. Links are weighed if the
 * ladder compares anything under the NHS number; otherwise there is nothing to weigh them by.
 *
 * @param minProbability a link of less is refused; null refuses none
 * @param persons name of the table that the last step leaves
 */
export function planLinking(
  tables: readonly SubjectTable[],
  addresses: readonly AddressTable[],
  ladder: Ladder,
  minProbability: number | null,
  persons: string,
): LinkPlan {
  const weighing: Weighing | null = comparesUnderNhsNumber(ladder)
    ? { minProbability: minProbability ?? 0 }
    : null;
  const plain = numberedRelation(ladder);
  const numbered = weighing === null ? plain : weighedNumbered(weighing);
  const addressTuples = addressTuplesStep(addresses);
  const patientSources = tables.flatMap(({ source, isFlat }) => (isFlat ? [] : [source]));
  const believed = minProbability === null ? plain : numbered;
  const first = [
    subjectsStep(tables, ladder),
    ...localIdSteps(tables, ladder),
    ...underNhsNumberSteps(ladder, patientSources),
  ];
  const rest = [
    ...(addressTuples === null ? [] : [addressTuples]),
    // what no probability refuses is known without asking for it
    ...candidateSteps(ladder, patientSources, addressTuples !== null, believed),
    subjectPersonsStep(ladder, numbered, weighing, persons),
  ];
  return weighing === null
    ? { steps: [...first, ...rest], weighedSteps: [] }
    : { steps: [...first, ...pairPatternSteps()], weighedSteps: [linkProbabilitiesStep, ...rest] };
}

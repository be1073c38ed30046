import { comparesUnderNhsNumber, type Ladder } from '../../domain/match-rank.ts';
import type { Step } from '../../sql/step.ts';
import { candidateSteps } from './by-tuple.ts';
import {
  linkProbabilitiesStep,
  numberedWithProbability,
  type ProbabilityPlan,
  pairPatternSteps,
} from './match-probabilities.ts';
import { subjectPersonsStep } from './subject-persons.ts';
import {
  type AddressTable,
  addressTuplesStep,
  localIdSteps,
  type SubjectTable,
  subjectsStep,
} from './subjects.ts';
import { numberedRelation, underNhsNumberSteps } from './under-nhs-number.ts';

/** How subjects become persons. */
export interface LinkPlan {
  /** the first ones, in which subjects and tokens get their numbers */
  readonly numbering: readonly Step[];
  /** the next ones, in their order. Where match weights are estimated, the last of them is `pair_patterns`, from which that is done */
  readonly steps: readonly Step[];
  /** where match weights are estimated, the rest: they read `pattern_probabilities`, which is made from the weights */
  readonly stepsAfterEstimate: readonly Step[];
}

/**
 * Subjects to persons, by the ranks of a ladder (README.md): the last step gives every subject its person. Links have a match
 * probability if the ladder compares any field under the NHS number; otherwise there is nothing to estimate it from.
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
  const probabilities: ProbabilityPlan | null = comparesUnderNhsNumber(ladder)
    ? { minProbability: minProbability ?? 0 }
    : null;
  const plain = numberedRelation(ladder);
  const numbered = probabilities === null ? plain : numberedWithProbability(probabilities);
  const addressTuples = addressTuplesStep(addresses);
  const patientSources = tables.flatMap(({ source, isFlat }) => (isFlat ? [] : [source]));
  const unrefused = minProbability === null ? plain : numbered;
  const numbering = [
    subjectsStep(tables, ladder),
    ...localIdSteps(tables, ladder),
    ...(addressTuples === null ? [] : [addressTuples]),
  ];
  const underNumber = underNhsNumberSteps(ladder, patientSources);
  const rest = [
    // what no probability refuses is known without asking for it
    ...candidateSteps(ladder, patientSources, addressTuples !== null, unrefused),
    subjectPersonsStep(ladder, numbered, probabilities, persons),
  ];
  return probabilities === null
    ? { numbering, steps: [...underNumber, ...rest], stepsAfterEstimate: [] }
    : {
        numbering,
        steps: [...underNumber, ...pairPatternSteps()],
        stepsAfterEstimate: [linkProbabilitiesStep, ...rest],
      };
}

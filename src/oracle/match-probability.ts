import { comparesUnderNhsNumber, type Ladder } from '../domain/match-rank.ts';
import {
  estimateMatchWeights,
  type MatchWeights,
  type NumberPattern,
} from '../linker/link/match-weights/estimate.ts';
import { agreeOn } from './agree.ts';
import type { NumberLink } from './link-by-number.ts';
import { compositeOf, isOfFirstOfJanuary, type Subject } from './subjects.ts';

/** Estimates match probabilities; null where the ladder compares no other field of records with one NHS number. */
export function estimateFromLinks(
  links: readonly NumberLink[],
  withoutNumber: readonly Subject[],
  ladder: Ladder,
): MatchWeights | null {
  if (!comparesUnderNhsNumber(ladder)) return null;
  const counted = links.filter(({ isCrowded }) => !isCrowded);
  const others = counted.filter(({ isReference }) => !isReference);
  const references = counted.filter(({ isReference }) => isReference).map(({ subject }) => subject);
  const verdicts = [
    ...others.map(({ subject }) => subject),
    ...withoutNumber.filter((subject) => compositeOf(subject) !== null),
  ].flatMap((subject) => {
    const only = onlyNumberOf(subject, references);
    if (only === null) return [];
    if (subject.nhsNumber === null) return ['missing'];
    return [subject.nhsNumber === only ? 'agree' : 'disagree'];
  });
  const count = (verdict: string) => verdicts.filter((one) => one === verdict).length;
  return estimateMatchWeights({
    byNumber: others.flatMap(({ subject, references: own }) =>
      patternsOf(subject, own, ladder).map((pattern) => ({ pattern, pairs: 1 })),
    ),
    byTuple: { agree: count('agree'), disagree: count('disagree'), missing: count('missing') },
  });
}

/** The match probability of a link: that of the subject's best pair with a reference subject; null where nothing was linked. */
export function probabilityOfLink(
  { subject, references, isReference, isContradicted }: NumberLink,
  ladder: Ladder,
  weights: MatchWeights | null,
): number | null {
  if (weights === null || isReference || isContradicted) return null;
  return Math.max(...patternsOf(subject, references, ladder).map((pattern) => weights.ofNumber(pattern)));
}

/** The one number whose reference subjects have the subject's sex, birth date and postcode; null if there is not exactly one. */
function onlyNumberOf(subject: Subject, references: readonly Subject[]): string | null {
  const composite = compositeOf(subject);
  if (composite === null || isOfFirstOfJanuary(subject)) return null;
  const alike = references.filter((other) => compositeOf(other) === composite);
  const [only, another] = new Set(alike.map(({ nhsNumber }) => nhsNumber!));
  return another === undefined ? (only ?? null) : null;
}

/** Every agreement pattern of a subject with one of these, once. */
function patternsOf(subject: Subject, references: readonly Subject[], ladder: Ladder): NumberPattern[] {
  const patterns = new Map<string, NumberPattern>();
  for (const other of references) {
    const pattern = patternOf(subject, other, ladder);
    patterns.set(JSON.stringify(pattern), pattern);
  }
  return [...patterns.values()];
}

function patternOf(one: Subject, other: Subject, ladder: Ladder): NumberPattern {
  const isMissing = (field: 'sex' | 'birthDate' | 'postcode') => one[field] === null || other[field] === null;
  // without a rank that requires it, there is no token of number and postcode below the identity boundary
  const comparesPostcode = ladder.some(
    ({ agree }) => agree.includes('nhs-number') && agree.includes('postcode'),
  );
  const isWhole = agreeOn('date-of-birth', one, other);
  const isPartial = agreeOn('partial-date-of-birth', one, other);
  return {
    sex: isMissing('sex') ? 'missing' : agreeOn('sex', one, other) ? 'agree' : 'disagree',
    'date-of-birth': isMissing('birthDate')
      ? 'missing'
      : isWhole
        ? 'whole'
        : isPartial
          ? 'partial'
          : 'disagree',
    postcode:
      isMissing('postcode') || !comparesPostcode
        ? 'missing'
        : agreeOn('postcode', one, other)
          ? 'agree'
          : 'disagree',
  };
}

import { AUDIT_SAMPLE } from '../../domain/audit-sample.ts';
import { IMPLAUSIBLE_RULES, IMPLAUSIBLE_WORDS } from '../../domain/implausible.ts';
import { markdownTable } from '../../domain/markdown.ts';
import { describeRank } from '../../domain/match-rank.ts';
import { isSmall } from '../../domain/small-number.ts';
import type { CountByRank } from '../../linker/result.ts';
import { formatCount } from '../format.ts';
import type { StatementFigures } from './figures.ts';
import { list, percent, published, rate } from './words.ts';

/** How records were linked. */
export function method({ pipeline, publishedMatchWeights: weights }: StatementFigures): string[] {
  const { link, sources } = pipeline;
  const { ranks, ladder } = link;
  const besides = [
    ...(sources.some(({ addresses }) => addresses !== null)
      ? ['Earlier addresses of patients were used as well.']
      : []),
    ...(link.ignorePostcodes === null
      ? []
      : ['Postcodes on a list of those shared by too many people were ignored by the ranks that say so.']),
    ...(link.ignoreBusiestPostcodes === null
      ? []
      : [
          `So were the postcodes with the most patients, at most ${Number((link.ignoreBusiestPostcodes * 100).toPrecision(6))} % of those of each source.`,
        ]),
    ...(link.supersededNumbers === null
      ? []
      : ['Superseded NHS numbers were replaced by the current ones before anything else.']),
    ...(link.minProbability === null
      ? []
      : [`Links with a match probability of less than ${link.minProbability} were refused.`]),
  ];
  return [
    'Records of persons were linked without names, by keyed hashes (HMAC-SHA-256) of NHS number, sex, birth date and postcode. Linkage was deterministic: a person is ' +
      'anchored on an NHS number, and a record joins a person by the first match rank whose conditions it meets, in the order of the table. A rank without the NHS number applies only if exactly one ' +
      'number is known for the compared fields. A record whose NHS number was found to be recorded for two people joins nobody. ' +
      `The ladder of ranks is ${ladder === 'own' ? 'the pipeline’s own' : `“${ladder}”`}.`,
    markdownTable(
      ['Match rank', 'Agreement on'],
      ranks.map((rank) => [String(rank.rank), describeRank(rank)]),
      [0],
    ),
    ...(besides.length === 0 ? [] : [besides.join(' ')]),
    ...(weights === null ? [] : matchWeights(weights)),
  ];
}

function matchWeights(weights: NonNullable<StatementFigures['publishedMatchWeights']>): string[] {
  const rows = Object.entries(weights.fields).flatMap(([field, { m, u }]) =>
    Object.keys(m).map((level) => [field, level, percent(m[level]!), percent(u[level]!)]),
  );
  return [
    'Match probabilities were estimated from the run’s own pairs (the model of Fellegi and Sunter, by expectation-maximisation): m is the share of matching pairs with a level of agreement, u ' +
      `that of other pairs. Counts of pairs were rounded first, and small ones left out. Of pairs with one NHS number an estimated ${percent(weights.sameNumber.matches)} % are matches, of pairs with one sex, birth date and postcode ` +
      `${percent(weights.sameDemographics.matches)} %.`,
    markdownTable(['Field', 'Level', 'm, %', 'u, %'], rows, [2, 3]),
  ];
}

/** The run's estimate of its own linkage errors. */
export function quality({ publishedAudit: audit, implausible }: StatementFigures): string[] {
  const rows = audit.ranks.map((one) => [
    String(one.rank),
    published(one.links),
    ...[rate(one.precision, one.precisionInterval), rate(one.recall, one.recallInterval)].map((text) =>
      isSmall(one.links) ? '*' : text,
    ),
  ]);
  return [
    // how large the sample was depends on suppressed counts: each source has a share of it by its records without a number
    `Estimated without a truth, from a sample of at most ${formatCount(AUDIT_SAMPLE)} subjects (patients, or sets of identifiers) whose NHS number was hidden, and from links of each rank. Precision is the share of a rank’s links that are to the right person. ` +
      'Recall of a rank without the NHS number is the share of records that have no NHS number, and a person to be linked to, which the rank links correctly; recall of another rank is its share of all links by NHS number. Both, and their intervals, are in whole per cent and based on rounded counts; where there were fewer errors than are shown, the limits cover every number of errors that is not shown. A dash means too few to estimate.',
    markdownTable(
      ['Match rank', 'Links', 'Precision, % (95 % interval)', 'Recall, % (95 % interval)'],
      rows,
      [0, 1, 2, 3],
    ),
    implausible === null
      ? 'Links were not checked for combinations of records that no one person can have.'
      : implausibleText(implausible),
  ];
}

function implausibleText({
  rules,
  implausible,
  isQuarantined,
}: NonNullable<StatementFigures['implausible']>): string {
  const total = (counts: CountByRank) => Object.values(counts).reduce((sum, one) => sum + one, 0);
  const asked = IMPLAUSIBLE_RULES.flatMap((rule) => {
    const counts = rules[rule];
    return counts === null ? [] : [`${IMPLAUSIBLE_WORDS[rule]} (${published(total(counts))})`];
  });
  return (
    `Links were checked for combinations of records that no one person can have: ${list(asked)}. In all ${published(total(implausible))} links were implausible; they were ` +
    `${isQuarantined ? 'taken apart and held back' : 'counted, and left as they are'}.`
  );
}

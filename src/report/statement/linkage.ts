import { IMPLAUSIBLE_RULES, IMPLAUSIBLE_WORDS } from '../../domain/implausible.ts';
import { markdownTable } from '../../domain/markdown.ts';
import { describeRank } from '../../domain/match-rank.ts';
import { isSmall } from '../../domain/small-number.ts';
import type { CountByRank } from '../../linker/result.ts';
import type { StatementFigures } from './figures.ts';
import { list, percent, published, rate } from './words.ts';

/** By what records were linked. */
export function method({ pipeline, publishedWeights: weights }: StatementFigures): string[] {
  const { link, sources } = pipeline;
  const { ranks, ladder } = link;
  const besides = [
    ...(sources.some(({ addresses }) => addresses !== null)
      ? ['A patient is known at earlier addresses as well.']
      : []),
    ...(link.ignorePostcodes === null
      ? []
      : ['Postcodes on a list of those that too many people share were ignored where a rank says so.']),
    ...(link.ignoreBusiestPostcodes === null
      ? []
      : [
          `So were the postcodes with the most patients, at most ${Number((link.ignoreBusiestPostcodes * 100).toPrecision(6))} % of those of each source.`,
        ]),
    ...(link.supersededNumbers === null
      ? []
      : ['NHS numbers that another has taken the place of were replaced before anything else.']),
    ...(link.minProbability === null
      ? []
      : [`Links of a match probability below ${link.minProbability} were refused.`]),
  ];
  return [
    'Records of persons were linked without names, by keyed hashes (HMAC-SHA-256) of NHS number, sex, birth date and postcode. Linkage was deterministic: a person is ' +
      'anchored on an NHS number, and a record joins by the first match rank that holds, in the order of the table. A rank without the NHS number holds only if exactly one number is known by ' +
      'what it compares. A record whose NHS number was found in two people joins nobody. ' +
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

function matchWeights(weights: NonNullable<StatementFigures['publishedWeights']>): string[] {
  const rows = Object.entries(weights.fields).flatMap(([field, { m, u }]) =>
    Object.keys(m).map((level) => [field, level, percent(m[level]!), percent(u[level]!)]),
  );
  return [
    'How probable a link is was estimated from the run’s own pairs (Fellegi and Sunter’s model, by expectation-maximisation): m is the share of matching pairs that show a level of agreement, u ' +
      `that of other pairs. Counts of pairs were rounded before, and small ones left out. Of pairs with one NHS number ${percent(weights.sameNumber.matches)} % are estimated to match, of pairs with one sex, birth date and postcode ` +
      `${percent(weights.sameDemographics.matches)} %.`,
    markdownTable(['Field', 'Level', 'm, %', 'u, %'], rows, [2, 3]),
  ];
}

/** What the run can say of its own errors. */
export function quality({ publishedAudit: audit, implausible }: StatementFigures): string[] {
  const rows = audit.ranks.map((one) => [
    String(one.rank),
    published(one.links),
    ...[rate(one.precision, one.precisionInterval), rate(one.recall, one.recallInterval)].map((text) =>
      isSmall(one.links) ? '*' : text,
    ),
  ]);
  return [
    `Estimated without a truth, from a sample of ${published(audit.sampled)} subjects (patients, or sets of identifiers) whose NHS number was hidden, and of links of each rank. Precision is the share of a rank’s links that are to the right person. ` +
      'Recall is, of a rank without the NHS number, the share of records without one, and with somebody to be linked to, that it links rightly; of the others, the rank’s share of all links by NHS number. Both, and their intervals, are in whole per cent and made of rounded counts; where fewer errors were met than are shown, their limits assume none and as many as are not shown. A dash: too few to say.',
    markdownTable(
      ['Match rank', 'Links', 'Precision, % (95 % interval)', 'Recall, % (95 % interval)'],
      rows,
      [0, 1, 2, 3],
    ),
    implausible === null
      ? 'Links were not held against what no one person can have done.'
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
    `Links were held against what no one person can have done: ${list(asked)}. In all ${published(total(implausible))} links were implausible; they were ` +
    `${isQuarantined ? 'taken apart and held back' : 'counted, and left as they are'}.`
  );
}

import { type Ladder, type MatchRank, requiresNhsNumber } from '../../domain/match-rank.ts';
import { type Interval, wilsonInterval } from '../../domain/wilson-interval.ts';
import type { LinkageAudit, RankAudit } from './linkage-audit.ts';
import { AUDIT_SEED, PARTS } from './sample.ts';
import type { TakenCounts } from './taken-counts.ts';

/** A row of `audit_links`. */
export interface LinkCount {
  /** index of the rank in the ladder */
  readonly ladderIndex: number;
  readonly links: number;
  /** subjects that it would have linked, and that are contradicted */
  readonly contradicted: number;
}

/** A row of `audit_outcomes`: so many sampled subjects of which all this is true. */
export interface Outcome {
  /** one of `PARTS` */
  readonly part: number;
  /** index in the ladder of the rank of the number that holds of it; null for none */
  readonly ladderIndex: number | null;
  /** of a hidden one, index in the ladder of the rank without the number that links it; null for none */
  readonly found: number | null;
  readonly isRight: boolean | null;
  /** its number has other subjects, to which it could be linked */
  readonly hasMatch: boolean;
  /** others of its own number have its tuple */
  readonly isOwnKnown: boolean;
  /** others of another number have its tuple */
  readonly hasOthers: boolean;
  /** it has a whole tuple that another subject of its number could have and none has, and it is not at odds with that number */
  readonly isOpen: boolean;
  readonly subjects: number;
  /** their records, and the squares of the records of each added up */
  readonly records: number;
  readonly squares: number;
}

/** A row of `audit_numberless`: subjects without a number, and their records. */
export interface Numberless {
  /** of the rank that linked them; null for none */
  readonly ladderIndex: number | null;
  readonly subjects: number;
  readonly records: number;
  readonly squares: number;
}

/** Rates of fewer sampled links than this say nothing. */
const FEWEST = 10;

/** An estimate that could be further off for what may not be known of its counts says nothing. */
const MOST_OPEN = 0.02;

/** A share as it was found, with its limits. */
interface Share {
  readonly rate: number;
  readonly interval: Interval;
}

/** How many independent records some are worth, of which those of one subject are all right or all wrong (Kish, Survey Sampling, 1965). */
function worthOf(some: readonly Pick<Outcome, 'records' | 'squares'>[], take: TakenCounts): number | null {
  const [all, squares] = [take.count(records(some)), take.count(sum(some.map((one) => one.squares)))];
  return all === null || squares === null ? null : all ** 2 / squares;
}

/** A count that a share is taken of; null of too few. */
function enough(count: number, take: TakenCounts): number | null {
  const taken = take.count(count);
  return taken === null || taken < FEWEST ? null : taken;
}

/** A share of whole numbers; null of too few. */
function shareOf(events: number, of: number, take: TakenCounts): Share | null {
  const [some, all] = [take.count(events), enough(of, take)];
  return some === null || all === null ? null : { rate: some / all, interval: wilsonInterval(some, all)! };
}

/** A share that is only known to lie between two. */
interface RoughShare extends Share {
  readonly between: readonly [low: number, high: number];
}

/** A share of events of which there should be few or none, for an estimate: where there are so few that they are not known, each limit takes its own end. */
function shareOfFew(events: number, of: number, take: TakenCounts): RoughShare | null {
  const all = enough(of, take);
  if (all === null) return null;
  const { low, middle, high } = take.few(events, all);
  return {
    rate: middle / all,
    interval: [wilsonInterval(low, all)![0], wilsonInterval(high, all)![1]],
    between: [low / all, high / all],
  };
}

/** @param worth independent observations that the share rests on */
function intervalOf(rate: number, worth: number): Interval {
  return wilsonInterval(rate * worth, worth)!;
}

/** The share that some subjects have of others, by their records; null of too few subjects. */
function shareOfRecords(some: readonly Outcome[], of: readonly Outcome[], take: TakenCounts): Share | null {
  if (enough(total(of), take) === null) return null;
  const [part, all, worth] = [take.count(records(some)), take.count(records(of)), worthOf(of, take)];
  if (part === null || all === null || worth === null) return null;
  return { rate: part / all, interval: intervalOf(part / all, worth) };
}

/**
 * Precision and recall of every rank of a ladder, from the counts of a sample (README.md, "What is estimated").
 *
 * @param links one for each rank that has any
 * @param numberless one for each rank that has any
 * @param take how counts enter the rates: as they are, or as they may be published
 * @returns rates of that, beside the counts of links and of the sample as they are
 */
export function estimateAudit(
  ladder: Ladder,
  links: readonly LinkCount[],
  outcomes: readonly Outcome[],
  numberless: readonly Numberless[],
  take: TakenCounts,
): LinkageAudit {
  const hidden = outcomes.filter(({ part }) => part === PARTS.hidden);
  const looked = outcomes.filter(({ part }) => part === PARTS.link);
  const linksOf = (ladderIndex: number) =>
    links.find((one) => one.ladderIndex === ladderIndex) ?? { ladderIndex, links: 0, contradicted: 0 };
  const byNumber = sum(ladder.map((rank, index) => (requiresNhsNumber(rank) ? linksOf(index).links : 0)));
  const ranks = ladder.map((rank, index): RankAudit => {
    const count = linksOf(index);
    if (!requiresNhsNumber(rank)) return withoutNumber(rank, count, hidden, numberless, take);
    const sampled = looked.filter((one) => one.ladderIndex === index);
    const precision = precisionByNumber(count, sampled, evidenceOf(ladder, rank, hidden, take), take);
    const recall = enough(total(sampled), take) === null ? null : shareOf(count.links, byNumber, take);
    return audited(rank, count, total(sampled), precision, recall);
  });
  return { sampled: total(hidden), seed: AUDIT_SEED, ranks };
}

/** Ranks without the number: hidden subjects that were linked, rightly and wrongly. */
function withoutNumber(
  rank: MatchRank,
  count: LinkCount,
  hidden: readonly Outcome[],
  numberless: readonly Numberless[],
  take: TakenCounts,
): RankAudit {
  const linked = hidden.filter(({ found }) => found === count.ladderIndex);
  const right = linked.filter(({ isRight }) => isRight);
  const precision = shareOf(total(right), total(linked), take);
  return {
    ...audited(
      rank,
      count,
      total(linked),
      precision,
      recallInRun(count, precision, hidden, numberless, take),
    ),
    ...hiddenRecall(
      precision &&
        shareOfRecords(
          right,
          hidden.filter(({ hasMatch }) => hasMatch),
          take,
        ),
    ),
  };
}

/**
 * Recall of a rank without the number in the run itself: L p / h, where of the records without a number a share L was
 * linked by it, of which p are right, and h have somebody to be linked to. h is taken from hidden subjects; its interval is that of
 * as many records as there are on both sides. Each limit takes p and h at its own worse one.
 */
function recallInRun(
  { ladderIndex }: LinkCount,
  precision: Share | null,
  hidden: readonly Outcome[],
  numberless: readonly Numberless[],
  take: TakenCounts,
): Share | null {
  const linkable = shareOfRecords(
    hidden.filter(({ hasMatch }) => hasMatch),
    hidden,
    take,
  );
  if (precision === null || linkable === null || linkable.rate === 0) return null;
  if (enough(total(numberless), take) === null) return null;
  const some = take.count(records(numberless.filter((one) => one.ladderIndex === ladderIndex)));
  const all = take.count(records(numberless));
  const [worth, other] = [worthOf(hidden, take), worthOf(numberless, take)];
  if (some === null || all === null || worth === null || other === null) return null;
  const linked = some / all;
  const [least, most] = intervalOf(linkable.rate, 1 / (1 / worth + 1 / other));
  // h may be too small to have a lower limit: then recall has no upper one
  const recall = (right: number, of: number) => (of === 0 ? 1 : Math.min(1, (linked * right) / of));
  return {
    rate: recall(precision.rate, linkable.rate),
    interval: [recall(precision.interval[0], most), recall(precision.interval[1], least)],
  };
}

/** What hidden subjects show of the evidence that a false link leaves. */
interface Evidence {
  /** share of tuples that other subjects of the same number have: where a false link's evidence would be seen */
  readonly seen: Share | null;
  /** share of the tuples known of the right number that are another's as well */
  readonly coincidence: RoughShare | null;
}

function evidenceOf(
  ladder: Ladder,
  rank: MatchRank,
  hidden: readonly Outcome[],
  take: TakenCounts,
): Evidence {
  const known = ({ isOwnKnown }: Outcome) => isOwnKnown;
  const knownShare = (some: readonly Outcome[]) => shareOf(total(some.filter(known)), total(some), take);
  const asks = ({ agree }: MatchRank) => agree.includes('postcode');
  const isAlike = ({ ladderIndex }: Outcome) =>
    (ladderIndex !== null && asks(ladder[ladderIndex]!)) === asks(rank);
  const certain = hidden.filter(known);
  const alike = knownShare(hidden.filter(isAlike));
  const all = knownShare(hidden);
  // where the postcode need not agree, a wrong number may be of the same home or of a stranger: for a
  // housemate's, those who moved are compared with those who moved; for a stranger's, a postcode that differs says nothing
  const seen: Share | null =
    alike === null || all === null || asks(rank)
      ? alike
      : { ...alike, interval: [alike.interval[0], Math.max(alike.interval[1], all.interval[1])] };
  return {
    seen,
    coincidence: shareOfFew(total(certain.filter(({ hasOthers }) => hasOthers)), total(certain), take),
  };
}

/**
 * Precision of a rank that rests on the number: 1 - F / n, where n links hold
 *
 *   F = n max(0, e - c u) / q + C (1 - q) / q
 *
 * false ones (README.md, "Ranks that rest on the NHS number", gives each letter). The limits take each of e, q and C at its own
 * worse limit; c is itself a limit, of what coincidence can do, so that the worst is that it does nothing.
 */
function precisionByNumber(
  { links, contradicted }: LinkCount,
  sampled: readonly Outcome[],
  { seen: q, coincidence: c }: Evidence,
  take: TakenCounts,
): Share | null {
  const open = sampled.filter(({ isOpen }) => isOpen);
  const [n, met, looked] = [
    take.count(links),
    take.count(links + contradicted),
    enough(total(sampled), take),
  ];
  const e = shareOfFew(total(open.filter(({ hasOthers }) => hasOthers)), total(sampled), take);
  const refused = shareOfFew(contradicted, links + contradicted, take);
  if (n === null || n === 0 || met === null || looked === null) return null;
  if (e === null || refused === null || q === null || c === null || q.rate === 0) return null;
  const u = take.few(total(open), looked);
  const precision = (evidence: number, coincides: number, seen: number, refusedShare: number) => {
    const amongLinks = (n * Math.max(0, evidence - coincides)) / seen;
    const likeRefused = (met * refusedShare * (1 - seen)) / seen;
    return Math.max(0, 1 - (amongLinks + likeRefused) / n);
  };
  const [least, most] = [0, 1] as const;
  const worst = precision(
    e.between[most],
    c.between[least] * (u.low / looked),
    q.rate,
    refused.between[most],
  );
  const best = precision(
    e.between[least],
    c.between[most] * (u.high / looked),
    q.rate,
    refused.between[least],
  );
  if (best - worst > MOST_OPEN) return null;
  return {
    rate: precision(e.rate, c.rate * (u.middle / looked), q.rate, refused.rate),
    interval: [
      precision(e.interval[most], 0, q.interval[least], refused.interval[most]),
      precision(
        e.interval[least],
        c.interval[most] * (u.high / looked),
        q.interval[most],
        refused.interval[least],
      ),
    ],
  };
}

function audited(
  { rank }: MatchRank,
  { links }: LinkCount,
  sampled: number,
  precision: Share | null,
  recall: Share | null,
): RankAudit {
  return {
    rank,
    links,
    sampled,
    precision: precision && rounded(precision.rate),
    precisionInterval: precision && roundedInterval(precision),
    recall: recall && rounded(recall.rate),
    recallInterval: recall && roundedInterval(recall),
    ...hiddenRecall(null),
  };
}

function hiddenRecall(share: Share | null): Pick<RankAudit, 'hiddenRecall' | 'hiddenRecallInterval'> {
  return {
    hiddenRecall: share && rounded(share.rate),
    hiddenRecallInterval: share && roundedInterval(share),
  };
}

/** Six decimals: no sample is more exact, and a longer row of digits could be taken for an NHS number. */
function rounded(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}

function roundedInterval({ interval: [low, high] }: Share): Interval {
  return [rounded(low), rounded(high)];
}

function total(outcomes: readonly Pick<Outcome, 'subjects'>[]): number {
  return sum(outcomes.map(({ subjects }) => subjects));
}

function records(some: readonly Pick<Outcome, 'records'>[]): number {
  return sum(some.map((one) => one.records));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

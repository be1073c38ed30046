import type { NhsNumber } from '../domain/nhs-number.ts';
import type { Postcode } from '../domain/postcode.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { listDigests } from '../store/list-digests.ts';
import { readIgnoredPostcodes } from './extract/ignored-postcodes.ts';
import { readSupersededNumbers } from './extract/superseded-numbers.ts';

/** Lists and settings by which identifiers are read. */
export interface LinkLists {
  /** canonical postcodes that too many people share */
  readonly ignoredPostcodes: ReadonlySet<Postcode>;
  /** superseded NHS numbers, each with the one that replaces it */
  readonly superseded: ReadonlyMap<NhsNumber, NhsNumber>;
  /** everything that they hold, in one order, and the share of the busiest postcodes */
  readonly content: readonly unknown[];
}

/** Reads the lists that the pipeline file names. @throws TallystickError (exit 1) with every line that is wrong */
export function readLinkLists({ link, synthetic }: Pipeline): LinkLists {
  const ignoredPostcodes = readIgnoredPostcodes(link.ignorePostcodes);
  const superseded = readSupersededNumbers(link.supersededNumbers, synthetic);
  const busiest = link.ignoreBusiestPostcodes;
  const content = [
    [...ignoredPostcodes].sort(),
    [...superseded].sort(),
    ...(busiest === null ? [] : [busiest]),
  ];
  return { ignoredPostcodes, superseded, content };
}

/** What every list of the provider holds, as keyed digests by name of setting; a list that is not declared is not among them. */
export function providerListDigests(
  { link }: Pipeline,
  optOutLists: Readonly<Record<string, readonly unknown[] | null>>,
  { ignoredPostcodes, superseded }: LinkLists,
  linkageKey: KeyRing,
): Readonly<Record<string, string>> {
  const lists = {
    ...optOutLists,
    'link.ignorePostcodes': link.ignorePostcodes === null ? null : [...ignoredPostcodes],
    'link.supersededNumbers': link.supersededNumbers === null ? null : [...superseded],
  };
  return listDigests(lists, linkageKey);
}

import type { Problem } from '../../domain/problem.ts';
import type { Cause } from './causes.ts';
import type { ComparedCount } from './compare-counts.ts';
import type { ReleaseComparison } from './release-change.ts';
import type { WhatDiffers } from './what-differs.ts';

/** What may have happened to a person (README.md, "Findings"). */
export const PERSON_FINDINGS = ['new', 'gone', 'split', 'merged', 'moved'] as const;
export type PersonFindingName = (typeof PERSON_FINDINGS)[number];

/** What may have happened to a subject (README.md). Only the first two exclude all others. */
export type SubjectFindingName = 'new' | 'gone' | 'moved' | 'admitted' | 'withheld' | 're-ranked';

/** Persons to which one thing happened for one cause. */
export interface PersonFinding extends Cause {
  readonly finding: PersonFindingName;
  readonly persons: number;
  /** subjects of these persons that the finding rests on */
  readonly subjects: number;
}

/** Subjects of one source to which one thing happened for one cause. */
export interface SubjectFinding extends Cause {
  readonly finding: SubjectFindingName;
  readonly source: string;
  readonly subjects: number;
}

/** Subjects that are in both maps, by their match rank in either. */
export interface RankMove {
  readonly a: number;
  readonly b: number;
  readonly subjects: number;
}

/** What happened from one run to another, on pseudonyms alone. */
export interface Findings {
  /** persons by finding, whatever the cause */
  readonly totals: Readonly<Record<PersonFindingName, number>>;
  readonly persons: readonly PersonFinding[];
  readonly subjects: readonly SubjectFinding[];
  readonly ranks: readonly RankMove[];
  /** persons and subjects of findings that nothing explains: 0, or there is a fault */
  readonly unexplained: number;
}

/** Which run, from its manifest. */
export interface NamedRun {
  readonly name: string;
  readonly id: string;
  readonly date: string;
}

/** Two runs compared. */
export interface RunDifference {
  readonly a: NamedRun;
  readonly b: NamedRun;
  /** what is known without any link map */
  readonly release: ReleaseComparison;
  /** null where the operator's record of either run is not at hand: then there are no counts either */
  readonly differs: WhatDiffers | null;
  readonly counts: readonly ComparedCount[];
  /** null where a key or the agreement differs, so that no pseudonyms can be compared, and for want of a record or a link map */
  readonly findings: Findings | null;
  /** what is not at hand, for which persons are not compared, and how to have it; empty otherwise */
  readonly missing: readonly Problem[];
}

import type { Branded } from './branded.ts';
import { bug } from './problem.ts';

/**
 * Why a row or a person is held: kept out of what is released.
 *
 * - person: a decision of the person, or the lack of an answer to it
 * - practice: the GP practice does not share
 * - protection: the record is protected, or is of no real patient
 * - status: the relation of a patient to a practice
 * - unknown: whose record it is cannot be known, so that no decision can be checked
 */
export type ReasonGroup = 'person' | 'practice' | 'protection' | 'status' | 'unknown';

/**
 * What a reason takes.
 *
 * - gp-records: the person's records of every GP source, before they cross the identity boundary
 * - source-records: the records of one patient of one GP source, before they cross the boundary
 * - person: all records of the person, of every source
 */
export type ReasonScope = 'gp-records' | 'source-records' | 'person';

/**
 * Where a reason may be stated.
 *
 * - by-number: in a flag, and in a list by NHS number
 * - by-row: in a flag of a patient's own row only, for it is about one registration and not about the person
 * - found: nowhere; a run finds it out
 */
export type ReasonStatement = 'by-number' | 'by-row' | 'found';

/** The reasons that every pipeline has, in the default order (see `reasonsInOrder`). */
const BUILT_IN = [
  {
    name: 'type-1',
    receipt: 'type-1-opt-out',
    group: 'person',
    scope: 'gp-records',
    stated: 'by-number',
    words: 'type 1 opt-out',
  },
  {
    name: 'practice-inactive',
    receipt: 'practice-inactive',
    group: 'practice',
    scope: 'source-records',
    stated: 'found',
    words: 'the practice has not been activated for sharing, or is not known',
  },
  {
    name: 'practice-disabled',
    receipt: 'practice-disabled',
    group: 'practice',
    scope: 'source-records',
    stated: 'found',
    words: 'the practice has disabled sharing',
  },
  {
    name: 'left-practice',
    receipt: 'left-practice',
    group: 'status',
    scope: 'source-records',
    stated: 'by-row',
    words: 'left the practice alive, and so can register no opt-out there',
  },
  {
    name: 'patient-quarantined',
    receipt: 'patient-quarantined',
    group: 'unknown',
    scope: 'source-records',
    stated: 'found',
    words: 'the row of its patient could not be read',
  },
  {
    name: 'contradicted',
    receipt: 'held-back',
    group: 'unknown',
    scope: 'person',
    stated: 'found',
    words: 'held back: the NHS number is contradicted',
  },
  {
    name: 'type-2',
    receipt: 'type-2-opt-out',
    group: 'person',
    scope: 'person',
    stated: 'by-number',
    words: 'type 2 opt-out',
  },
  {
    name: 'national',
    receipt: 'national-opt-out',
    group: 'person',
    scope: 'person',
    stated: 'by-number',
    words: 'national data opt-out',
  },
  {
    name: 'national-unanswered',
    receipt: 'national-unanswered',
    group: 'person',
    scope: 'person',
    stated: 'found',
    words: 'the national service has not answered, or too long ago',
  },
  {
    name: 'not-allowed',
    receipt: 'not-allowed',
    group: 'person',
    scope: 'person',
    stated: 'found',
    words: 'not on the list of people who may be used',
  },
  {
    name: 'spine-sensitive',
    receipt: 'spine-sensitive',
    group: 'protection',
    scope: 'person',
    stated: 'by-number',
    words: 'sensitive on the Spine',
  },
  {
    name: 'confidential',
    receipt: 'confidential',
    group: 'protection',
    scope: 'person',
    stated: 'by-number',
    words: 'confidential patient',
  },
  {
    name: 'vip',
    receipt: 'vip',
    group: 'protection',
    scope: 'person',
    stated: 'by-number',
    words: 'on a list of protected people',
  },
  {
    name: 'test-patient',
    receipt: 'test-patient',
    group: 'protection',
    scope: 'person',
    stated: 'by-number',
    words: 'test patient',
  },
  {
    name: 'unknown-number',
    receipt: 'held-back',
    group: 'unknown',
    scope: 'person',
    stated: 'found',
    words: 'held back: no valid NHS number, so that an opt-out could not be checked',
  },
] as const;

export type BuiltInReason = (typeof BUILT_IN)[number]['name'];
/** The name of a type of opt-out that a pipeline file declares (`optOuts.types`). */
export type DeclaredTypeName = Branded<string, 'DeclaredType'>;
export type ReasonName = BuiltInReason | DeclaredTypeName;

/** A declared type as receipts name it. It has a slash, so that no declared name is that of another reason. */
export type DeclaredDropReason = `opt-out/${string}`;
/** A reason as receipts name it. */
export type HeldDropReason = (typeof BUILT_IN)[number]['receipt'] | DeclaredDropReason;

export interface HeldReason {
  /** as the pipeline file and the opt-out list of a store call it */
  readonly name: ReasonName;
  /** as receipts call it; two reasons may share it */
  readonly receipt: HeldDropReason;
  readonly group: ReasonGroup;
  readonly scope: ReasonScope;
  readonly stated: ReasonStatement;
  /** for people who read a report */
  readonly words: string;
}

/** A type of opt-out that the pipeline file declares. */
export interface DeclaredType {
  readonly name: DeclaredTypeName;
  readonly scope: 'gp-records' | 'person';
  /** for people who read a report */
  readonly description: string;
}

export const BUILT_IN_REASONS: readonly HeldReason[] = BUILT_IN;

/** A mask is a whole number of 31 bits: the sign is left out, so that a mask is never negative. */
export const MOST_REASONS = 31;
export const MOST_DECLARED_TYPES = MOST_REASONS - BUILT_IN.length;

/** Names that a declared type may not have: those of reasons, and `allowed`, which the opt-out list of a store uses. */
export function isReservedName(name: string): boolean {
  return name === 'allowed' || BUILT_IN.some((one) => one.name === name);
}

/**
 * All reasons of a pipeline, the one that counts first at the front.
 *
 * The default order is that in which a run meets them, so that a row counts where it stops: above the identity boundary what
 * acts on GP records (type 1, declared types like it, the practice, the patient's status there, the patient's row in quarantine), then below it what acts
 * on whole persons. There a contradicted number is first, because it is unknown whose decisions count; then what the
 * person decided, then protection; and last, that no number is known.
 *
 * @param declared in the order of the pipeline file; each follows the built-in decisions of its scope
 * @param first names that are moved to the front, in this order (`optOuts.order`)
 */
export function reasonsInOrder(
  declared: readonly DeclaredType[],
  first: readonly ReasonName[],
): readonly HeldReason[] {
  const ofScope = (scope: DeclaredType['scope']) =>
    declared.filter((one) => one.scope === scope).map(reasonOfType);
  const all = BUILT_IN_REASONS.flatMap((reason): HeldReason[] => {
    if (reason.name === 'type-1') return [reason, ...ofScope('gp-records')];
    if (reason.name === 'not-allowed') return [reason, ...ofScope('person')];
    return [reason];
  });
  if (all.length > MOST_REASONS)
    throw bug(`there are ${all.length} reasons, and a mask has ${MOST_REASONS} bits`);
  const moved = first.map((name) => {
    const reason = all.find((one) => one.name === name);
    if (reason === undefined) throw bug('the order names a reason that does not exist');
    return reason;
  });
  return [...moved, ...all.filter((reason) => !moved.includes(reason))];
}

function reasonOfType({ name, scope, description }: DeclaredType): HeldReason {
  return {
    name,
    receipt: `opt-out/${name}`,
    group: 'person',
    scope,
    stated: 'by-number',
    words: description,
  };
}

/** A set of reasons: bit n is the reason at index n of the order. */
export type ReasonMask = number;

/** Sets of the reasons of one pipeline, as masks. */
export class ReasonSets {
  readonly #reasons: readonly HeldReason[];
  readonly #indexes: ReadonlyMap<ReasonName, number>;

  /** @param reasons in order, as `reasonsInOrder` returns them */
  constructor(reasons: readonly HeldReason[]) {
    this.#reasons = reasons;
    this.#indexes = new Map(reasons.map(({ name }, index) => [name, index]));
  }

  /** The mask of one reason. */
  maskOf(name: ReasonName): ReasonMask {
    const index = this.#indexes.get(name);
    if (index === undefined) throw bug('a reason is not one of the pipeline');
    return 1 << index;
  }

  /** The mask of all reasons of which this is true. */
  maskWhere(isMeant: (reason: HeldReason) => boolean): ReasonMask {
    return this.#reasons.reduce((mask, reason, index) => (isMeant(reason) ? mask | (1 << index) : mask), 0);
  }

  /** The reasons in a mask, in order. */
  reasonsIn(mask: ReasonMask): HeldReason[] {
    return this.#reasons.filter((_, index) => (mask & (1 << index)) !== 0);
  }

  /** The reason in a mask that counts; null where none is in it. */
  firstIn(mask: ReasonMask): HeldReason | null {
    return mask === 0 ? null : this.#reasons[31 - Math.clz32(mask & -mask)]!;
  }
}

/** The reason with this name; null where the pipeline has none. */
export function reasonNamed(reasons: readonly HeldReason[], name: string): HeldReason | null {
  return reasons.find((one) => one.name === name) ?? null;
}

/** A function that is true of the names of people's decisions, and false of protections and of what a run finds out. */
export function decisionsAmong(reasons: readonly HeldReason[]): (name: ReasonName) => boolean {
  const decisions = new Set(reasons.filter(({ group }) => group === 'person').map(({ name }) => name));
  return (name) => decisions.has(name);
}

/** A function that is true of the names of reasons with this scope. */
export function scopeIs(reasons: readonly HeldReason[], scope: ReasonScope): (name: ReasonName) => boolean {
  const names = new Set(reasons.filter((one) => one.scope === scope).map(({ name }) => name));
  return (name) => names.has(name);
}

/**
 * True of a reason that must reach records of the person elsewhere, so that a patient without a valid NHS number is in question. A test
 * patient is nobody: other sources have no records of one.
 */
export function mustReachElsewhere({ name, scope }: HeldReason): boolean {
  return scope === 'person' && name !== 'test-patient';
}

/**
 * Legal reasons why an opt-out does not apply (domain reference, section 4): the person consented to this use, the law requires it, an overriding
 * public interest, or data that are anonymised to the Information Commissioner's code.
 */
export const EXEMPTION_BASES = ['consent', 'legal-duty', 'public-interest', 'anonymised'] as const;
export type ExemptionBasis = (typeof EXEMPTION_BASES)[number];

/** A type of opt-out that is switched off for one agreement. */
export interface Exemption {
  readonly type: ReasonName;
  readonly because: string;
  readonly basis: ExemptionBasis;
}

/**
 * True of a reason that may be switched off by name: what a person decided, and lists of people who may be used. Protection, the
 * practice's own switch and what is not known are never switched off; `national-unanswered` goes with `national`.
 */
export function isExemptible({ name, group }: HeldReason): boolean {
  return group === 'person' && name !== 'national-unanswered';
}

/** Whether exemptions switch a reason off. */
export function isExempt(name: ReasonName, exempt: readonly Exemption[]): boolean {
  const by = name === 'national-unanswered' ? 'national' : name;
  return exempt.some(({ type }) => type === by);
}

/** A reason of a receipt, in words. */
export function heldWords(receipt: HeldDropReason): string {
  const builtIn = BUILT_IN_REASONS.findLast((one) => one.receipt === receipt);
  return builtIn?.words ?? `opt-out of the type ${receipt.slice(receipt.indexOf('/') + 1)}`;
}

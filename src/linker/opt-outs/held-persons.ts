import { type HeldReason, type ReasonMask, ReasonSets } from '../../domain/held-reason.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';

/** Counts by the name of a reason, in the declared order; a reason of nobody is left out. */
export type ByReason = Readonly<Record<string, number>>;

/** The persons that are not released, in exact counts: they are for the operator only. */
export interface HeldPersons {
  /** each once, under the reason that counts */
  readonly first: ByReason;
  /** each under every reason that holds */
  readonly any: ByReason;
  /** each whom one reason holds, and no other */
  readonly alone: ByReason;
  /** each under the exact combination of reasons: names in the declared order, with + between them */
  readonly combinations: Readonly<Record<string, number>>;
  /** persons who are released without their GP records, under every reason that holds these */
  readonly gpRecords: ByReason;
}

/** Persons of whom the same is decided. */
export interface DecidedPersons {
  /** why all records are held; 0 where they are released */
  readonly mask: ReasonMask;
  /** why GP records are held */
  readonly gpMask: ReasonMask;
  readonly persons: number;
}

/** The counts of all persons by what was decided: as many lines as there are combinations. */
export async function readDecisions(engine: DuckDbEngine): Promise<DecidedPersons[]> {
  const rows = await engine.query(
    'SELECT mask, gp_mask, count(*)::DOUBLE AS persons FROM person_decisions GROUP BY mask, gp_mask ORDER BY mask, gp_mask',
    'counting persons by what was decided',
  );
  return rows.map(({ mask, gp_mask, persons }) => ({
    mask: Number(mask),
    gpMask: Number(gp_mask),
    persons: Number(persons),
  }));
}

/** Adds up who is held, and why. @param reasons in their order */
export function countHeld(decided: readonly DecidedPersons[], reasons: readonly HeldReason[]): HeldPersons {
  const sets = new ReasonSets(reasons);
  const names = reasons.map(({ name }) => name);
  const held = decided.filter(({ mask }) => mask !== 0);
  const sum = (counts: readonly DecidedPersons[]) => counts.reduce((all, { persons }) => all + persons, 0);
  const byReason = (isCounted: (one: DecidedPersons, reason: HeldReason) => boolean): ByReason => {
    const counts = reasons.map((reason) => sum(decided.filter((one) => isCounted(one, reason))));
    return Object.fromEntries(
      names.flatMap((name, index) => (counts[index]! > 0 ? [[name, counts[index]!]] : [])),
    );
  };
  const combinations: Record<string, number> = {};
  for (const { mask, persons } of held) {
    const combination = sets
      .reasonsIn(mask)
      .map(({ name }) => name)
      .join('+');
    combinations[combination] = (combinations[combination] ?? 0) + persons;
  }
  return {
    first: byReason(({ mask }, reason) => sets.firstIn(mask) === reason),
    any: byReason(({ mask }, { name }) => (mask & sets.maskOf(name)) !== 0),
    alone: byReason(({ mask }, { name }) => mask === sets.maskOf(name)),
    combinations,
    gpRecords: byReason(({ mask, gpMask }, { name }) => mask === 0 && (gpMask & sets.maskOf(name)) !== 0),
  };
}

/** How many persons are held. */
export function heldInAll({ first }: HeldPersons): number {
  return Object.values(first).reduce((sum, persons) => sum + persons, 0);
}

import { AUDIT_SAMPLE } from '../../domain/audit-sample.ts';
import type { Ladder } from '../../domain/match-rank.ts';
import type { Sql } from '../../sql/sql.ts';
import type { Step } from '../../sql/step.ts';
import { lookUpSteps } from './look-up.ts';
import { numberedRelation } from './numbered.ts';
import { AUDIT_SEED, type Draw, type FlatRows, sampleSteps } from './sample.ts';

/** What was linked, and how. */
export interface AuditedLinkage {
  readonly ladder: Ladder;
  /** makes `number_sources`; null where linking left it */
  readonly numberSources: Step | null;
  /** linking left `address_tuples` */
  readonly hasAddresses: boolean;
  readonly flat: readonly FlatRows[];
  /** true where links without the number are probable enough; null where no link can be refused */
  readonly linksByTuple: Sql | null;
}

/**
 * The self-audit of a linkage (README.md), over the tables that linking leaves: `audit_links` and `audit_outcomes` are what
 * is read of it.
 *
 * @param draw how many subjects, and by which seed
 */
export function auditSteps(
  { ladder, numberSources, hasAddresses, flat, linksByTuple }: AuditedLinkage,
  draw: Draw = { sample: AUDIT_SAMPLE, seed: AUDIT_SEED },
): Step[] {
  const numbered = numberedRelation(ladder, linksByTuple !== null);
  const hasFlatRows = flat.length > 0;
  return [
    ...(numberSources === null ? [] : [numberSources]),
    ...numbered.steps,
    ...sampleSteps(ladder, numbered, flat, draw),
    ...lookUpSteps({ ladder, numbered, hasAddresses, hasFlatRows, linksByTuple }),
  ];
}

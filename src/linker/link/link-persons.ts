import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StageTimes } from '../../program/progress.ts';
import { type AuditedLinkage, auditLinkage } from '../audit/audit-linkage.ts';
import type { LinkerEngine } from '../linker-engine.ts';
import { makeLinkageWeights } from '../missed/linkage-weights.ts';
import type { MissedSource } from '../missed/missed.ts';
import { countMissed } from '../missed/missed-records.ts';
import type { OpenStores } from '../open-stores.ts';
import type { HeldPersons } from '../opt-outs/held-persons.ts';
import type { ReleasePlan } from '../release/plan-release.ts';
import { countPersons } from '../release/release-persons.ts';
import type { ImplausibleCounts, PersonCounts } from '../result.ts';
import { countImplausible } from './implausible/count-implausible.ts';
import { linkSubjects, type RunMatchWeights } from './link-subjects.ts';
import { loadBusyTuples, loadOptOutTokens, loadWitnesses } from './load-tokens.ts';
import { checkPatientKeys } from './patient-keys.ts';

/** The linkage of a run in counts and rates. */
export interface LinkageFigures extends AuditedLinkage {
  /** null where the ladder compares no field under the NHS number */
  readonly matchWeights: RunMatchWeights['recorded'] | null;
  readonly publishedMatchWeights: RunMatchWeights['published'] | null;
  /** null where nothing is declared by which a link would be implausible */
  readonly implausible: ImplausibleCounts | null;
  readonly missed: readonly MissedSource[];
}

/** The figures, and how many persons there are: released, and held. */
export interface LinkedPersons extends LinkageFigures {
  readonly counts: PersonCounts;
  readonly held: HeldPersons;
}

/**
 * Links subjects to persons, measures the linkage, and decides by their opt-outs who is released. The results are tables in the
 * engine.
 */
export async function linkPersons(
  pipeline: Pipeline,
  plan: ReleasePlan,
  stores: OpenStores,
  linker: LinkerEngine,
  times: StageTimes,
): Promise<LinkedPersons> {
  const { engine } = linker;
  const make = linker.makerFor('link');
  const estimated = await times.time('link', async () => {
    await loadOptOutTokens(linker, pipeline, stores);
    await loadBusyTuples(engine, stores);
    await loadWitnesses(engine, pipeline, stores);
    await checkPatientKeys(engine, pipeline, stores);
    for (const step of [...plan.link.numbering, ...plan.optOutNumbers]) await make(step);
    linker.numbers.complete();
    return linkSubjects(engine, plan.link, pipeline.link.minProbability, make);
  });
  const audited = await times.time('audit', () =>
    auditLinkage(engine, pipeline, plan.audit, linker.makerFor('audit')),
  );
  const missed = await times.time('who is missed', async () => {
    const count = linker.makerFor('who is missed');
    if (plan.linkageWeights !== null) await makeLinkageWeights(engine, plan.linkageWeights, count);
    return countMissed(engine, pipeline, plan.missed, count);
  });
  await times.time('link', async () => {
    for (const step of [...plan.optOut, ...plan.persons, plan.person.careSettings]) await make(step);
  });
  const { counts, held } = await countPersons(engine, plan.reasons);
  return {
    matchWeights: estimated?.recorded ?? null,
    publishedMatchWeights: estimated?.published ?? null,
    ...audited,
    implausible: await countImplausible(engine, pipeline),
    missed,
    counts,
    held,
  };
}

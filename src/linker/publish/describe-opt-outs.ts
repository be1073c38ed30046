import { isExempt } from '../../domain/held-reason.ts';
import { publishedCount } from '../../domain/small-number.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import type { RunManifest } from '../../write/run-manifest.ts';
import type { OpenStores } from '../open-stores.ts';
import { effectOf, type LeftOut, whatIf } from '../opt-outs/effect.ts';
import { isOptOutList, type OptOutState, stateDigest } from '../opt-outs/state.ts';
import type { OptOutProofResult } from './gates.ts';

/** Parts of the record that earlier versions lack. */
type Recorded<Part extends keyof OperatorRecord['optOuts']> = {
  readonly [part in Part]: NonNullable<OperatorRecord['optOuts'][part]>;
};

/** What a run says of opt-outs: to whom the release is handed, and to the operator. */
export interface DescribedOptOuts {
  readonly manifest: NonNullable<RunManifest['optOuts']>;
  readonly record: Recorded<'applied' | 'state' | 'effect' | 'whatIf' | 'proof'>;
}

/**
 * Which opt-outs were applied and which were not, the state that was used, what they took out, and the result of reading the files back.
 * Exact counts and what would be released without a reason are for the operator.
 */
export function describeOptOuts(
  { optOuts }: Pipeline,
  stores: OpenStores,
  runId: string,
  leftOut: LeftOut,
  proof: OptOutProofResult,
): DescribedOptOuts {
  const { reasons, exempt } = optOuts;
  const applied = {
    // what people decide; protection, practices and records that cannot be tied to anybody are no opt-outs
    types: reasons
      .filter(
        ({ group, stated, name }) => group === 'person' && stated === 'by-number' && !isExempt(name, exempt),
      )
      .map(({ name }) => name),
    exempt: exempt.map(({ type, basis, because }) => ({ type, basis, because })),
    waived: stores.waivers,
    asOf: stores.listDates,
  };
  const state: OptOutState = {
    lists: Object.fromEntries(Object.entries(stores.lists).filter(([name]) => isOptOutList(name))),
    tokens: stores.optOutDigests,
  };
  const digest = stateDigest(runId, state);
  return {
    manifest: {
      ...applied,
      state: digest,
      proof: { ...proof, persons: publishedCount(proof.persons) },
    },
    record: {
      applied,
      state: { digest, ...state },
      effect: effectOf(leftOut, reasons),
      whatIf: whatIf(leftOut, reasons),
      proof,
    },
  };
}

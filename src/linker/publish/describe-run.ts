import type { SensitiveCodes } from '../../domain/sensitive-code.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { RULES_VERSION } from '../../keys/recipes.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { TOOL, toolVersion } from '../../tool.ts';
import { type OperatorRecord, RECORD_VERSION, type RecordedLinkMap } from '../../write/operator-record.ts';
import type { RunFolder } from '../../write/partial-run.ts';
import { MANIFEST_VERSION, type RunManifest } from '../../write/run-manifest.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER } from '../../write/run-place.ts';
import type { Paper } from '../../write/schema-parts.ts';
import type { LinkedPersons } from '../link/link-persons.ts';
import type { OpenStores } from '../open-stores.ts';
import type { ReleasedTables } from '../release/release-tables.ts';
import type { DescribedOptOuts } from './describe-opt-outs.ts';
import { recordSettings } from './record-settings.ts';

/** A run, described for those who are handed the release and for the operator; its gates have not been passed yet. */
export interface DescribedRun {
  readonly manifest: Omit<RunManifest, 'gates'>;
  readonly record: Omit<OperatorRecord, 'gates' | 'manifest'>;
}

/**
 * The content of `manifest.json` and `receipts.json`.
 *
 * @param papers the text files of each folder
 * @param map the run's link map, or null where none is kept
 */
export function describeRun(
  pipeline: Pipeline,
  sensitive: SensitiveCodes,
  stores: OpenStores,
  releaseKey: KeyRing,
  runId: string,
  { counts, audit, missed, matchWeights, implausible }: LinkedPersons,
  optOuts: DescribedOptOuts,
  map: RecordedLinkMap | null,
  { written, receipts, warnings }: ReleasedTables,
  papers: Readonly<Record<RunFolder, Paper[]>>,
): DescribedRun {
  const run = { name: pipeline.name, id: runId, date: stores.runDate };
  return {
    manifest: {
      formatVersion: MANIFEST_VERSION,
      tool: { name: TOOL, version: toolVersion() },
      run,
      agreement: pipeline.release.agreement,
      ...(pipeline.release.recipient === null ? {} : { recipient: pipeline.release.recipient }),
      keyIds: { linkage: stores.linkageKeyId, release: releaseKey.keyId, store: stores.storeKeyId },
      rulesVersion: String(RULES_VERSION),
      optOuts: optOuts.manifest,
      outputs: written.map(({ output }) => output),
      papers: papers[RELEASE_FOLDER],
    },
    record: {
      formatVersion: RECORD_VERSION,
      run,
      ...recordSettings(pipeline, sensitive, stores, releaseKey),
      inputs: stores.inputs,
      outputs: written.map(({ output: { table }, rows }) => ({ table, rows })),
      papers: papers[OPERATOR_FOLDER],
      receipts: {
        rows: [...stores.receipts, ...receipts],
        persons: counts,
        standardised: stores.outcomes,
        codes: stores.codes,
        notRead: stores.undeclared,
        warnings: [...stores.warnings, ...warnings],
      },
      optOuts: { ...stores.optOutCounts, waived: stores.waivers, ...optOuts.record },
      linkage: {
        audit,
        missed,
        ...(matchWeights === null ? {} : { weights: matchWeights }),
        ...(implausible === null ? {} : { implausible }),
        ...(map === null ? {} : { map }),
      },
    },
  };
}

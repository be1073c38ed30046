import type { SensitiveCodes } from '../domain/sensitive-code.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { RULES_VERSION } from '../keys/recipes.ts';
import { hasAllowList, type Pipeline } from '../pipeline/pipeline.ts';
import { toolVersion } from '../tool.ts';
import { digestText } from '../write/digest-text.ts';
import type { OpenStores } from './open-stores.ts';

/** The run's id: its date, and a digest over everything that decides its bytes. */
export function runIdOf(
  pipeline: Pipeline,
  sensitive: SensitiveCodes,
  stores: OpenStores,
  releaseKey: KeyRing,
): string {
  const { name, optOuts, link } = pipeline;
  const { recipient, ...release } = pipeline.release;
  const decided = [
    toolVersion(),
    RULES_VERSION,
    name,
    stores.addresses,
    stores.storeKeyId,
    stores.contents,
    releaseKey.keyId,
    [link.ranks, link.implausible, link.quarantineImplausible],
    ...(link.minProbability === null ? [] : [{ minProbability: link.minProbability }]),
    { ...release, sensitiveCodes: sensitive },
    ...(recipient === null ? [] : [{ recipient }]),
    { untied: optOuts.untied, national: hasAllowList(optOuts) },
    // with their words, which are in documents of the release
    ...(optOuts.types.length === 0 ? [] : [{ types: optOuts.types }]),
    ...(optOuts.exempt.length === 0 ? [] : [{ exempt: optOuts.exempt }]),
    ...(stores.waivers.length === 0 ? [] : [{ waived: stores.waivers }]),
  ];
  const digest = digestText(JSON.stringify(decided));
  return `${stores.runDate}-${digest.slice(0, 12)}`;
}

/** The metadata of a run in every released Arrow file. */
export function fileMetadata(
  pipeline: Pipeline,
  stores: OpenStores,
  releaseKey: KeyRing,
  runId: string,
): ReadonlyMap<string, string> {
  return new Map([
    ['tallystick', toolVersion()],
    ['run', runId],
    ['run_date', stores.runDate],
    ['agreement', pipeline.release.agreement],
    ['linkage_key_id', stores.linkageKeyId],
    ['release_key_id', releaseKey.keyId],
    ['rules_version', String(RULES_VERSION)],
  ]);
}

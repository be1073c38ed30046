import { declaredListName, type ListName } from '../../domain/list-name.ts';
import type { SensitiveCodes } from '../../domain/sensitive-code.ts';
import { readCanaries } from '../../gates/leak-scan.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import {
  type DeclaredList,
  isNationalLedger,
  type OptOutList,
  type OptOutSpec,
  type Pipeline,
} from '../../pipeline/pipeline.ts';
import { agreedSettings } from '../../store/agreed-settings.ts';
import { listDigests } from '../../store/list-digests.ts';
import { digestText } from '../../write/digest-text.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import type { OpenStores } from '../open-stores.ts';

/**
 * What decided the release, for the operator's record: the pipeline file, what the lists held, the settings. It is made of
 * what whoever links has, so that a run in one process and a run in two leave the same bytes: of the lists that were read
 * above the boundary it has the keyed digests of the stores.
 */
export function recordSettings(
  pipeline: Pipeline,
  sensitive: SensitiveCodes,
  stores: OpenStores,
  releaseKey: KeyRing,
): Pick<OperatorRecord, 'pipeline' | 'lists' | 'settings'> {
  return {
    pipeline: { sha256: digestText(pipeline.text) },
    lists: { ...stores.lists, ...listsBelow(pipeline, sensitive, releaseKey) },
    settings: settingsOf(pipeline),
  };
}

/** The lists that act below the boundary; one that is not declared is not among them. */
function listsBelow(
  { release, optOuts, canaries }: Pipeline,
  sensitive: SensitiveCodes,
  releaseKey: KeyRing,
): Partial<Record<ListName, string>> {
  const { codeOverrides, lookAlikes } = optOuts;
  return {
    ...(release.sensitiveCodes === null ? {} : { 'release.sensitiveCodes': digestEntries(sensitive.listed) }),
    ...(codeOverrides.length === 0 ? {} : { 'optOuts.codeOverrides': digestEntries(codeOverrides) }),
    ...(lookAlikes.length === 0 ? {} : { 'optOuts.lookAlikes': digestEntries(lookAlikes) }),
    // a canary may be the name of somebody
    ...listDigests({ canaries: canaries === null ? null : readCanaries(canaries) }, releaseKey),
  };
}

/** Each entry once, in whatever order they are. */
function digestEntries(entries: readonly object[]): string {
  const lines = entries.map((entry) =>
    JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  return digestText([...new Set(lines)].sort().join('\n'));
}

/** Settings that are recorded as lists or as waivers: one change is named once. */
const NAMED_ELSEWHERE: ReadonlySet<string> = new Set([
  'optOuts.codeOverrides',
  'optOuts.lookAlikes',
  'optOuts.waivers',
  'link.ignorePostcodes',
  'link.supersededNumbers',
]);

/**
 * What both sides agreed on, and what acts below the boundary only, by the name that it has in the pipeline file: a value
 * where it is a word or a number, else a digest. Released columns and their rules are in the manifest.
 */
function settingsOf(pipeline: Pipeline): Readonly<Record<string, string>> {
  const { synthetic, sources, optOuts, link, release } = pipeline;
  const agreed = Object.entries(agreedSettings(pipeline)).filter(([name]) => !NAMED_ELSEWHERE.has(name));
  return {
    ...Object.fromEntries(agreed),
    synthetic: String(synthetic),
    sources: sources.map(({ name }) => name).join(', '),
    'optOuts.register':
      optOuts.keptRegister === null
        ? describeList(optOuts.register)
        : `kept, at most ${optOuts.keptRegister.maxAgeDays} days since its last change${optOuts.keptRegister.isAgeDeclared ? '' : ', or fewer changes than show that it is old'}`,
    'optOuts.national': describeNational(optOuts.national),
    ...Object.fromEntries(optOuts.lists.map((list) => [declaredListName(list.name), describeDeclared(list)])),
    'optOuts.expectedRate': String(optOuts.expectedRate ?? 'none'),
    'optOuts.maxUnmatched': String(optOuts.maxUnmatched),
    'optOuts.untied': optOuts.untied,
    'link.ignoreBusiestPostcodes': String(link.ignoreBusiestPostcodes ?? 'none'),
    'link.minProbability': String(link.minProbability ?? 'none'),
    'link.implausible': link.implausible === null ? 'none' : digestText(JSON.stringify(link.implausible)),
    'link.quarantineImplausible': String(link.quarantineImplausible),
    'link.ranks': link.ladder === 'own' ? digestText(JSON.stringify(link.ranks)) : link.ladder,
    'release.linkageWeights': String(release.linkageWeights),
  };
}

/** How a list is declared, without where it is and of which day: those are others each night. */
function describeList(list: OptOutList | null): string {
  if (list === null) return 'none';
  return `at most ${list.maxAgeDays} days old${list.allowEmpty ? ', may be empty' : ''}`;
}

function describeDeclared(list: DeclaredList): string {
  return `${list.allow ? 'numbers that may be used, ' : ''}${describeList(list)}`;
}

function describeNational(national: OptOutSpec['national']): string {
  if (isNationalLedger(national)) return `a ledger, answers at most ${national.maxAgeDays} days old`;
  const declared = describeList(national);
  return national === null
    ? declared
    : `${declared}, ${national.request === null ? 'without' : 'with'} its request`;
}

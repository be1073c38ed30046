import { listKeyOf } from '../../domain/list-name.ts';
import type { Waiver } from '../../domain/waiver.ts';
import { compareColumns } from './compare-columns.ts';
import type { ComparedManifest, ComparedRecord, ComparedRelease } from './compared-run.ts';
import type { NotCompared, ReleaseChange, ReleaseComparison } from './release-change.ts';

/** Compares two releases by their manifests and, where the records of both are at hand, by these. */
export function compareRelease(a: ComparedRelease, b: ComparedRelease): ReleaseComparison {
  const ofManifests = [...namedOnce(a.manifest, b.manifest), ...compareColumns(a.manifest, b.manifest)];
  if (a.record === null || b.record === null) {
    return { changes: ofManifests, notCompared: [{ what: IN_RECORDS, why: without(a.record, b.record) }] };
  }
  const records = compareRecords(a.record, b.record, comparableKeys(a.manifest, b.manifest));
  return { changes: [...ofManifests, ...records.changes], notCompared: records.notCompared };
}

const IN_RECORDS = 'the pipeline file, lists, settings, waivers, rows and persons';

function without(a: ComparedRecord | null, b: ComparedRecord | null): string {
  const missing = [...(a === null ? ['A'] : []), ...(b === null ? ['B'] : [])].join(' and ');
  return `the operator’s record of ${missing} is not at hand`;
}

function namedOnce(a: ComparedManifest, b: ComparedManifest): ReleaseChange[] {
  const values: readonly (readonly [ReleaseChange['what'], string | null, string | null])[] = [
    ['pipeline', a.run.name, b.run.name],
    ['agreement', a.agreement, b.agreement],
    ['recipient', a.recipient ?? null, b.recipient ?? null],
    ['linkage key', a.keyIds.linkage, b.keyIds.linkage],
    ['release key', a.keyIds.release, b.keyIds.release],
    ['store key', a.keyIds.store ?? null, b.keyIds.store ?? null],
    ['version of tallystick', a.tool.version, b.tool.version],
    ['version of the rules', a.rulesVersion, b.rulesVersion],
  ];
  return values
    .filter(([, inA, inB]) => inA !== inB)
    .map(([what, inA, inB]) => ({ what, which: null, a: inA, b: inB }));
}

/** The keys whose digests can be compared: the same list has another digest under another key or version of the rules. */
function comparableKeys(a: ComparedManifest, b: ComparedManifest): ReadonlySet<'linkage' | 'release'> {
  if (a.rulesVersion !== b.rulesVersion) return new Set();
  return new Set((['linkage', 'release'] as const).filter((key) => a.keyIds[key] === b.keyIds[key]));
}

function compareRecords(
  a: ComparedRecord,
  b: ComparedRecord,
  keys: ReadonlySet<'linkage' | 'release'>,
): ReleaseComparison {
  const changes: ReleaseChange[] = [];
  const notCompared: NotCompared[] = [];
  const compare = <T>(
    what: string,
    inA: T | undefined,
    inB: T | undefined,
    each: (a: T, b: T) => readonly ReleaseChange[],
  ) => {
    if (inA !== undefined && inB !== undefined) {
      changes.push(...each(inA, inB));
      return;
    }
    const silent = [...(inA === undefined ? ['A'] : []), ...(inB === undefined ? ['B'] : [])].join(' and ');
    notCompared.push({ what, why: `an earlier version made ${silent}, and did not record it` });
  };
  compare('the pipeline file', a.pipeline, b.pipeline, (inA, inB) =>
    differing('pipeline file', { '': inA.sha256 }, { '': inB.sha256 }).map((one) => ({
      ...one,
      which: null,
    })),
  );
  compare('lists', a.lists, b.lists, (inA, inB) =>
    differing('list', inA, inB).filter((change) => {
      const why = incomparable(change, keys);
      if (why !== null) notCompared.push({ what: `the list ${change.which}`, why });
      return why === null;
    }),
  );
  compare('settings', a.settings, b.settings, (inA, inB) => differing('setting', inA, inB));
  compare('waivers', a.optOuts.waived, b.optOuts.waived, (inA, inB) =>
    differing('waiver', reasons(inA), reasons(inB)),
  );
  return { changes, notCompared };
}

/** Why two digests of a list cannot be compared; null where they can. That a list is new or gone is always seen. */
function incomparable({ which, a, b }: ReleaseChange, keys: ReadonlySet<string>): string | null {
  if (a === null || b === null) return null;
  const key = which === null ? null : listKeyOf(which);
  return key === null || keys.has(key)
    ? null
    : `its digest is made under the ${key} key and the version of the rules, and one of them changed`;
}

/** The reasons by what is waived: sites may give several for the same. */
function reasons(waived: readonly Waiver[]): Record<string, string> {
  const whats = new Set(waived.map(({ what }) => what));
  return Object.fromEntries(
    [...whats].map((one) => {
      const given = waived.flatMap(({ what, reason }) => (what === one ? [reason] : []));
      return [one, given.sort().join('; ')];
    }),
  );
}

function differing(
  what: ReleaseChange['what'],
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): ReleaseChange[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((which) => a[which] !== b[which])
    .map((which) => ({ what, which, a: a[which] ?? null, b: b[which] ?? null }));
}

import { isExempt, type ReasonName } from '../domain/held-reason.ts';
import { refused } from '../domain/problem.ts';
import { sizeBand } from '../domain/size-band.ts';
import { findIdentifier } from '../gates/identifier-shapes.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { PublicFacts, ReleasesToOne } from '../report/public/public-facts.ts';
import type { KeptRelease } from '../write/read-releases.ts';

/** What the waivers of a pipeline file call the types that they leave out. */
const WAIVED: Readonly<Record<string, string>> = {
  'type-2': 'type 2 opt-outs',
  national: 'national data opt-outs',
};

/**
 * The facts of the page for patients: of the pipeline file, and of the kept releases.
 *
 * @throws TallystickError (exit 1) for a text that holds what looks like an identifier, or for releases of another pipeline
 */
export function publicFacts(
  pipeline: Pipeline,
  releases: readonly KeptRelease[],
  { organisation, contact }: Pick<PublicFacts, 'organisation' | 'contact'>,
): PublicFacts {
  const { sources, optOuts } = pipeline;
  const other = releases.find(({ manifest }) => manifest.run.name !== pipeline.name);
  if (other !== undefined) {
    throw refused({
      message: `the run ${other.manifest.run.id} is not one of the pipeline ${pipeline.name}`,
      wayOut: 'name the folder of the runs of this pipeline, such as out/nightly',
    });
  }
  const facts: PublicFacts = {
    organisation,
    contact,
    asOf: releases.map(({ manifest }) => manifest.run.date).reduce<string | null>(later, null),
    sources: sources.map(({ setting, description }) => ({ setting, description })),
    respected: respectedTypes(pipeline),
    declared: optOuts.types.map(({ name, description }) => ({ name, description })),
    exempt: distinct([
      ...optOuts.exempt,
      ...releases.flatMap(({ manifest }) => manifest.optOuts?.exempt ?? []),
    ]),
    waived: distinct([
      ...optOuts.waivers,
      ...releases.flatMap(({ manifest }) => manifest.optOuts?.waived ?? []),
    ]),
    releases: byRecipient(releases),
  };
  checkTexts(facts);
  return facts;
}

/** The types that are applied: neither switched off nor left out. */
function respectedTypes({ sources, optOuts }: Pipeline): string[] {
  const { exempt, types, waivers, withoutTypeOne } = optOuts;
  const practices = sources.filter(({ setting }) => setting === 'gp');
  const isTypeOne = practices.some(({ name }) => !withoutTypeOne.includes(name));
  const all: ReasonName[] = [
    ...(isTypeOne ? (['type-1'] as const) : []),
    'type-2',
    'national',
    ...types.map(({ name }) => name),
  ];
  return all.filter((type) => {
    const what = WAIVED[type];
    return !isExempt(type, exempt) && (what === undefined || !waivers.some((waiver) => waiver.what === what));
  });
}

function byRecipient(releases: readonly KeptRelease[]): ReleasesToOne[] {
  const groups = new Map<string, KeptRelease[]>();
  for (const release of releases) {
    const { agreement, recipient } = release.manifest;
    const key = JSON.stringify([recipient ?? null, agreement]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [release]);
    else group.push(release);
  }
  return [...groups.values()].map((group): ReleasesToOne => {
    const { agreement, recipient } = group[0]!.manifest;
    const dates = group.map(({ manifest }) => manifest.run.date).sort();
    const tables = new Set(group.flatMap(({ rows }) => rows.map(({ table }) => table)));
    return {
      agreement,
      recipient: recipient ?? null,
      from: dates[0]!,
      to: dates.at(-1)!,
      releases: group.length,
      tables: [...tables].map((table) => ({
        table,
        size: sizeBand(
          group.flatMap(({ rows }) => rows.filter((one) => one.table === table).map((one) => one.rows)),
        ),
      })),
    };
  });
}

/** What was switched off when a kept release was made is still true of that release, whatever the pipeline file says now. */
function distinct<T extends object>(each: readonly T[]): T[] {
  const keyOf = (one: T) => JSON.stringify(Object.entries(one).sort());
  return [...new Map(each.map((one) => [keyOf(one), one])).values()];
}

function later(a: string | null, b: string): string {
  return a === null || b > a ? b : a;
}

/** What the pipeline file and the manifests say is published here for the first time; a site's own address may have a postcode. */
function checkTexts({
  organisation,
  contact,
  sources,
  declared,
  exempt,
  waived,
  releases,
}: PublicFacts): void {
  const texts = [
    ...sources.map(({ description }) => ['the description of a source', description ?? '']),
    ...declared.map(({ description }) => ['the description of a type of opt-out', description]),
    ...exempt.map(({ because }) => ['the reason of an exemption', because]),
    ...waived.map(({ reason }) => ['the reason of a waiver', reason]),
    ...releases.flatMap(({ agreement, recipient }) => [
      ['an agreement', agreement],
      ['a recipient', recipient ?? ''],
    ]),
  ] as const;
  const own = [
    ['the organisation', organisation],
    ['the contact', contact],
  ] as const;
  const found = [
    ...texts.map(([what, text]) => [what, findIdentifier(text!, [], null, 'prose')] as const),
    ...own.map(([what, text]) => {
      const kind = findIdentifier(text, [], null, 'prose');
      return [what, kind === 'postcode' ? null : kind] as const;
    }),
  ].filter(([, kind]) => kind !== null);
  if (found.length === 0) return;
  throw refused(
    ...found.map(([what, kind]) => ({
      message: `${what} holds what looks like a ${kind}`,
      wayOut: 'take it out: the page is public',
    })),
  );
}

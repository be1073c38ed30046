import { isAbsolute } from 'node:path';
import type { Exemption } from '../domain/held-reason.ts';
import {
  type DeclaredList,
  isNationalLedger,
  type OptOutList,
  type Pipeline,
  type SourceSpec,
  type TableSpec,
} from '../pipeline/pipeline.ts';
import { digestText } from '../write/digest-text.ts';

/** Hexadecimal digits of a digest that are enough to distinguish two settings: nobody gains from a collision. */
const DIGITS = 16;

/**
 * The settings of the pipeline file that act above the identity boundary, or on both sides of it: a digest for each, by its name
 * in the pipeline file. A provider writes them to its store, and the linker compares them with its own pipeline file, so that
 * neither side relies on something that the other one did not do.
 *
 * Settings that only one side needs are left out: locations and delimiters of files, the permitted age of a list, the ladder,
 * the release. Any other setting of `optOuts`, of a source or of a table is compared.
 */
export function agreedSettings({
  synthetic,
  sources,
  optOuts,
  link,
}: Pipeline): Readonly<Record<string, string>> {
  // `elsewhere` follows from the columns of the tables and from what is waived, `reasons` from types and order
  const {
    register,
    keptRegister,
    national,
    lists,
    practices,
    codes,
    waivers,
    withoutTypeOne,
    elsewhere: _elsewhere,
    types,
    order,
    reasons: _reasons,
    exempt,
    untied: _untied,
    ...otherOptOuts
  } = optOuts;
  const settings: Record<string, unknown> = {
    synthetic,
    'optOuts.register': listOf(register),
    ...(keptRegister === null ? {} : { 'optOuts.register.events': true }),
    'optOuts.national': isNationalLedger(national) ? 'ledger' : listOf(national),
    ...(lists.length === 0 ? {} : { 'optOuts.lists': lists.toSorted(byName).map(declaredListOf) }),
    // which practices share is up to their provider; that they are checked is not
    ...(practices === null ? {} : { 'optOuts.practices': practices.organisations.toSorted(bySource) }),
    // what is left out, without the wording of the reason
    // a side that declares none agrees with an earlier version, which could not
    ...(types.length === 0 ? {} : { 'optOuts.types': types.map(({ name, scope }) => ({ name, scope })) }),
    ...(order.length === 0 ? {} : { 'optOuts.order': order }),
    ...(exempt.length === 0 ? {} : { 'optOuts.exempt': exempted(exempt) }),
    'optOuts.waived': waivers.map(({ what }) => what).toSorted(),
    // in one order: the tables are in that of the sources, which may be another for whoever links
    'optOuts.codes': codes.toSorted((a, b) => (a.table < b.table ? -1 : 1)),
    ...named('optOuts', otherOptOuts),
    'link.ignorePostcodes': link.ignorePostcodes !== null,
    'link.ignoreBusiestPostcodes': link.ignoreBusiestPostcodes,
    'link.supersededNumbers': link.supersededNumbers !== null,
    ...Object.fromEntries(
      sources.flatMap((source) => [
        [`sources.${source.name}`, sourceOf(source)],
        ...(withoutTypeOne.includes(source.name) ? [[`sources.${source.name}.typeOne`, true]] : []),
      ]),
    ),
  };
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, digestText(textOf(value)).slice(0, DIGITS)]),
  );
}

/** The names of the settings in which two sides differ, sorted. A setting that only one side has is a difference. */
export function differingSettings(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => a[name] !== b[name]).sort();
}

/** Whether there is a list decides who is released. Where it is and how old it may be is up to each side. */
function listOf(list: OptOutList | null): unknown {
  if (list === null) return null;
  const { file: _file, shownAs: _shown, maxAgeDays: _age, asOf: _date, allowEmpty: _empty, ...others } = list;
  return others;
}

/** What is switched off and on which basis, in one order and without the wording of the reason. */
function exempted(exempt: readonly Exemption[]): unknown {
  return exempt.map(({ type, basis }) => `${type}: ${basis}`).toSorted();
}

/** What the lines of a declared list mean. How its file is written is up to each side. */
function declaredListOf({ layout, ...list }: DeclaredList): unknown {
  const { format: _format, names: _names, date, ...meaning } = layout;
  return { ...(listOf(list as OptOutList) as object), ...meaning, isDated: date !== null };
}

function byName(a: DeclaredList, b: DeclaredList): number {
  return a.name < b.name ? -1 : 1;
}

function bySource(a: { readonly source: string }, b: { readonly source: string }): number {
  return a.source < b.source ? -1 : 1;
}

function sourceOf({
  quarantineMax: _max,
  description: _description,
  patients,
  addresses,
  tables,
  ...others
}: SourceSpec): unknown {
  return { ...others, tables: [patients, addresses, ...tables].map((table) => table && tableOf(table)) };
}

function tableOf({
  files: _files,
  format: _format,
  allowEmpty: _empty,
  columns,
  ...others
}: TableSpec): unknown {
  return { ...others, columns: columns.map(({ description: _, ...column }) => column) };
}

function named(prefix: string, settings: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${prefix}.${key}`, value]));
}

/** Keys are sorted, and paths of this machine are left out. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one === 'string' && one.length > 1 && isAbsolute(one)) return 'a path';
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

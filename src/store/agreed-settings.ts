import { isAbsolute } from 'node:path';
import type { OptOutList, Pipeline, SourceSpec, TableSpec } from '../pipeline/pipeline.ts';
import { digestText } from '../write/digest-text.ts';

/** Enough of a digest to tell two settings apart: nobody gains by making two of them alike. */
const DIGITS = 16;

/**
 * The settings that act above the identity boundary, or on both sides of it: a digest by the name that they have in the
 * pipeline file. A provider writes them to its store, and whoever links compares them with its own pipeline file, so that
 * neither takes for granted what the other did not do.
 *
 * What only one side needs is left out: where files are and how they are delimited, how old a list may be, the ladder, the
 * release. Any setting of `optOuts`, of a source or of a table that is not named here as such is compared.
 */
export function agreedSettings({
  synthetic,
  sources,
  optOuts,
  link,
}: Pipeline): Readonly<Record<string, string>> {
  // `elsewhere` follows from the columns of the tables and from what is waived
  const {
    register,
    national,
    waivers,
    withoutTypeOne,
    elsewhere: _elsewhere,
    untied: _untied,
    ...otherOptOuts
  } = optOuts;
  const settings: Record<string, unknown> = {
    synthetic,
    'optOuts.register': listOf(register),
    'optOuts.national': listOf(national),
    // what is left out, and not the words of the reason
    'optOuts.waived': waivers.map(({ what }) => what),
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

/** The names of settings in which two sides differ, sorted; one that only one of them has is among them. */
export function differingSettings(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => a[name] !== b[name]).sort();
}

/** That there is a list decides who is released; where it is and how old it may be is each side's own. */
function listOf(list: OptOutList | null): unknown {
  if (list === null) return null;
  const { file: _file, shownAs: _shown, maxAgeDays: _age, asOf: _date, allowEmpty: _empty, ...others } = list;
  return others;
}

function sourceOf({ quarantineMax: _max, patients, addresses, tables, ...others }: SourceSpec): unknown {
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

/** Keys in one order, and no path of this machine. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one === 'string' && one.length > 1 && isAbsolute(one)) return 'a path';
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

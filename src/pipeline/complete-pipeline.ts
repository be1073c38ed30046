import { dirname, resolve } from 'node:path';
import type { Complain } from './complain.ts';
import { completeExpect } from './complete-expect.ts';
import { completeImplausible } from './complete-implausible.ts';
import { completeLink } from './complete-link.ts';
import { completeOptOuts } from './complete-opt-outs.ts';
import { completeRelease } from './complete-release.ts';
import { completeTable } from './complete-table.ts';
import { looksLikeKey } from './describe-issue.ts';
import type { Path } from './locate.ts';
import { completeTypes } from './opt-out-types.ts';
import type { Pipeline, SourceSpec, TableSpec } from './pipeline.ts';
import { type PipelineFile, shareOf } from './schema.ts';

/** The folder in which relative paths start, the text of the file, and the run date for defaults. */
export interface CompletionContext {
  readonly file: string;
  readonly text: string;
  readonly runDate: string;
}

/** One row in a thousand may be quarantined before the run stops. */
const DEFAULT_QUARANTINE_MAX = 0.001;

/** Fills in every default, and checks what a schema cannot: that the parts of the file are consistent. */
export function completePipeline(
  file: PipelineFile,
  context: CompletionContext,
  complain: Complain,
): Pipeline {
  const folder = dirname(context.file);
  const absolute = (path: string) => resolve(folder, path);
  const types = completeTypes(file.optOuts, complain);
  const { reasons } = types;
  const sources = Object.entries(file.sources).map(([name, body]): SourceSpec => {
    const path = ['sources', name];
    const common = {
      source: name,
      setting: body.setting,
      format: body.format,
      expect: body.expect,
      folder,
      reasons,
    };
    const patients =
      body.patients === undefined
        ? null
        : completeTable(
            { ...common, name: `${name}_patients`, kind: 'patients', split: true },
            body.patients,
            [...path, 'patients'],
            complain,
          );
    const addresses =
      body.addresses === undefined
        ? null
        : completeTable(
            { ...common, name: `${name}_addresses`, kind: 'addresses', split: true },
            body.addresses,
            [...path, 'addresses'],
            complain,
          );
    if (addresses !== null) checkAddresses(patients, [...path, 'addresses'], complain);
    const tables = Object.entries(body.tables ?? {}).map(([table, tableBody]) =>
      completeTable(
        { ...common, name: table, kind: 'records', split: patients !== null },
        tableBody,
        [...path, 'tables', table],
        complain,
      ),
    );
    if (patients === null && tables.length === 0) {
      complain(path, `the source ${name} has neither patients nor tables`, undefined, true);
    }
    checkParents(tables, [...path, 'tables'], complain);
    return {
      name,
      setting: body.setting,
      description: body.description ?? null,
      quarantineMax: body.quarantine === undefined ? DEFAULT_QUARANTINE_MAX : shareOf(body.quarantine.max),
      patients,
      addresses,
      tables,
    };
  });
  if (sources.length === 0) complain(['sources'], 'no source is declared');
  checkNames(sources, complain);

  const pipeline: Pipeline = {
    file: context.file,
    text: context.text,
    name: file.name,
    synthetic: file.synthetic ?? false,
    keys: {
      linkage: absolute(file.keys.linkage.file),
      release: absolute(file.keys.release.file),
      storeKeyId: file.keys.linkage.storeKeyId ?? null,
    },
    sources,
    optOuts: completeOptOuts(file, types, sources, absolute, complain),
    expect: completeExpect(file.expect, file.optOuts.maxFall, sources, complain),
    link: {
      ...completeLink(file, absolute, complain),
      implausible: completeImplausible(file.link, sources, complain),
    },
    release: {
      agreement: file.release.agreement,
      recipient: null,
      persons: [],
      tables: [],
      linkageWeights: false,
      sensitiveCodes: null,
    },
    canaries: file.canaries === undefined ? null : absolute(file.canaries),
  };
  for (const purpose of ['linkage', 'release'] as const) {
    if (!looksLikeKey(file.keys[purpose].file)) continue;
    complain(
      ['keys', purpose, 'file'],
      'this looks like a key, not like the path of a key file (it is not shown here)',
      'a pipeline file or a variable must never hold a key: make a new key file with `tallystick keygen`, because this key has been exposed',
    );
  }
  if (pipeline.keys.linkage === pipeline.keys.release) {
    complain(
      ['keys', 'release', 'file'],
      'the release key is the linkage key',
      'make a second key with `tallystick keygen`: the linker must not need the linkage key',
    );
  }
  return { ...pipeline, release: completeRelease(file.release, pipeline, context.runDate, folder, complain) };
}

function checkNames(sources: readonly SourceSpec[], complain: Complain): void {
  const seen = new Set<string>(['persons']);
  for (const source of sources) {
    for (const table of [source.patients ?? [], source.addresses ?? [], source.tables].flat()) {
      if (seen.has(table.name)) {
        const path = ['sources', source.name, 'tables', table.name];
        complain(
          path,
          `there is already a table called ${table.name}`,
          'table names are unique over all sources',
          true,
        );
      }
      seen.add(table.name);
    }
  }
}

/** An earlier postcode forms a tuple only with the sex and birth date in the patients table. */
function checkAddresses(patients: TableSpec | null, path: Path, complain: Complain): void {
  const has = (role: string) => patients?.columns.some((column) => column.role === role) ?? false;
  if (has('sex') && has('date-of-birth')) return;
  complain(
    path,
    'addresses need a patients table in this source, with sex and date-of-birth',
    'a postcode alone links nobody',
    true,
  );
}

/** Each parent-key must point at a table of the same source that has a record-id, and the chain must end. */
function checkParents(tables: readonly TableSpec[], path: Path, complain: Complain): void {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const parentOf = (table: TableSpec) => table.columns.find((column) => column.role === 'parent-key');
  for (const table of tables) {
    const column = parentOf(table);
    if (column?.references == null) continue;
    const at = [...path, table.name, 'columns', column.name, 'references'];
    const parent = byName.get(column.references);
    if (parent === undefined) {
      complain(at, `there is no table ${column.references} in this source`);
    } else if (!parent.columns.some((one) => one.role === 'record-id')) {
      complain(at, `the table ${parent.name} has no record-id column to point at`);
    } else {
      const walked = new Set([table.name]);
      for (let up: TableSpec | undefined = parent; up !== undefined; ) {
        if (walked.has(up.name)) {
          complain(at, `the tables point at each other in a circle through ${up.name}`);
          break;
        }
        walked.add(up.name);
        const next: string | null | undefined = parentOf(up)?.references;
        up = next == null ? undefined : byName.get(next);
      }
    }
  }
}

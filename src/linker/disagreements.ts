import type { Problem } from '../domain/problem.ts';
import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import { agreedSettings, differingSettings } from '../store/agreed-settings.ts';
import { columnsStored } from '../store/columns-stored.ts';
import type { TokenStore } from '../store/token-store.ts';

/** A store with its folder, as messages name it. */
export interface NamedStore {
  readonly directory: string;
  readonly store: TokenStore;
}

/**
 * Where stores and pipeline file, or two stores, differ in what both sides of the identity boundary must agree on: settings
 * that act above it, the lists that were read there, and what the rows hold. Each is named.
 */
export function disagreements(stores: readonly NamedStore[], pipeline: Pipeline): Problem[] {
  const own = agreedSettings(pipeline);
  const [first] = stores;
  return stores.flatMap(({ directory, store }) => [
    ...differingSettings(store.settings, own).map((setting) => ({
      file: directory,
      message: `was made with another ${setting} than this pipeline file has`,
      wayOut:
        'provider and linker must agree on it: tokenise again with this pipeline file, or link with the provider’s',
    })),
    ...differingSettings(store.lists, first!.store.lists).map((list) => ({
      file: directory,
      message: `was made with another list of ${list} than ${first!.directory}`,
      wayOut: 'every site must read the same list: tokenise again with it',
    })),
    ...missingColumns(directory, store, pipeline),
  ]);
}

function missingColumns(directory: string, { tables }: TokenStore, pipeline: Pipeline): Problem[] {
  return tablesOf(pipeline).flatMap((spec): Problem[] => {
    const stored = tables.find(({ table }) => table === spec.name);
    if (stored === undefined) return [];
    if (stored.source !== spec.source) {
      const message = `holds the table ${spec.name} of ${stored.source}, not of ${spec.source}`;
      return [{ file: directory, message }];
    }
    const missing = columnsStored(spec, pipeline).filter((name) => !stored.columns.includes(name));
    if (missing.length === 0) return [];
    return [
      {
        file: directory,
        message: `holds rows of ${spec.name} without what this pipeline file needs: ${missing.join('; ')}`,
        wayOut:
          'the ladder, link.implausible or the release asks for it: tokenise again with this pipeline file',
      },
    ];
  });
}

import { basename } from 'node:path';
import {
  looksLikeColumnName,
  looksLikeDeliveryLabel,
  looksLikeValue,
  ownWords,
} from '../../domain/known-words.ts';
import { declaredWords, withoutWords } from '../../gates/declared-words.ts';
import { findIdentifier } from '../../gates/identifier-shapes.ts';
import { readCanaries } from '../../gates/leak-scan.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { IsPresentable } from './find-files.ts';

/** Names of columns that a file has and the layout has not: those that may be repeated, and how many more there are. */
export interface UndeclaredColumns {
  readonly columns: readonly string[];
  readonly unnamed: number;
}

/** Decides which names that come with a delivery are repeated: in messages, in the store, in what is published. */
export interface NamePresenter {
  readonly isPresentable: IsPresentable;
  undeclared(names: readonly string[]): UndeclaredColumns;
}

/**
 * A name is repeated if it is made of known words and the leak scan finds nothing in it. Of a header in which anything looks
 * like a cell nothing is repeated: it may have lost its line end, and then its other names may be of the same patient.
 */
export function namePresenter(pipeline: Pipeline): NamePresenter {
  const canaries = readCanaries(pipeline.canaries);
  const tables = pipeline.sources.flatMap(({ patients, addresses, tables }) =>
    [patients, addresses, ...tables].filter((table) => table !== null),
  );
  const own = ownWords([
    pipeline.name,
    ...pipeline.sources.flatMap(({ name, setting }) => [name, setting]),
    ...tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => column.name)]),
  ]);
  const isClean = (name: string) => findIdentifier(name, canaries, null, 'prose') === null;
  const declared = declaredWords(pipeline);
  const isCleanPath = (path: string) =>
    isClean(path) ||
    (findIdentifier(path, canaries, null, 'prose') === 'postcode' && isClean(withoutWords(path, declared)));
  return {
    isPresentable: (shownAs, matched) =>
      // alone as well: what is published of a path is its last part, and a long path is looked at as a hash
      isCleanPath(shownAs) &&
      isCleanPath(basename(shownAs)) &&
      matched.every((part) => looksLikeDeliveryLabel(part, own)),
    undeclared: (names) => {
      const hasValues = names.some((name) => looksLikeValue(name) || !isClean(name));
      const columns = hasValues ? [] : names.filter((name) => looksLikeColumnName(name, own));
      return { columns, unnamed: names.length - columns.length };
    },
  };
}

import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';

/** A word as names have it between blanks, signs and wildcards. */
const WORD = /[0-9A-Za-z]+/g;
/** Characters of a postcode at most, without the blank. */
const LONGEST_POSTCODE = 7;

/**
 * Words of the names that a pipeline file itself gives: patterns of files, sources, tables, columns. Only those that are longer than a
 * postcode: `CYP101Referral` is the national standard's own name of a table, and YP10 1RE could be a postcode.
 */
export function declaredWords(pipeline: Pipeline): ReadonlySet<string> {
  const names = tablesOf(pipeline).flatMap(({ name, files, columns }) => [
    name,
    ...files.map(({ shownAs }) => shownAs),
    ...columns.map((column) => column.name),
  ]);
  const words = [...pipeline.sources.map(({ name }) => name), ...names].flatMap(
    (name) => name.match(WORD) ?? [],
  );
  return new Set(words.filter((word) => word.length > LONGEST_POSTCODE));
}

/** A text with a blank in place of each of the words. */
export function withoutWords(text: string, words: ReadonlySet<string>): string {
  return words.size === 0 ? text : text.replaceAll(WORD, (word) => (words.has(word) ? ' ' : word));
}

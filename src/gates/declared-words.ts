import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';

/** A word of a name: the text between blanks, signs and wildcards. */
const WORD = /[0-9A-Za-z]+/g;
/** The largest number of characters in a postcode, without the blank. */
const LONGEST_POSTCODE = 7;

/**
 * The words of names in a pipeline file: patterns of files, sources, tables, columns. Only words longer than a
 * postcode: `CYP101Referral` is a table name of the national standard, though YP10 1RE could be a postcode.
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

/** The text with each of these words replaced by a blank. */
export function withoutWords(text: string, words: ReadonlySet<string>): string {
  return words.size === 0 ? text : text.replaceAll(WORD, (word) => (words.has(word) ? ' ' : word));
}

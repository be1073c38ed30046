/**
 * How hard a text is to read: the grade of Flesch and Kincaid, 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid, Fishburne, Rogers and
 * Chissom, "Derivation of new readability formulas for Navy enlisted personnel", 1975). A grade is a school year
 * in the United States; its reading age is five years more. Patients' leaflets should have a reading age of 11 to 12, which is at most
 * grade 7.
 */
export interface Readability {
  readonly sentences: number;
  readonly words: number;
  readonly syllables: number;
  readonly grade: number;
  /** grade + 5, in years */
  readonly readingAge: number;
}

/** The highest grade of a page for patients: a reading age of 12. */
export const HIGHEST_GRADE = 7;

/** Elements whose end is the end of a line. */
const BLOCK_ENDS = /<\/(?:p|li|h[1-6]|dt|dd|td|th|caption|title|summary)\s*>|<br\s*\/?>/gi;

/** The readability of an HTML page: of its title and of the text of its body. */
export function readabilityOf(html: string): Readability {
  return readabilityOfText(textOf(html));
}

/** The text of a page, each block as a line. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?-->/g, ' ')
    .replaceAll(/<style[\s\S]*?<\/style\s*>/gi, ' ')
    .replaceAll(BLOCK_ENDS, '\n')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** The readability of plain text. Text without a word is of grade 0. */
export function readabilityOfText(text: string): Readability {
  const sentences = text
    .replaceAll(/(?<=\d)[.,](?=\d)/g, '')
    // an address of the web is one word, whatever its points
    .replaceAll(/\b[\w-]+(?:\.[\w-]+)+\b/g, (address) => address.replaceAll('.', ''))
    .split('\n')
    .filter(isProse)
    .flatMap((line) => line.split(/[.!?]+/))
    .map(wordsOf)
    .filter((words) => words.length > 0);
  const words = sentences.flat();
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0);
  if (words.length === 0) return { sentences: 0, words: 0, syllables: 0, grade: 0, readingAge: 5 };
  const grade = (0.39 * words.length) / sentences.length + (11.8 * syllables) / words.length - 15.59;
  return { sentences: sentences.length, words: words.length, syllables, grade, readingAge: grade + 5 };
}

/** A short line without a full stop is a heading or an item of a list: counted as a sentence, it would make a page look easier. */
function isProse(line: string): boolean {
  return /[.!?:]\s*$/.test(line) || wordsOf(line).length > LONGEST_HEADING;
}

function wordsOf(sentence: string): string[] {
  return sentence.match(/[A-Za-z0-9]+(?:['’][A-Za-z]+)?/g) ?? [];
}

const LONGEST_HEADING = 12;

/** Groups of vowels that are spoken as two syllables, as in "period" and "client"; but not in "special", "nation" and "opinion". */
const TWO_VOWELS =
  /(?<![cgqstnl])i[aou]|(?<![cgqst])ie(?=nt)|(?<=sc)ie(?=nc)|(?<=cr)ea(?=t)|(?<=id|ar)ea\b|eo(?=g)|ua(?=l|te)|[aeoiu]ing\b/g;
/** A final e is silent, but in "-le" after a consonant ("table") and where it is the only vowel ("the"). */
const SILENT_E = /(?:[^laeiouy]|[aeiouy]l)e$/;
/** The e of "-es" and "-ed" is silent, but after sounds that need it: "houses", "ended". */
const SILENT_ES = /[^csxzgaeiouy]es$|(?:[^sc]h)es$/;
const SILENT_ED = /[^tdaeiouy]ed$/;
/** The e before these endings is silent: "safely", "movement", "careful", "useless". */
const SILENT_INSIDE = /[^aeiouyl]e(?=(?:ly|ment|ments|ful|less|ness)$)/;

/**
 * The syllables of an English word: its groups of vowels, less those that are silent, and more those that are spoken as two. Rules cannot be right
 * for every word; tests compare them with a list of words whose syllables are known. A number or an abbreviation without
 * a vowel counts as it is read out, letter by letter.
 */
export function syllablesOf(word: string): number {
  const plain = word.toLowerCase().replaceAll(/['’](?:s|t|re|ve|ll|d|m)?$/g, '');
  if (/^\d+$/.test(plain)) return Math.max(1, plain.length);
  if (!/[aeiouy]/.test(plain)) return Math.max(1, plain.length);
  const groups = plain.match(/[aeiouy]+/g)!.length;
  const more = plain.match(TWO_VOWELS)?.length ?? 0;
  const silent =
    (SILENT_E.test(plain) ? 1 : 0) +
    (SILENT_ES.test(plain) || SILENT_ED.test(plain) ? 1 : 0) +
    (SILENT_INSIDE.test(plain) ? 1 : 0);
  return Math.max(1, groups + more - silent);
}

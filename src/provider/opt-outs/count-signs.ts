import type { NhsNumber } from '../../domain/nhs-number.ts';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import type { ColumnSpec, Pipeline } from '../../pipeline/pipeline.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { KeyColumn } from '../extract/key-column.ts';
import { indexesOf } from '../extract/locate-faults.ts';
import { RowReader } from '../extract/row-reader.ts';
import { INLINE_BYTES, mixedText, setLong, TEXT_WORDS } from '../extract/row-vector.ts';
import { TextPayloadColumn } from '../extract/text-column.ts';
import { NhsNumberColumn } from '../standardise/identifier-columns.ts';
import { TokenSet } from '../tokenise/token-set.ts';
import type { PracticeSigns } from './judge-silence.ts';
import type { KeptSigns } from './kept-signs.ts';

/** By whom people with a sign of an opt-out are known, and those of them with one of type 1. */
export interface Signs {
  readonly by: 'patient-key' | 'nhs-number';
  readonly any: ReadonlySet<string>;
  readonly typeOne: ReadonlySet<string>;
  /** likewise of the kept register, where people are known by NHS number; null where none is kept */
  readonly kept: KeptSigns | null;
}

/** People of a practice, by the text of its cell; null for an empty cell. */
export interface NamedPractice extends PracticeSigns {
  readonly practice: string | null;
}

/** The column by which people are known, in the arrays of a vector. */
interface People {
  readonly reader: KeyColumn | NhsNumberColumn;
  /** four words that are different for different persons; null of a row without one */
  identify(row: number): readonly [number, number, number, number] | null;
}

/** People of one practice while they are counted; of a flat table the rows of one person count once. */
class Counted implements PracticeSigns {
  people = 0;
  signs = 0;
  typeOne = 0;
  readonly met = new TokenSet();
}

/**
 * People of a table of patients, or of a flat one, and how many of them have a sign of an opt-out, by practice. Of a flat table the
 * file with the most people counts, for others may be about the same; of patients all files together.
 *
 * @param practice the column that names the practice; null takes all together
 */
export async function countSigns(
  pipeline: Pipeline,
  { table, files }: TableInputs,
  signs: Signs,
  practice: ColumnSpec | null,
  signal: AbortSignal,
): Promise<NamedPractice[]> {
  const scanner = new ColumnScanner();
  const column = table.columns.find(({ role }) => role === signs.by)!;
  const people = signs.by === 'patient-key' ? byKey(column) : byNumber(column, pipeline);
  const practices = practice === null ? null : new TextPayloadColumn(practice, 0, null, table.name);
  const reader = new RowReader(scanner, [people.reader, ...(practices === null ? [] : [practices])]);
  const [any, typeOne] = [new Sought(signs.by, signs.any), new Sought(signs.by, signs.typeOne)];
  const totals = new Map<string, PracticeSigns>();
  try {
    for (const { file, header } of files) {
      const counted = new Map<string, Counted>();
      const take = (rows: number) => {
        for (let row = 0; row < rows; row += 1) {
          const isNamed = practices !== null && practices.isPresent[row] === 1;
          const name = isNamed ? practices.texts[practices.values[row]!]! : '';
          const one = counted.get(name) ?? new Counted();
          counted.set(name, one);
          const person = people.identify(row);
          if (table.kind === 'patients') one.people += 1;
          else if (person !== null) one.met.add(...person);
          if (person === null) continue;
          const number = signs.kept === null ? null : numberOf(person);
          if (any.has(people, person, row) || (number !== null && signs.kept!.isAny(number))) one.signs += 1;
          if (typeOne.has(people, person, row) || (number !== null && signs.kept!.isTypeOne(number)))
            one.typeOne += 1;
        }
      };
      const indexes = indexesOf([column, ...(practice === null ? [] : [practice])], header);
      await reader.readFile(file, { format: table.format, header, read: indexes }, take, signal);
      for (const [name, one] of counted) {
        const before = totals.get(name) ?? { people: 0, signs: 0, typeOne: 0 };
        totals.set(name, {
          people:
            table.kind === 'patients' ? before.people + one.people : Math.max(before.people, one.met.size),
          signs: before.signs + one.signs,
          typeOne: before.typeOne + one.typeOne,
        });
      }
    }
  } finally {
    scanner.clear();
  }
  return [...totals].map(([name, one]) => ({ practice: name === '' ? null : name, ...one }));
}

function byKey(column: ColumnSpec): People {
  const reader = new KeyColumn(column, null, null);
  const { words } = reader;
  return {
    reader,
    identify: (row) => {
      const word = row * TEXT_WORDS;
      return words[word] === 0 ? null : keyWords(words, word);
    },
  };
}

function byNumber(column: ColumnSpec, pipeline: Pipeline): People {
  const reader = new NhsNumberColumn(column, pipeline);
  const { values } = reader;
  return {
    reader,
    identify: (row) => {
      const [low, high] = [values[row * 2]!, values[row * 2 + 1]!];
      return low === 0 && high === 0 ? null : [low, high, 0, 0];
    },
  };
}

/** The NHS number of a person who is known by it (`byNumber`). */
function numberOf([low, high]: readonly [number, number, number, number]): NhsNumber {
  return String(high * 2 ** 32 + low).padStart(10, '0') as NhsNumber;
}

/** Keys or numbers that are looked for. */
class Sought {
  readonly #short = new TokenSet();
  readonly #long = new Set<string>();

  constructor(by: Signs['by'], texts: ReadonlySet<string>) {
    for (const text of texts) {
      if (by === 'nhs-number') {
        const words = new Uint32Array(TEXT_WORDS);
        setLong(words, 0, Number(text));
        this.#short.add(words[0]!, words[1]!, 0, 0);
        continue;
      }
      const bytes = Buffer.from(text, 'utf8');
      if (bytes.length > INLINE_BYTES) this.#long.add(text);
      else {
        const words = new Uint32Array(TEXT_WORDS);
        words[0] = bytes.length;
        new Uint8Array(words.buffer).set(bytes, 4);
        this.#short.add(...keyWords(words, 0));
      }
    }
  }

  has({ reader }: People, person: readonly [number, number, number, number], row: number): boolean {
    if (reader instanceof KeyColumn && reader.words[row * TEXT_WORDS]! > INLINE_BYTES) {
      return this.#long.size > 0 && this.#long.has(Buffer.from(reader.longText(row)).toString('utf8'));
    }
    return this.#short.has(...person);
  }
}

/** A short text as four words, of which the first is spread evenly, as a set of tokens expects it. */
function keyWords(words: Uint32Array, word: number): [number, number, number, number] {
  return [mixedText(words, word) >>> 0, words[word + 1]!, words[word + 2]!, words[word + 3]!];
}

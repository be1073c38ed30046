import { join } from 'node:path';
import { bug } from '../../domain/problem.ts';
import { ROW_FLAG } from '../../domain/row-flag.ts';
import { type Pipeline, subjectTablesOf } from '../../pipeline/pipeline.ts';
import { longWords } from '../../store/long-words.ts';
import type { PartColumn } from '../../store/part-columns.ts';
import { PartReader } from '../../store/part-reader.ts';
import { PartWriter, type WrittenPart } from '../../store/part-writer.ts';
import { subjectColumns, subjectsPart } from '../../store/subject-columns.ts';
import { comparedColumn, type TokenPlan } from '../../store/token-plan.ts';
import type { TokenWords } from '../../store/token-text.ts';
import { VECTOR_ROWS } from '../extract/row-vector.ts';
import { flagColumn, halfColumn, RowGatherer, tokenColumns, type VectorColumn } from './row-gatherer.ts';
import { SubjectNumbers, type SubjectTokens } from './subject-numbers.ts';
import type { TableTokeniser } from './table-tokeniser.ts';
import type { TokenColumn } from './token-column.ts';

/** Flags of a subject that are stored, by their columns. */
const FLAGS = { first_of_january: ROW_FLAG.firstOfJanuary, ignored_postcode: ROW_FLAG.ignoredPostcode };

/** The columns of the rows of one table from which its new subjects are stored. */
interface SubjectRows {
  readonly tokens: TokenColumn;
  /** a byte a row, of ROW_FLAG */
  readonly flags: Uint8Array;
  /** its rows have what links a subject */
  readonly links: boolean;
  readonly gatherer: RowGatherer;
}

/**
 * Numbers the subjects of one source, over all its tables, and stores each of them once: its token, and what links it. Subjects of rows that stay
 * above the boundary have no number, and nothing of them is stored.
 *
 * What links a subject is taken from the first row that names it: in a flat table each row of a subject has the same values, for that is what its
 * token is made of, and a patients table is read before the tables that point at it.
 */
export class SourceSubjects implements SubjectTokens {
  readonly source: string;
  readonly #numbers: SubjectNumbers;
  readonly #path: string;
  readonly #writer: PartWriter;
  readonly #columns: readonly PartColumn[];
  readonly #linkingTables: ReadonlySet<string>;
  readonly #flagValues = Object.keys(FLAGS).map((name) => [name, new Uint8Array(VECTOR_ROWS)] as const);
  readonly #fresh = new Uint16Array(VECTOR_ROWS);
  #rows: SubjectRows | null = null;
  #isOpen = true;

  private constructor(source: string, pipeline: Pipeline, path: string, writer: PartWriter) {
    this.source = source;
    this.#numbers = new SubjectNumbers(source);
    this.#path = path;
    this.#writer = writer;
    this.#columns = subjectColumns(source, pipeline);
    const linking = subjectTablesOf(pipeline).filter((table) => table.source === source);
    this.#linkingTables = new Set(linking.map(({ name }) => name));
  }

  /** @throws WriteError where its file cannot be made */
  static async open(source: string, pipeline: Pipeline, storeDirectory: string): Promise<SourceSubjects> {
    const path = join(storeDirectory, subjectsPart(source));
    return new SourceSubjects(
      source,
      pipeline,
      path,
      await PartWriter.open(path, subjectColumns(source, pipeline)),
    );
  }

  /** Begins a table, whose rows come next. */
  begin(plan: TokenPlan, tokeniser: TableTokeniser): void {
    const { table } = plan;
    if (table.kind === 'patients' && this.#numbers.size > 0) {
      throw bug(`the patients of ${this.source} are read after rows that point at them`);
    }
    const tokens = tokeniser.tokens.get('subject');
    const links = this.#linkingTables.has(table.name);
    this.#rows =
      tokens === undefined
        ? null
        : {
            tokens,
            flags: tokeniser.flags,
            links,
            gatherer: new RowGatherer(this.#sources(plan, tokeniser, links)),
          };
  }

  /**
   * Numbers the subjects of the first `count` of these rows of a vector, and stores those that are new.
   *
   * @param into the number of each; NO_SUBJECT where it has none
   */
  number(rows: Uint16Array, count: number, into: Int32Array): void {
    if (this.#rows === null) return;
    const { tokens, flags, links, gatherer } = this.#rows;
    const before = this.#numbers.size;
    this.#numbers.numberRows(tokens, rows, count, into);
    const fresh = this.#numbers.size - before;
    if (fresh === 0) return;
    let next = 0;
    for (let i = 0; i < count; i += 1) {
      if (into[i] !== before + next) continue; // new subjects have their numbers in the order of the rows
      const row = rows[i]!;
      if (links && (flags[row]! & ROW_FLAG.first) === 0) {
        throw bug(`the first row of a subject of ${this.source} does not have what links it`);
      }
      this.#fresh[next++] = row;
    }
    for (const [name, values] of this.#flagValues) {
      const flag = FLAGS[name as keyof typeof FLAGS];
      for (let i = 0; i < fresh; i += 1) {
        const row = this.#fresh[i]!;
        values[row] = links && (flags[row]! & flag) !== 0 ? 1 : 0;
      }
    }
    this.#writer.append(gatherer.gather(this.#fresh, fresh, false));
  }

  tokenOf(number: number): TokenWords {
    return this.#numbers.tokenOf(number);
  }

  copyToken(number: number, words: Int32Array, index: number): void {
    this.#numbers.copyToken(number, words, index);
  }

  /**
   * Completes the part, and reads it back: the subject on each row must be the one that has its number.
   *
   * @throws a bug where it is not
   */
  async finish(): Promise<WrittenPart> {
    const written = await this.#writer.close(new Map());
    this.#isOpen = false;
    if (written.rows !== this.#numbers.size) {
      throw bug(`${this.source} has ${this.#numbers.size} subjects, and ${written.rows} are stored`);
    }
    this.#checkStored();
    return written;
  }

  /** Removes a part that is not complete, and overwrites the tokens. */
  async close(): Promise<void> {
    if (this.#isOpen) await this.#writer.abort();
    this.#isOpen = false;
    this.#numbers.clear();
  }

  /** The map gives a token one number, so that no two rows have the same token either. */
  #checkStored(): void {
    const part = PartReader.open(this.#path);
    try {
      const rows = Uint16Array.from({ length: VECTOR_ROWS }, (_, row) => row);
      const validity = new Uint8Array(VECTOR_ROWS / 8).fill(0xff);
      const numbers = new Int32Array(VECTOR_ROWS);
      let expected = 0;
      for (let batch = 0; batch < part.batches; batch += 1) {
        const [a, b] = ['subject_a', 'subject_b'].map((name) => longWords(part.read(batch, name).values));
        for (let from = 0; from < part.rowsOf(batch); from += VECTOR_ROWS) {
          const count = Math.min(VECTOR_ROWS, part.rowsOf(batch) - from);
          const [aWords, bWords] = [a!.subarray(from * 2), b!.subarray(from * 2)];
          this.#numbers.numberRows({ aWords, bWords, validity }, rows, count, numbers);
          for (let row = 0; row < count; row += 1, expected += 1) {
            if (numbers[row] !== expected)
              throw bug(`a subject of ${this.source} is stored under another number`);
          }
        }
      }
    } finally {
      part.close();
    }
  }

  #sources({ linking }: TokenPlan, tokeniser: TableTokeniser, links: boolean): VectorColumn[] {
    const { tokens, comparedFields } = tokeniser;
    const none = new Uint32Array(VECTOR_ROWS * 2);
    const noneValid = new Uint8Array(VECTOR_ROWS / 8);
    const empty = (name: string) => halfColumn(name, none, noneValid);
    const made = new Map<string, VectorColumn>();
    const add = (columns: readonly VectorColumn[]) => {
      for (const column of columns) made.set(column.name, column);
    };
    add(tokenColumns('subject', tokens.get('subject')!));
    if (links) {
      add(tokenColumns('nhs', tokens.get('nhs')!));
      add(tokenColumns('tuple', tokens.get('tuple')!));
      add(
        linking.comparedFields.map((field, index) => {
          const { words, validity } = comparedFields[index]!;
          return halfColumn(comparedColumn(field), words, validity);
        }),
      );
    }
    const isOrphan = new Uint8Array(VECTOR_ROWS).fill(links ? 0 : 1);
    add([
      flagColumn('is_orphan', isOrphan),
      ...this.#flagValues.map(([name, values]) => flagColumn(name, values)),
    ]);
    return this.#columns.map(({ name }) => made.get(name) ?? empty(name));
  }
}

import { payloadType } from '../../domain/role.ts';
import { ROW_FLAG } from '../../domain/row-flag.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { PartColumn, PartType } from '../../store/part-columns.ts';
import type { PartWriter } from '../../store/part-writer.ts';
import { storedColumns } from '../../store/stored-columns.ts';
import { SUBJECT_NUMBER } from '../../store/subject-columns.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import { type HashedVector, VECTOR_ROWS } from '../extract/row-vector.ts';
import type { TableColumns } from '../extract/table-columns.ts';
import { TextPayloadColumn } from '../extract/text-column.ts';
import { type BirthFactColumn, birthFactColumns } from '../standardise/birth-facts.ts';
import { flagColumn, RowGatherer, tokenColumns, type VectorColumn } from './row-gatherer.ts';
import type { SourceSubjects } from './source-subjects.ts';
import { type CountedText, StoredTexts } from './stored-texts.ts';
import type { TableTokeniser } from './table-tokeniser.ts';

/** A table's rows with their tokens, and where their subjects are numbered. */
export interface TokenisedRows {
  readonly tokeniser: TableTokeniser;
  readonly subjects: SourceSubjects;
}

/**
 * What is stored of one table's rows: the numbers of their subjects, tokens, facts of birth and payload, and nothing else. What links a subject is
 * stored once a subject (`source-subjects.ts`).
 */
export class StoredRows {
  readonly columns: readonly PartColumn[];
  readonly #gatherer: RowGatherer;
  readonly #subjects: SourceSubjects;
  /** by stored row of the vector, the number of its subject */
  readonly #numbers = new Int32Array(VECTOR_ROWS);
  /** stored text columns, and code columns of which only the spelling is looked at */
  readonly #texts: ReadonlyMap<string, StoredTexts>;
  readonly #flags: Uint8Array;
  readonly #flagColumns: readonly {
    readonly name: string;
    readonly flag: number;
    readonly values: Uint8Array;
  }[];
  readonly #facts: readonly {
    readonly fact: BirthFactColumn;
    readonly values: Int8Array | Int16Array;
    readonly present: Uint8Array;
  }[];
  readonly #kept = new Uint16Array(VECTOR_ROWS);
  #writer: PartWriter | null = null;

  constructor(
    plan: TokenPlan,
    pipeline: Pipeline,
    columns: TableColumns,
    { tokeniser, subjects }: TokenisedRows,
  ) {
    const stored = storedColumns(plan.table, pipeline);
    this.#subjects = subjects;
    subjects.begin(plan, tokeniser);
    this.#flags = tokeniser.flags;
    this.#flagColumns = flagsOf(plan).map((one) => ({ ...one, values: new Uint8Array(VECTOR_ROWS) }));
    const hasFacts = plan.hasDemographics && plan.table.kind !== 'addresses';
    this.#facts = (hasFacts ? birthFactColumns(pipeline) : []).map((fact) => ({
      fact,
      values: fact.type === 'int8' ? new Int8Array(VECTOR_ROWS) : new Int16Array(VECTOR_ROWS),
      present: new Uint8Array(VECTOR_ROWS),
    }));
    const lookedAt = plan.table.columns.filter(({ codeShape }) => codeShape !== null);
    this.#texts = new Map(
      [...stored, ...lookedAt].flatMap(({ name }): [string, StoredTexts][] => {
        const column = columns.payload(name);
        return column instanceof TextPayloadColumn ? [[name, new StoredTexts(column)]] : [];
      }),
    );
    const sources = [
      ...tokensStored(plan, tokeniser, this.#numbers),
      ...this.#flagColumns.map(({ name, values }) => flagColumn(name, values)),
      ...this.#facts.map(
        ({ fact: { name, type }, values, present }): VectorColumn => ({
          name,
          type,
          values,
          width: 1,
          present: { bytes: present },
        }),
      ),
      ...stored.map(({ name, role }): VectorColumn => {
        const { values, isPresent } = columns.payload(name);
        const type = TYPES[payloadType(role) as keyof typeof TYPES];
        const width = type === 'int64' || type === 'timestamp' ? 2 : 1;
        const texts = this.#texts.get(name);
        const source: VectorColumn = { name, type, values, width, present: { bytes: isPresent } };
        return texts === undefined ? source : { ...source, values: texts.values, isGathered: true };
      }),
    ];
    this.columns = sources.map(({ name, type }) => ({ name, type }));
    this.#gatherer = new RowGatherer(sources);
  }

  /** Begins a part, into which the rows of the next vectors go. */
  begin(writer: PartWriter): void {
    this.#writer = writer;
    for (const texts of this.#texts.values()) texts.begin();
  }

  /** Stores the rows of a vector that cross the boundary. */
  store(vector: HashedVector): void {
    const rows = this.#listKept(vector.rows);
    if (rows === 0) return;
    for (const { flag, values } of this.#flagColumns) {
      for (let row = 0; row < vector.rows; row += 1) values[row] = (this.#flags[row]! & flag) === 0 ? 0 : 1;
    }
    this.#fillFacts(vector);
    for (const texts of this.#texts.values()) texts.take(this.#kept, rows);
    this.#subjects.number(this.#kept, rows, this.#numbers);
    this.#writer!.append(this.#gatherer.gather(this.#kept, rows, rows === vector.rows));
  }

  /** The distinct texts of each stored text column of the part, by code. */
  dictionaries(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#texts].map(([name, { texts }]) => [name, texts]));
  }

  /** The distinct texts of a code column, and how many stored rows have each. */
  countsOf(name: string): readonly CountedText[] {
    return this.#texts.get(name)!.counted();
  }

  #listKept(rows: number): number {
    let count = 0;
    for (let row = 0; row < rows; row += 1) {
      if ((this.#flags[row]! & ROW_FLAG.keep) !== 0) this.#kept[count++] = row;
    }
    return count;
  }

  #fillFacts({ rows, demographics }: HashedVector): void {
    for (const { fact, values, present } of this.#facts) {
      for (let row = 0; row < rows; row += 1) {
        const value = fact.of(demographics!, row);
        values[row] = value ?? 0;
        present[row] = value === null ? 0 : 1;
      }
    }
  }
}

const TYPES = {
  text: 'text',
  integer: 'int64',
  decimal: 'float64',
  date: 'date',
  timestamp: 'timestamp',
} as const satisfies Record<string, PartType>;

/** The tokens that rows have themselves: a flat row its local id, an address its tuple, and records what they point at and are pointed at by. */
const OF_ROWS: ReadonlySet<string> = new Set(['local', 'record', 'parent']);

/** @param numbers of the subjects of stored rows */
function tokensStored({ table }: TokenPlan, { tokens }: TableTokeniser, numbers: Int32Array): VectorColumn[] {
  return [...tokens].flatMap(([token, column]): VectorColumn[] => {
    if (token === 'subject') {
      const present = { bits: column.validity };
      return [{ name: SUBJECT_NUMBER, type: 'int32', values: numbers, isGathered: true, width: 1, present }];
    }
    const isOfRow = OF_ROWS.has(token) || (token === 'tuple' && table.kind === 'addresses');
    return isOfRow ? tokenColumns(token, column) : [];
  });
}

/** Bits of the flags that are stored, each as a column: whether an address makes a tuple of somebody born on 1 January. */
function flagsOf({ table }: TokenPlan): { readonly name: string; readonly flag: number }[] {
  return table.kind === 'addresses' ? [{ name: 'first_of_january', flag: ROW_FLAG.firstOfJanuary }] : [];
}

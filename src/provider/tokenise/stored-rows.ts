import { payloadType } from '../../domain/role.ts';
import { ROW_FLAG } from '../../domain/row-flag.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { PartColumn, PartType, PartValues } from '../../store/part-columns.ts';
import type { PartWriter } from '../../store/part-writer.ts';
import { storedColumns } from '../../store/stored-columns.ts';
import { agreementColumn, type TokenPlan } from '../../store/token-plan.ts';
import { type HashedVector, VECTOR_ROWS } from '../extract/row-vector.ts';
import type { TableColumns } from '../extract/table-columns.ts';
import { TextPayloadColumn } from '../extract/text-column.ts';
import { type BirthFactColumn, birthFactColumns } from '../standardise/birth-facts.ts';
import { type CountedText, StoredTexts } from './stored-texts.ts';
import type { TableTokeniser } from './table-tokeniser.ts';

type Values = Int8Array | Int16Array | Int32Array | Uint32Array | Uint8Array | Float64Array;

/** A column of a vector, of which the rows that cross the boundary are stored. */
interface Source extends PartColumn {
  readonly values: Values;
  /** `values` has an element for each stored row already, and not for each row of the vector */
  readonly isGathered?: true;
  /** elements of `values` a row */
  readonly width: 1 | 2;
  /** which rows of the vector have a value: a bit a row, a byte a row; null where all have */
  readonly present: { readonly bits: Uint8Array } | { readonly bytes: Uint8Array } | null;
}

/**
 * What is stored of one table's rows: tokens, facts of birth and payload, and nothing else. Tokens are null where there is none, and those that link
 * a subject are on its first row alone.
 */
export class StoredRows {
  readonly columns: readonly PartColumn[];
  readonly #sources: readonly Source[];
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
  readonly #gathered: readonly { readonly values: Values; readonly validity: Uint8Array }[];
  #writer: PartWriter | null = null;

  constructor(plan: TokenPlan, pipeline: Pipeline, columns: TableColumns, tokeniser: TableTokeniser) {
    const stored = storedColumns(plan.table, pipeline);
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
    this.#sources = [
      ...tokenSources(plan, tokeniser),
      ...this.#flagColumns.map(
        ({ name, values }): Source => ({ name, type: 'bool', values, width: 1, present: null }),
      ),
      ...this.#facts.map(
        ({ fact: { name, type }, values, present }): Source => ({
          name,
          type,
          values,
          width: 1,
          present: { bytes: present },
        }),
      ),
      ...stored.map(({ name, role }): Source => {
        const { values, isPresent } = columns.payload(name);
        const type = TYPES[payloadType(role) as keyof typeof TYPES];
        const width = type === 'int64' || type === 'timestamp' ? 2 : 1;
        const texts = this.#texts.get(name);
        const source: Source = { name, type, values, width, present: { bytes: isPresent } };
        return texts === undefined ? source : { ...source, values: texts.values, isGathered: true };
      }),
    ];
    this.columns = this.#sources.map(({ name, type }) => ({ name, type }));
    this.#gathered = this.#sources.map(({ values }) => ({
      values: values.slice(),
      validity: new Uint8Array(VECTOR_ROWS / 8),
    }));
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
    const areAll = rows === vector.rows;
    this.#writer!.append({
      rows,
      columns: this.#sources.map((source, index): PartValues => {
        const { values, validity } = this.#gathered[index]!;
        const isNullable = this.#fillValidity(source, validity, rows);
        const isReady = areAll || source.isGathered === true;
        if (!isReady) this.#gather(source, values, rows);
        return { values: isReady ? source.values : values, validity: isNullable ? validity : null };
      }),
    });
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

  /** Sets a bit for each kept row that has a value; returns false if all have one. */
  #fillValidity({ present }: Source, validity: Uint8Array, rows: number): boolean {
    if (present === null) return false;
    validity.fill(0);
    let valid = 0;
    for (let i = 0; i < rows; i += 1) {
      const row = this.#kept[i]!;
      const bit = 'bits' in present ? (present.bits[row >> 3]! >> (row & 7)) & 1 : present.bytes[row]!;
      validity[i >> 3]! |= bit << (i & 7);
      valid += bit;
    }
    return valid < rows;
  }

  #gather({ values, width }: Source, into: Values, rows: number): void {
    for (let i = 0; i < rows; i += 1) {
      const row = this.#kept[i]!;
      if (width === 1) into[i] = values[row]!;
      else {
        into[i * 2] = values[row * 2]!;
        into[i * 2 + 1] = values[row * 2 + 1]!;
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

/** Tokens of a vector's rows, each as two columns of eight bytes; those that are bound to an NHS number have one. */
function tokenSources({ linking }: TokenPlan, tokeniser: TableTokeniser): Source[] {
  const half = (name: string, values: Uint32Array, bits: Uint8Array): Source => ({
    name,
    type: 'int64',
    values,
    width: 2,
    present: { bits },
  });
  return [
    ...[...tokeniser.tokens].flatMap(([token, { aWords, bWords, validity }]) => [
      half(`${token}_a`, aWords, validity),
      half(`${token}_b`, bWords, validity),
    ]),
    ...linking.agreements.map((one, index) => {
      const { words, validity } = tokeniser.agreements[index]!;
      return half(agreementColumn(one), words, validity);
    }),
  ];
}

/** Bits of the flags that are stored, each as a column. */
function flagsOf({
  hasDemographics,
  linking,
}: TokenPlan): { readonly name: string; readonly flag: number }[] {
  if (!hasDemographics) return [];
  return [
    { name: 'is_first', flag: ROW_FLAG.first },
    { name: 'first_of_january', flag: ROW_FLAG.firstOfJanuary },
    ...(linking.hasIgnoredPostcodes ? [{ name: 'ignored_postcode', flag: ROW_FLAG.ignoredPostcode }] : []),
  ];
}

import { optOutCodes } from '../../domain/opt-out-codes.ts';
import { payloadType } from '../../domain/role.ts';
import type { ColumnSpec, Pipeline } from '../../pipeline/pipeline.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import { type IdentifierColumns, identifierColumnsOf } from '../standardise/identifier-columns.ts';
import type { ColumnReader } from './column-reader.ts';
import { KeyColumn } from './key-column.ts';
import { ownerColumnOf } from './owner-column.ts';
import { faultOf } from './payload-value.ts';
import {
  type DemographicRole,
  type Demographics,
  type RowVector,
  TEXT_WORDS,
  type TextColumn,
  VECTOR_ROWS,
} from './row-vector.ts';
import { TextPayloadColumn } from './text-column.ts';
import { type TypedColumn, typedColumnOf } from './typed-columns.ts';
import { CodeForKeyRule, UnexpectedCodeRule } from './unexpected-code-rule.ts';

const IDENTIFIERS: readonly string[] = ['nhs-number', 'date-of-birth', 'sex', 'postcode'];

/** A payload column, in the arrays of a vector. */
export type PayloadColumn = TextPayloadColumn | TypedColumn;

/** The columns of a table that are read, of one vector of rows. */
export class TableColumns {
  readonly readers: readonly ColumnReader[];
  readonly #identifiers: IdentifierColumns;
  readonly #demographics: Demographics | null;
  readonly #outcomes: ReadonlyMap<DemographicRole, Uint8Array>;
  readonly #keys = new Map<string, KeyColumn>();
  readonly #payload = new Map<string, PayloadColumn>();

  constructor({ table, ...plan }: TokenPlan, pipeline: Pipeline, runDate: string) {
    const codes = optOutCodes(pipeline.optOuts.codeOverrides, pipeline.optOuts.lookAlikes);
    const elsewhere = pipeline.optOuts.elsewhere.find((one) => one.table === table.name)?.columns ?? [];
    const isSearched = pipeline.optOuts.codes.some((one) => one.table === table.name);
    const owner = isSearched ? ownerColumnOf(table).name : null;
    this.#identifiers = plan.hasDemographics ? identifierColumnsOf(table.columns, pipeline, runDate) : {};
    for (const name of keyColumnsOf({ table, ...plan })) {
      const index = table.columns.findIndex((one) => one.name === name);
      const column = table.columns[index]!;
      const fault = faultOf(column) === 'missing key' ? index + 1 : null;
      this.#keys.set(name, new KeyColumn(column, fault, name === owner ? new CodeForKeyRule(codes) : null));
    }
    for (const [index, column] of table.columns.entries()) {
      if (!isPayload(column)) continue;
      const unexpected = elsewhere.includes(column.name)
        ? new UnexpectedCodeRule(column.system, codes)
        : null;
      const typed = typedColumnOf(column, index + 1, unexpected);
      const reader = typed ?? new TextPayloadColumn(column, index + 1, unexpected, table.name);
      this.#payload.set(column.name, reader);
    }
    this.readers = [...Object.values(this.#identifiers), ...this.#keys.values(), ...this.#payload.values()];
    this.#demographics = plan.hasDemographics ? demographicsOf(this.#identifiers) : null;
    this.#outcomes = new Map(
      Object.entries(this.#identifiers).map(([role, { outcomes }]) => [role as DemographicRole, outcomes]),
    );
  }

  /** A payload column that is read. */
  payload(name: string): PayloadColumn {
    return this.#payload.get(name)!;
  }

  /** All of them, in the order of the table. */
  get payloads(): readonly PayloadColumn[] {
    return [...this.#payload.values()];
  }

  /** Overwrites the identifiers and keys of the rows that were read last. */
  clear(): void {
    const { nhs, birthDate, sex, postcode } = this.#demographics ?? {};
    for (const values of [nhs, birthDate, sex, postcode]) values?.fill(0);
    for (const column of this.#keys.values()) column.clear();
  }

  /** The rows that were read last. */
  vector(rows: number, faults: Int16Array): RowVector {
    return {
      rows,
      faults,
      demographics: this.#demographics,
      outcomes: this.#outcomes,
      keys: (column) => this.#keys.get(column)! satisfies TextColumn,
    };
  }
}

/** Every column of a table that is read: those whose cells are checked, hashed or standardised, and none that is stripped. */
export function columnsRead(plan: TokenPlan): readonly ColumnSpec[] {
  const keys = keyColumnsOf(plan);
  return plan.table.columns.filter(
    (column) =>
      isPayload(column) ||
      keys.includes(column.name) ||
      (plan.hasDemographics && IDENTIFIERS.includes(column.role)),
  );
}

/** Columns with a type of their own: every payload role but keys. */
function isPayload({ role }: ColumnSpec): boolean {
  const type = payloadType(role);
  return type !== null && type !== 'token';
}

/** The columns whose texts are hashed. A patient key is read wherever there is one, because a row without it cannot be placed. */
function keyColumnsOf({ table, subject, local, record, parent }: TokenPlan): readonly string[] {
  const keyed = [subject.by === 'patient-key' ? subject.key : null, local, record, parent];
  const patientKeys = table.columns.filter(({ role }) => role === 'patient-key').map(({ name }) => name);
  return [...new Set([...patientKeys, ...keyed.flatMap((one) => one?.columns ?? [])])];
}

function demographicsOf(identifiers: IdentifierColumns): Demographics {
  return {
    nhs: identifiers['nhs-number']?.values ?? new Uint32Array(VECTOR_ROWS * 2),
    birthDate: identifiers['date-of-birth']?.values ?? new Int32Array(VECTOR_ROWS),
    sex: identifiers.sex?.values ?? new Int8Array(VECTOR_ROWS),
    postcode: identifiers.postcode?.words ?? new Uint32Array(VECTOR_ROWS * TEXT_WORDS),
  };
}

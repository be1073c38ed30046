import { standardiseNhsNumber } from '../../domain/nhs-number.ts';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Pipeline, SourceSpec, TableSpec } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { dropRejected, withReadablePath } from '../extract/extract-file.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { ownersOfRecordsSql, patientsWithKeysSql } from '../extract/opt-out-owners.ts';
import { ownerColumnOf } from '../extract/owner-column.ts';
import type { EngineFile } from '../extract/read-csv-sql.ts';
import { KeyProbe } from '../tokenise/key-probe.ts';
import type { RecordedEvents } from './recorded-opt-outs.ts';
import type { MatchedOptOuts } from './unmatched.ts';

/** Whose an event is, as a row says: a patient's, by key, or that of somebody with this NHS number (ten digits). */
export type Owner = { readonly patient: string } | { readonly nhsNumber: string };

/** The events of one source, each with whose it is. */
export interface SourceOptOuts extends Omit<MatchedOptOuts, 'source'> {
  readonly source: SourceSpec;
  readonly events: readonly { readonly owner: Owner; readonly event: OptOutEvent }[];
  /** NHS number (ten digits) of each patient key that has events; absent where it has no valid one */
  readonly nhsNumberOf: ReadonlyMap<string, string>;
  /** patient keys with events that a row of the patients table has, which can be parsed */
  readonly patients: ReadonlySet<string>;
}

/** What a patients table says of one patient. */
interface Patient {
  /** ten digits; null without a valid one */
  readonly nhsNumber: string | null;
  /** the file of the row, as it is shown */
  readonly file: string;
}

/** Finds out whose the recorded events of each source are. */
export async function findOwners(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  recorded: readonly RecordedEvents[],
  engine: DuckDbEngine,
  settings: RunSettings,
): Promise<SourceOptOuts[]> {
  const lookUp = new LookUp(pipeline, inputs, engine, settings);
  const sources = [...new Set(recorded.map((one) => one.inputs.source))];
  const result: SourceOptOuts[] = [];
  for (const source of sources) {
    const own = recorded.filter((one) => one.inputs.source === source);
    result.push(await ownersInSource(source, own, lookUp));
  }
  return result;
}

async function ownersInSource(
  source: SourceSpec,
  recorded: readonly RecordedEvents[],
  lookUp: LookUp,
): Promise<SourceOptOuts> {
  const owned: { readonly event: OptOutEvent; readonly owners: readonly Owner[] }[] = [];
  for (const { inputs, events } of recorded) {
    const cells = new Set(events.flatMap(({ owner }) => owner ?? []));
    const ownersOf = await lookUp.ownersBehind(inputs.table, cells);
    for (const { owner, event } of events) owned.push({ event, owners: ownersOf.get(owner ?? '') ?? [] });
  }
  const keys = new Set(
    owned.flatMap(({ owners }) => owners.flatMap((one) => ('patient' in one ? [one.patient] : []))),
  );
  const patients = await lookUp.patientsWith(source, keys);
  const isSomebody = (owner: Owner) => 'nhsNumber' in owner || patients.has(owner.patient);
  const registered = owned.filter(({ event }) => event.kind === 'registered');
  const elsewhere = registered.filter(({ event }) => event.type !== 'type-1');
  const unnumbered = elsewhere
    .map(({ owners }) => owners.flatMap((owner) => withoutNumber(owner, patients)))
    .filter((found) => found.length > 0);
  return {
    source,
    events: owned.flatMap(({ event, owners }) => owners.map((owner) => ({ owner, event }))),
    nhsNumberOf: new Map(
      [...patients].flatMap(([key, { nhsNumber }]): [string, string][] =>
        nhsNumber === null ? [] : [[key, nhsNumber]],
      ),
    ),
    patients: new Set(patients.keys()),
    registrations: registered.length,
    unmatched: registered.filter(({ owners }) => !owners.some(isSomebody)).length,
    actingElsewhere: elsewhere.length,
    unnumbered: unnumbered.length,
    unnumberedIn: [...new Set(unnumbered.flat().map(({ file }) => file))].sort(),
  };
}

/** The owner, if it is a patient whose row is there and has no valid NHS number. */
function withoutNumber(owner: Owner, patients: ReadonlyMap<string, Patient>): Patient[] {
  const patient = 'patient' in owner ? patients.get(owner.patient) : undefined;
  return patient === undefined || patient.nhsNumber !== null ? [] : [patient];
}

/** Looks things up in the files of a run, for few keys at a time. */
class LookUp {
  readonly #pipeline: Pipeline;
  readonly #inputs: readonly TableInputs[];
  readonly #engine: DuckDbEngine;
  readonly #settings: RunSettings;
  /** the engine knows functions by name, and each knows its own keys */
  #probes = 0;

  constructor(
    pipeline: Pipeline,
    inputs: readonly TableInputs[],
    engine: DuckDbEngine,
    settings: RunSettings,
  ) {
    this.#pipeline = pipeline;
    this.#inputs = inputs;
    this.#engine = engine;
    this.#settings = settings;
  }

  /**
   * Whom the rows of a table are of, by what stands in the column that says so: a patient's key, an NHS number, or the id of a record
   * that leads on. An id that stands on several records leads to the owners of all of them.
   */
  async ownersBehind(table: TableSpec, cells: ReadonlySet<string>): Promise<ReadonlyMap<string, Owner[]>> {
    const { role, references } = ownerColumnOf(table);
    if (role === 'patient-key') return new Map([...cells].map((patient) => [patient, [{ patient }]]));
    if (role === 'nhs-number') {
      const settings = { allowTestRange: this.#pipeline.synthetic };
      return new Map(
        [...cells].map((cell) => {
          const { value } = standardiseNhsNumber(cell, settings);
          return [cell, value === null ? [] : [{ nhsNumber: value }]];
        }),
      );
    }
    const parent = this.#inputs.find((one) => one.table.name === references);
    const owners = new Map<string, Owner[]>();
    if (parent === undefined || cells.size === 0) return owners;
    const cellsOf = await this.#parentsOf(parent, cells);
    const behind = await this.ownersBehind(parent.table, new Set([...cellsOf.values()].flat()));
    for (const [record, above] of cellsOf)
      owners.set(
        record,
        above.flatMap((cell) => behind.get(cell) ?? []),
      );
    return owners;
  }

  /** By patient key, what a source's patients table says of those patients that it has. */
  async patientsWith(source: SourceSpec, keys: ReadonlySet<string>): Promise<ReadonlyMap<string, Patient>> {
    const known = new Map<string, Patient>();
    const patients = this.#inputs.find((one) => one.source === source && one.table.kind === 'patients');
    if (patients === undefined) return known;
    await this.#eachRow(
      patients,
      keys,
      'patients with recorded opt-outs',
      patientsWithKeysSql,
      (row, file) => {
        const nhs = row['nhs'];
        const number = nhs === null || nhs === undefined ? null : String(nhs).padStart(10, '0');
        const key = String(row['patient']);
        known.set(key, { nhsNumber: number ?? known.get(key)?.nhsNumber ?? null, file });
      },
    );
    return known;
  }

  /** By id of a record, what stands in the owner's column of the rows with this id. */
  async #parentsOf(parent: TableInputs, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, string[]>> {
    const owners = new Map<string, string[]>();
    const sql = (
      table: TableSpec,
      _: Pipeline,
      ...rest: [readonly string[], EngineFile, typeof duckdbDialect, string]
    ) => ownersOfRecordsSql(table, ...rest);
    await this.#eachRow(parent, ids, 'records with recorded opt-outs', sql, ({ record, owner }) => {
      if (typeof owner === 'string')
        owners.set(String(record), [...(owners.get(String(record)) ?? []), owner]);
    });
    return owners;
  }

  async #eachRow(
    { table, files }: TableInputs,
    keys: ReadonlySet<string>,
    what: string,
    sql: typeof patientsWithKeysSql,
    note: (row: Record<string, unknown>, file: string) => void,
  ): Promise<void> {
    if (keys.size === 0) return;
    this.#probes += 1;
    const probe = new KeyProbe(`knows_owner_${this.#probes}`, keys);
    this.#engine.register(probe);
    for (const { file, header } of files) {
      const about = `looking up ${what} in ${file.shownAs}`;
      const rows = await withReadablePath(file, { table }, this.#settings.privateDirectory, (readable) =>
        this.#engine.query(
          sql(table, this.#pipeline, header.names, readable, duckdbDialect, probe.name),
          about,
        ),
      );
      await dropRejected(this.#engine, about);
      for (const row of rows) note(row, file.shownAs);
    }
  }
}

import { mustReachElsewhere } from '../../domain/held-reason.ts';
import { type NhsNumber, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import type { OptOutType } from '../../domain/opt-out.ts';
import { practiceName } from '../../domain/organisation-code.ts';
import type { ColumnSpec, Pipeline, SourceSpec, TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from '../extract/find-files.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { indexesOf } from '../extract/locate-faults.ts';
import { ownerColumnOf } from '../extract/owner-column.ts';
import { payloadText } from '../extract/payload-value.ts';
import type { ScannedRecord } from '../extract/scanned-record.ts';
import { RecordSearch, type SearchedFile } from '../extract/search-records.ts';
import { appliedReasons } from './held-tokens.ts';
import { practiceColumnOf } from './practice-column.ts';
import type { RecordedEvents } from './recorded-opt-outs.ts';
import { cellsOf, type RecordedEvent } from './recorded-reader.ts';
import { ownerText } from './row-owner.ts';
import type { MatchedOptOuts } from './unmatched.ts';

/** The patient of an event, as its row has it: a patient key, or an NHS number. */
export type Owner = { readonly patient: string } | { readonly nhsNumber: NhsNumber };

/** An event, whose it is, and how the record states it. */
export interface OwnedEvent extends Pick<RecordedEvent, 'event' | 'origin'> {
  readonly owner: Owner;
}

/** The events of one source, each with whose it is. */
export interface SourceOptOuts extends Omit<MatchedOptOuts, 'source'> {
  readonly source: SourceSpec;
  readonly events: readonly OwnedEvent[];
  /** of each patient key that has events; absent where it has no valid one */
  readonly nhsNumberOf: ReadonlyMap<string, NhsNumber>;
  /** of each patient key that has events and a row, the practice (`domain/organisation-code.ts`); empty where no column names it */
  readonly practiceOf: ReadonlyMap<string, string>;
  /** patient keys with events that a row of the patients table has, which can be parsed */
  readonly patients: ReadonlySet<string>;
}

/** The values of one patient in a patients table. */
interface Patient {
  /** null without a valid one */
  readonly nhsNumber: NhsNumber | null;
  /** the file of the row, as it is shown */
  readonly file: string;
  /** null where no column names the practice */
  readonly practice: string | null;
}

/** Whose the recorded events are, and the records that were met on the way in the files that were looked through. */
export interface FoundOwners {
  readonly sources: readonly SourceOptOuts[];
  readonly searched: ReadonlyMap<InputFile, SearchedFile>;
}

/** Finds out whose the recorded events of each source are. */
export async function findOwners(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  recorded: readonly RecordedEvents[],
  signal: AbortSignal,
): Promise<FoundOwners> {
  const lookUp = new LookUp(pipeline, inputs, signal);
  const { reasons, exempt } = pipeline.optOuts;
  const reaching = appliedReasons(reasons, exempt)
    .filter(mustReachElsewhere)
    .map(({ name }) => name);
  const reachesElsewhere = (type: OptOutType) => reaching.includes(type);
  const names = [...new Set(recorded.map((one) => one.inputs.source))];
  const sources: SourceOptOuts[] = [];
  for (const source of names) {
    const own = recorded.filter((one) => one.inputs.source === source);
    sources.push(await ownersInSource(source, own, reachesElsewhere, lookUp));
  }
  return { sources, searched: lookUp.searched };
}

async function ownersInSource(
  source: SourceSpec,
  recorded: readonly RecordedEvents[],
  reachesElsewhere: (type: OptOutType) => boolean,
  lookUp: LookUp,
): Promise<SourceOptOuts> {
  const owned: (Pick<OwnedEvent, 'event' | 'origin'> & { readonly owners: readonly Owner[] })[] = [];
  for (const { inputs, events } of recorded) {
    const cells = new Set(events.flatMap(({ owner }) => owner ?? []));
    const ownersOf = await lookUp.ownersBehind(inputs.table, cells);
    for (const { owner, event, origin } of events) {
      owned.push({ event, origin, owners: ownersOf.get(owner ?? '') ?? [] });
    }
  }
  const keys = new Set(
    owned.flatMap(({ owners }) => owners.flatMap((one) => ('patient' in one ? [one.patient] : []))),
  );
  const patients = await lookUp.patientsWith(source, keys);
  const isSomebody = (owner: Owner) => 'nhsNumber' in owner || patients.has(owner.patient);
  const registered = owned.filter(({ event }) => event.kind === 'registered');
  const elsewhere = registered.filter(({ event }) => reachesElsewhere(event.type));
  const unnumbered = elsewhere
    .map(({ owners }) => owners.flatMap((owner) => withoutNumber(owner, patients)))
    .filter((found) => found.length > 0);
  return {
    source,
    events: owned.flatMap(({ event, origin, owners }) => owners.map((owner) => ({ owner, event, origin }))),
    nhsNumberOf: new Map(
      [...patients].flatMap(([key, { nhsNumber }]): [string, NhsNumber][] =>
        nhsNumber === null ? [] : [[key, nhsNumber]],
      ),
    ),
    practiceOf: new Map(
      [...patients].flatMap(([key, { practice }]): [string, string][] =>
        practice === null ? [] : [[key, practice]],
      ),
    ),
    patients: new Set(patients.keys()),
    registrations: registered.length,
    unmatched: registered.filter(({ owners }) => !owners.some(isSomebody)).length,
    actingElsewhere: elsewhere.length,
    elsewhereWords: elsewhere.every(({ event }) => event.type === 'type-2' || event.type === 'national')
      ? 'type 2 and national opt-outs'
      : 'opt-outs and protections of whole persons',
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
  readonly #signal: AbortSignal;
  /** of each file that was looked through, the records that were met */
  readonly searched = new Map<InputFile, SearchedFile>();

  constructor(pipeline: Pipeline, inputs: readonly TableInputs[], signal: AbortSignal) {
    this.#pipeline = pipeline;
    this.#inputs = inputs;
    this.#signal = signal;
  }

  /**
   * Whom the rows of a table are of, by the cell of the owner column: a patient's key, an NHS number, or the id of a record
   * that leads on. An id of several records leads to the owners of all of them.
   */
  async ownersBehind(table: TableSpec, cells: ReadonlySet<string>): Promise<ReadonlyMap<string, Owner[]>> {
    const { role, references } = ownerColumnOf(table);
    if (role === 'patient-key') return new Map([...cells].map((patient) => [patient, [{ patient }]]));
    if (role === 'nhs-number') {
      return new Map(
        [...cells].map((cell) => {
          const value = this.#nhsNumber(cell);
          return [cell, value === null ? [] : [{ nhsNumber: value }]];
        }),
      );
    }
    const parent = this.#inputs.find((one) => one.table.name === references);
    const owners = new Map<string, Owner[]>();
    if (parent === undefined || cells.size === 0) return owners;
    const parents = await this.#parentsOf(parent, cells);
    const behind = await this.ownersBehind(parent.table, new Set([...parents.values()].flat()));
    for (const [record, above] of parents)
      owners.set(
        record,
        above.flatMap((cell) => behind.get(cell) ?? []),
      );
    return owners;
  }

  /** By patient key, the values of those patients that a source's patients table has. */
  async patientsWith(source: SourceSpec, keys: ReadonlySet<string>): Promise<ReadonlyMap<string, Patient>> {
    const known = new Map<string, Patient>();
    const patients = this.#inputs.find((one) => one.source === source && one.table.kind === 'patients');
    if (patients === undefined) return known;
    const { columns } = patients.table;
    const nhs = columns.find(({ role }) => role === 'nhs-number') ?? null;
    const organisation = practiceColumnOf(patients.table);
    await this.#eachRow(patients, 'patient-key', keys, [nhs, organisation], (key, [cell, code], file) => {
      const number = this.#nhsNumber(cell!);
      const practice = organisation === null ? null : practiceName(payloadText(organisation, code!));
      known.set(key, { nhsNumber: number ?? known.get(key)?.nhsNumber ?? null, file, practice });
    });
    return known;
  }

  /** By id of a record, the cells of the owner column of the rows with this id. */
  async #parentsOf(parent: TableInputs, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, string[]>> {
    const owners = new Map<string, string[]>();
    await this.#eachRow(parent, 'record-id', ids, [ownerColumnOf(parent.table)], (record, [cell]) => {
      const owner = ownerText(parent.table, cell!);
      if (owner !== null) owners.set(record, [...(owners.get(record) ?? []), owner]);
    });
    return owners;
  }

  /** Null where a cell has no valid number. */
  #nhsNumber(cell: string): NhsNumber | null {
    return standardiseNhsNumber(cell, { allowTestRange: this.#pipeline.synthetic }).value;
  }

  /**
   * The rows of a table that can be parsed and have one of these keys.
   *
   * @param others the columns of which the cells are wanted; null for an empty cell
   */
  async #eachRow(
    { table, files }: TableInputs,
    role: 'patient-key' | 'record-id',
    keys: ReadonlySet<string>,
    others: readonly (ColumnSpec | null)[],
    note: (key: string, cells: readonly string[], file: string) => void,
  ): Promise<void> {
    if (keys.size === 0) return;
    const key = table.columns.find((column) => column.role === role)!;
    const keyIn = (cell: string) => payloadText(key, cell);
    const isSought = (cell: string) => keys.has(keyIn(cell) ?? '');
    const search = new RecordSearch([{ name: key.name, isSought }], keys);
    const read = [key, ...others.filter((other) => other !== null)];
    try {
      for (const { file, header } of files) {
        const cellOf = cellsOf(header);
        const visitor = {
          found: (record: ScannedRecord) => {
            const cells = others.map((other) => (other === null ? '' : cellOf(record, other.name)));
            note(keyIn(cellOf(record, key.name))!, cells, file.shownAs);
          },
          unparsed: () => {},
        };
        const indexes = indexesOf(read, header);
        this.searched.set(
          file,
          await search.search(file, table.format, header, indexes, visitor, this.#signal),
        );
      }
    } finally {
      search.close();
    }
  }
}

import type { OptOutEvent, OptOutType } from '../../domain/opt-out.ts';
import { classifyOptOutCode, optOutCodes } from '../../domain/opt-out-codes.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { countRejected, dropRejected, withReadablePath } from '../../extract/extract-file.ts';
import { findLostCodes } from '../../extract/find-lost-codes.ts';
import { codedEventsSql, patientsWithKeysSql } from '../../extract/opt-out-queries.ts';
import { type Register, readNationalReply, readRegister } from '../../opt-out/read-lists.ts';
import { type CodedEvent, standingOn, type TokenText } from '../../opt-out/timelines.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { OptOutCounts } from '../../store/token-store.ts';
import { type GpStops, noStops } from '../../tokenise/gp-stops.ts';
import { KeyProbe } from '../../tokenise/key-probe.ts';
import type { TokenKernel } from '../../tokenise/token-kernel.ts';
import { tokenBytes, tokenText } from '../../tokenise/token-text.ts';
import type { RunSettings } from '../run-settings.ts';
import type { TableInputs } from './find-inputs.ts';
import { optOutCodesOf, systemOf } from './opt-out-code-columns.ts';

/** One line of the store's opt-out list: a token and what stands against it. Source -1 marks NHS number tokens. */
export interface OptOutToken {
  readonly kind: OptOutType | 'allowed';
  readonly source: number;
  readonly token: TokenText;
}

export interface CollectedOptOuts {
  /** type 1 is in them, and what quarantine stops will be */
  readonly stops: GpStops;
  readonly tokens: readonly OptOutToken[];
  readonly counts: OptOutCounts;
}

/** NHS number tokens belong to no source. */
const ANY_SOURCE = -1;

/**
 * Reads every list and every coded event, puts them through the same standardiser and tokeniser as the records, and
 * decides who has opted out on the run date.
 *
 * @param superseded NHS numbers that others took the place of: an opt-out under one is held against the other
 */
export async function collectOptOuts(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  engine: DuckDbEngine,
  tokens: TokenKernel,
  superseded: ReadonlyMap<string, string>,
  settings: RunSettings,
): Promise<CollectedOptOuts> {
  const { optOuts } = pipeline;
  const nhsToken = (digits: string) => tokenText(tokens.tokenOf('nhs-number', digits));
  const currentToken = (digits: string) => nhsToken(superseded.get(digits) ?? digits);
  const scan = readCodedEvents(pipeline, inputs, engine, tokens, currentToken, settings);
  // The engine looks through the events while the lists are read here; whatever happens, it is waited for.
  const lists = readLists(pipeline, settings.runDate, currentToken, nhsToken);
  const [coded, { register, registered, allowed }] = await bothOrNeither(scan, lists);
  const standing = standingOn(settings.runDate, registered, coded.events, coded.nhsNumberOf);

  const stops = noStops();
  for (const token of standing.nhsNumbers['type-1']) stops.nhsNumbers.addBytes(tokenBytes(token));
  for (const token of standing.patients['type-1']) stops.stopped.addBytes(tokenBytes(token));

  const list: OptOutToken[] = [];
  for (const kind of ['type-1', 'type-2', 'national'] as const) {
    for (const token of standing.nhsNumbers[kind]) list.push({ kind, source: ANY_SOURCE, token });
    for (const token of standing.patients[kind]) list.push({ kind, source: coded.source, token });
  }
  for (const token of allowed ?? []) list.push({ kind: 'allowed', source: ANY_SOURCE, token });

  const eventCounts: Record<string, number> = { 'type-1': 0, 'type-2': 0, national: 0 };
  for (const { event } of register?.entries ?? [])
    eventCounts[event.type] = (eventCounts[event.type] ?? 0) + 1;
  return {
    stops,
    tokens: list,
    counts: {
      register: register === null ? null : eventCounts,
      registerUnusable: register?.unusable ?? 0,
      nationalAllowed: allowed?.length ?? null,
      coded: optOuts.codes === null ? null : coded.events.length,
      ...(optOuts.codes === null ? {} : { codedByOrigin: countByOrigin(pipeline, coded) }),
    },
  };
}

/** Coded events by source and type. */
function countByOrigin(
  { sources }: Pipeline,
  { source, events }: { readonly source: number; readonly events: readonly CodedEvent[] },
): Record<string, number> {
  const name = sources[source]?.name;
  if (name === undefined) return {};
  const counts: Record<string, number> = { [`${name}/type-1`]: 0, [`${name}/type-2`]: 0 };
  for (const { event } of events) {
    const origin = `${name}/${event.type}`;
    counts[origin] = (counts[origin] ?? 0) + 1;
  }
  return counts;
}

/** The register and the national reply, each NHS number as its token. */
async function readLists(
  { optOuts, synthetic }: Pipeline,
  runDate: string,
  currentToken: (digits: string) => TokenText,
  nhsToken: (digits: string) => TokenText,
): Promise<{
  readonly register: Register | null;
  readonly registered: readonly { readonly nhsNumber: TokenText; readonly event: OptOutEvent }[];
  readonly allowed: readonly TokenText[] | null;
}> {
  const register = optOuts.register === null ? null : readRegister(optOuts.register, runDate, synthetic);
  const reply = optOuts.national === null ? null : readNationalReply(optOuts.national, runDate, synthetic);
  return {
    register,
    registered: (register?.entries ?? []).map(({ nhsNumber, event }) => ({
      nhsNumber: currentToken(nhsNumber),
      event,
    })),
    // a number in the reply lets that number be used, and says nothing of the one that took its place
    allowed: reply?.map(nhsToken) ?? null,
  };
}

/** Both results; or, once both have come to an end, the first fault. */
async function bothOrNeither<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

/**
 * Coded events, and the NHS number token of every patient who has one.
 *
 * @throws TallystickError (exit 1) where a code stands on a row that cannot be parsed
 */
async function readCodedEvents(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  engine: DuckDbEngine,
  tokens: TokenKernel,
  currentToken: (digits: string) => TokenText,
  settings: RunSettings,
): Promise<{ events: CodedEvent[]; nhsNumberOf: Map<TokenText, TokenText>; source: number }> {
  const { codes } = pipeline.optOuts;
  const found = codes === null ? undefined : inputs.find(({ table }) => table.name === codes.table);
  const events: CodedEvent[] = [];
  const nhsNumberOf = new Map<TokenText, TokenText>();
  if (codes === null || found === undefined) return { events, nhsNumberOf, source: ANY_SOURCE };
  const { table, source } = found;
  const codeTable = optOutCodes(pipeline.optOuts.codeOverrides);
  const codesOf = optOutCodesOf(table, codes.columns, pipeline);
  const patientToken = (key: string) => tokenText(tokens.tokenOf(`patient-key/${source.name}`, key));
  const keys = new Set<string>();
  const lost: Problem[] = [];
  for (const { file, header } of found.files) {
    const about = `looking for coded opt-outs in ${file.shownAs}`;
    const rows = await withReadablePath(file, { table }, settings.privateDirectory, (path) =>
      engine.query(codedEventsSql(table, header.names, path, duckdbDialect, codesOf, codes.date), about),
    );
    const unparsed = await countRejected(engine, about);
    if (unparsed > 0) {
      const read = table.columns.filter(
        ({ name, role }) => role === 'patient-key' || name === codes.date || codes.columns.includes(name),
      );
      lost.push(...(await findLostCodes(file, table, header, read, [...codesOf.values()].flat(), unparsed)));
    }
    for (const row of rows) {
      if (typeof row['patient'] !== 'string') continue; // such a row is quarantined when it is read for itself
      const date = typeof row['date'] === 'string' ? row['date'] : null;
      for (const [at, column] of codes.columns.entries()) {
        const code = row[`code_${at}`];
        const event =
          typeof code === 'string' ? classifyOptOutCode(systemOf(table, column), code, codeTable) : null;
        if (event === null) continue;
        const patient = patientToken(row['patient']);
        keys.add(row['patient']);
        events.push({ patient, event: { type: event.type, kind: event.kind, date } });
      }
    }
  }
  if (lost.length > 0) throw refused(...lost);
  const patients = inputs.find((one) => one.source === source && one.table.kind === 'patients');
  const hasNumbers = patients?.table.columns.some(({ role }) => role === 'nhs-number') ?? false;
  if (patients !== undefined && hasNumbers && keys.size > 0) {
    const probe = new KeyProbe('knows_patient_key', keys);
    engine.register(probe);
    for (const { file, header } of patients.files) {
      const about = `looking up patients with coded opt-outs in ${file.shownAs}`;
      const sql = (path: string) =>
        patientsWithKeysSql(patients.table, pipeline, header.names, path, duckdbDialect, probe.name);
      const rows = await withReadablePath(file, patients, settings.privateDirectory, (path) =>
        engine.query(sql(path), about),
      );
      await dropRejected(engine, about);
      for (const row of rows) {
        const digits = String(row['nhs']).padStart(10, '0');
        nhsNumberOf.set(patientToken(String(row['patient'])), currentToken(digits));
      }
    }
  }
  return { events, nhsNumberOf, source: pipeline.sources.indexOf(source) };
}

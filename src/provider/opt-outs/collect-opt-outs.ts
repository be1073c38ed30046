import type { Finding } from '../../domain/finding.ts';
import { decisionsAmong } from '../../domain/held-reason.ts';
import { declaredListName } from '../../domain/list-name.ts';
import type { NhsNumber } from '../../domain/nhs-number.ts';
import { OPT_OUT_TYPES, type OptOutEvent, type OptOutType } from '../../domain/opt-out.ts';
import type { OptOutTally } from '../../domain/opt-out-tally.ts';
import { tokenCount } from '../../governance/national/token-list.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { typesOf } from '../../pipeline/list-layout.ts';
import { appliesNationalReply, type Pipeline } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { ANY_SOURCE, type OptOutToken } from '../../store/opt-out-list.ts';
import type { OptOutCounts } from '../../store/token-store.ts';
import { type TokenText, tokenBytes, tokenText } from '../../store/token-text.ts';
import type { InputFile } from '../extract/find-files.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import type { SearchedFile } from '../extract/search-records.ts';
import type { GpStops } from '../tokenise/gp-stops.ts';
import type { TokenKernel } from '../tokenise/token-kernel.ts';
import { TokenSet } from '../tokenise/token-set.ts';
import { allowedByAll, answeredTokens } from './answered-tokens.ts';
import { type DecidedTokens, decideKept, type KeptOptOuts } from './decide-kept.ts';
import { judgeDates } from './event-dates.ts';
import { checkFirstNight } from './first-night.ts';
import { appliedReasons, listOf, type RecordedPatient, stopsOf, unnumberedOf } from './held-tokens.ts';
import { keptSigns } from './kept-signs.ts';
import {
  allowedNumbers,
  listedEntries,
  type NamedList,
  type OptOutLists,
  readOptOutLists,
} from './opt-out-lists.ts';
import { findOwners, type SourceOptOuts } from './opt-out-owners.ts';
import type { KeptEvents } from './read-kept-register.ts';
import type { ReadList } from './read-laid-out-list.ts';
import { type ReadPractices, readPractices } from './read-practices.ts';
import { type RecordedEvents, readRecordedOptOuts } from './recorded-opt-outs.ts';
import type { RecordedEvent } from './recorded-reader.ts';
import { tallyOptOuts } from './tally-opt-outs.ts';
import { type CodedEvent, optOutsInForceOn } from './timelines.ts';
import { judgeUnmatched, judgeUnnumbered } from './unmatched.ts';
import type { UnnumberedOptOut } from './unread-opt-outs.ts';

export interface CollectedOptOuts {
  /** type 1 is in them, and what quarantine stops will be */
  readonly stops: GpStops;
  readonly tokens: readonly OptOutToken[];
  /** more tokens of the kept register, which nobody needs as text */
  readonly decided: readonly DecidedTokens[];
  readonly counts: OptOutCounts;
  /** by origin and practice: compared with earlier nights */
  readonly tally: OptOutTally;
  /** what the lists hold, by name of the setting that names them; null where there is no such list */
  readonly lists: Readonly<Record<string, readonly unknown[] | null>>;
  /** the date of each list (YYYY-MM-DD), by the same names; of a list that only the time of its file dates, none */
  readonly listDates: Readonly<Record<string, string>>;
  /** coded or flagged opt-outs that act on a patient key, for want of an NHS number */
  readonly unnumbered: readonly UnnumberedOptOut[];
  /** the records that were met in files that were searched; the bulk reading must meet as many */
  readonly searched: ReadonlyMap<InputFile, SearchedFile>;
  /** what was found in lists and records; the caller settles them with those of the tables */
  readonly findings: readonly Finding[];
}

/**
 * Reads every list and all opt-outs of the records, puts it through the same standardiser and tokeniser as the
 * records, and decides who has opted out on the run date.
 *
 * @param superseded superseded NHS numbers, each with the one that replaces it: an opt-out under the first counts for the second
 */
export async function collectOptOuts(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  tokens: TokenKernel,
  superseded: ReadonlyMap<NhsNumber, NhsNumber>,
  linkageKey: KeyRing,
  settings: RunSettings,
): Promise<CollectedOptOuts> {
  const { optOuts } = pipeline;
  const { runDate } = settings;
  const nhsBytes = (number: NhsNumber) => tokens.tokenOf('nhs-number', number);
  const nhsToken = (number: NhsNumber) => tokenText(nhsBytes(number));
  const currentToken = (number: NhsNumber) => nhsToken(superseded.get(number) ?? number);

  // which practices share decides which rows are looked for
  const practices = optOuts.practices === null ? null : await readPractices(optOuts.practices, runDate);
  // whatever happens to the lists, the reading of the records is waited for
  const scan = readRecordedOptOuts(pipeline, inputs, practices?.sharing ?? null, settings.signal);
  const [recorded, lists] = await bothOrNeither(scan, readOptOutLists(pipeline, runDate, linkageKey));
  const { sources, searched } = await findOwners(
    pipeline,
    inputs,
    recorded.filter(({ statesAny }) => statesAny),
    settings.signal,
  );
  const matched = sources.map((one) => ({ ...one, source: one.source.name }));
  const listed = listedEntries(lists);
  const firstNight = await checkFirstNight(
    pipeline,
    inputs,
    sources,
    { events: listed, kept: keptSigns(lists.kept, nhsBytes) },
    settings,
  );
  const findings = [
    ...lists.findings,
    ...(practices?.findings ?? []),
    ...recorded.flatMap((one) => one.findings),
    ...sources.flatMap(({ source, events }) => judgeDates(events, `the source ${source.name}`, runDate)),
    ...judgeUnmatched(matched, optOuts.maxUnmatched),
    ...judgeUnnumbered(matched, optOuts.maxUnmatched),
    ...firstNight.findings,
  ];

  const coded = new CodedTokens(tokens, currentToken);
  for (const source of sources) coded.add(source);
  for (const {
    inputs: { source },
    ofRows,
  } of recorded)
    coded.addRows(source.name, ofRows);
  const underTokens = (entries: typeof listed) =>
    entries.map(({ nhsNumber, event }) => ({ nhsNumber: currentToken(nhsNumber), event }));
  const registered = underTokens(listed);
  const kept = decideKeptRegister(
    lists.kept,
    [...registered, ...coded.byNhsNumber],
    superseded,
    nhsToken,
    runDate,
  );
  findings.push(...judgeDates(kept.dated, 'the register', runDate));
  const inForce = optOutsInForceOn(
    runDate,
    [...registered, ...coded.byNhsNumber, ...kept.events],
    coded.byPatient,
    coded.nhsNumberOf,
  );

  const held = {
    ...inForce,
    // of one registration, whatever number it has
    registrations: optOutsInForceOn(runDate, [], coded.ofRows, new Map()).patients,
  };
  const applied = appliedReasons(optOuts.reasons, optOuts.exempt);
  const list = listOf(applied, held, coded);
  const names = new Set<string>(applied.map(({ name }) => name));
  const decided = kept.decided.filter(({ type }) => names.has(type));
  // a number in the reply lets that number be used, and not the one that replaces it
  const answers =
    lists.national === null || !appliesNationalReply(optOuts)
      ? null
      : answeredTokens(lists.national, superseded.keys(), nhsToken, currentToken);
  const allowed = allowedByAll(
    answers?.allowed ?? null,
    allowedNumbers(lists, pipeline)?.map(nhsToken) ?? null,
  );
  for (const token of allowed) list.push({ kind: 'allowed', source: ANY_SOURCE, token });
  const national = new Set(inForce.nhsNumbers.get('national'));
  for (const token of answers?.optedOut ?? [])
    if (!national.has(token)) list.push({ kind: 'national', source: ANY_SOURCE, token });
  return {
    stops: stopsOf(optOuts.reasons, optOuts.exempt, held, decided),
    unnumbered: unnumberedOf(applied, held, coded),
    tokens: list,
    decided,
    counts: countsOf(lists, pipeline, sources, recorded),
    tally: tallyOptOuts(
      [
        ...(lists.register === null
          ? []
          : [{ name: 'register', events: underTokens(lists.register.entries) }]),
        ...lists.declared.map(({ list: { name }, entries }) => ({ name, events: underTokens(entries) })),
        ...(answers === null ? [] : [{ name: 'national', events: answers.optedOut.map(nationalOptOut) }]),
      ],
      sources.map((one) => ({ ...one, source: one.source.name, persons: coded.personsOf(one) })),
      firstNight.practices,
      inForce,
      lists.kept === null
        ? null
        : {
            state: stateOf(lists.kept),
            events: countKept(lists.kept),
            decided: kept.decided,
            shared: kept.events,
          },
    ),
    lists: {
      'optOuts.register': registerContent(lists, underTokens),
      'optOuts.national':
        answers === null
          ? (lists.allowed?.numbers.map(nhsToken) ?? null)
          : [answers.allowed, answers.optedOut],
      'optOuts.practices': practices?.lines ?? null,
      ...Object.fromEntries(
        lists.declared.map(({ list: { name, allow }, entries, numbers }) => [
          declaredListName(name),
          allow ? numbers.map(nhsToken) : underTokens(entries),
        ]),
      ),
    },
    listDates: datesOf(lists, practices),
    searched: new Map([...searched, ...recorded.flatMap((one) => [...one.searched])]),
    findings,
  };
}

/** The kept register, decided beside the events of other origins. */
function decideKeptRegister(
  kept: KeptEvents | null,
  others: readonly { readonly nhsNumber: TokenText }[],
  superseded: ReadonlyMap<NhsNumber, NhsNumber>,
  nhsToken: (number: NhsNumber) => TokenText,
  runDate: string,
): KeptOptOuts {
  if (kept === null) return { decided: [], events: [], dated: [] };
  const current = new Map([...superseded].map(([old, is]) => [nhsToken(old), nhsToken(is)] as const));
  const shared = new TokenSet();
  for (const { nhsNumber } of others) shared.addBytes(tokenBytes(nhsNumber));
  for (const token of [...current].flat()) shared.addBytes(tokenBytes(token));
  return decideKept(kept.events, shared, (token) => current.get(token) ?? null, runDate);
}

/** A number that an answer of the national service leaves out, as an event. */
function nationalOptOut(nhsNumber: TokenText) {
  return { nhsNumber, event: { type: 'national', kind: 'registered', date: null } } as const;
}

/** The dates of lists, of the answers in a ledger and of the last change of a kept register, as far as they are known. */
function datesOf(
  { register, kept, allowed, national, declared }: OptOutLists,
  practices: ReadPractices | null,
): Readonly<Record<string, string>> {
  const dates: readonly (readonly [string, string | null | undefined])[] = [
    ['optOuts.register', kept === null ? register?.asOf : kept.lastChange],
    ['optOuts.national', national === null ? allowed?.asOf : national.asOf],
    ['optOuts.practices', practices?.asOf],
    ...declared.map(({ list: { name }, asOf }) => [declaredListName(name), asOf] as const),
  ];
  return Object.fromEntries(dates.flatMap(([name, date]) => (date ? [[name, date]] : [])));
}

/** What the register holds, for the digest of its content: a kept one has a digest itself. */
function registerContent<Entry>(
  { register, kept }: OptOutLists,
  underTokens: (entries: ReadList['entries']) => readonly Entry[],
): readonly unknown[] | null {
  if (kept !== null) return [kept.events.head];
  return register === null ? null : underTokens(register.entries);
}

/** The recorded events of every source, under tokens. */
class CodedTokens {
  readonly byPatient: CodedEvent[] = [];
  /** of reasons that hold the records of one registration */
  readonly ofRows: CodedEvent[] = [];
  readonly byNhsNumber: { readonly nhsNumber: TokenText; readonly event: CodedEvent['event'] }[] = [];
  readonly nhsNumberOf = new Map<TokenText, TokenText>();
  /** by token of a patient's key, which is of one source */
  readonly patientOf = new Map<TokenText, RecordedPatient>();
  readonly #personsOf = new Map<SourceOptOuts, TokenText[]>();
  readonly #tokens: TokenKernel;
  readonly #currentToken: (number: NhsNumber) => TokenText;

  constructor(tokens: TokenKernel, currentToken: (number: NhsNumber) => TokenText) {
    this.#tokens = tokens;
    this.#currentToken = currentToken;
  }

  /** A row without a key is in quarantine, and so is whatever it could hold. */
  addRows(source: string, events: readonly RecordedEvent[]): void {
    for (const { owner, event } of events) {
      if (owner === null) continue;
      this.ofRows.push({ patient: tokenText(this.#tokens.tokenOf(`patient-key/${source}`, owner)), event });
    }
  }

  /** The token under which each event of a source counts, in their order: of the NHS number, or of the patient key for want of one. */
  personsOf(source: SourceOptOuts): readonly TokenText[] {
    return this.#personsOf.get(source)!;
  }

  add(one: SourceOptOuts): void {
    const { source, events, nhsNumberOf, patients } = one;
    const persons: TokenText[] = [];
    this.#personsOf.set(one, persons);
    for (const { owner, event } of events) {
      if ('nhsNumber' in owner) {
        const nhsNumber = this.#currentToken(owner.nhsNumber);
        this.byNhsNumber.push({ nhsNumber, event });
        persons.push(nhsNumber);
        continue;
      }
      const patient = tokenText(this.#tokens.tokenOf(`patient-key/${source.name}`, owner.patient));
      this.byPatient.push({ patient, event });
      this.patientOf.set(patient, {
        source: source.name,
        patientKey: owner.patient,
        isRead: patients.has(owner.patient),
      });
      const number = nhsNumberOf.get(owner.patient);
      if (number !== undefined) this.nhsNumberOf.set(patient, this.#currentToken(number));
      persons.push(this.nhsNumberOf.get(patient) ?? patient);
    }
  }
}

function countsOf(
  { register, allowed, national, declared, kept }: OptOutLists,
  pipeline: Pipeline,
  sources: readonly SourceOptOuts[],
  recorded: readonly RecordedEvents[],
): OptOutCounts {
  const isRecorded =
    pipeline.optOuts.codes.length > 0 ||
    pipeline.sources.some(({ patients, tables }) =>
      [patients ?? [], tables].flat().some(({ columns }) => columns.some(({ flag }) => flag !== null)),
    );
  const isDecision = decisionsAmong(pipeline.optOuts.reasons);
  const decisions = sources
    .flatMap(({ events }) => events)
    .reduce((sum, { event }) => sum + (isDecision(event.type) ? 1 : 0), 0);
  return {
    register: kept === null ? (register === null ? null : countByType(register.entries)) : countKept(kept),
    nationalAllowed: allowed?.numbers.length ?? (national === null ? null : tokenCount(national.allowed)),
    coded: isRecorded ? decisions : null,
    ...(isRecorded ? { codedByOrigin: countByOrigin(sources, recorded) } : {}),
    ...(kept === null ? {} : { keptRegister: stateOf(kept) }),
    ...(declared.length === 0 ? {} : { lists: Object.fromEntries(declared.map(countsOfList)) }),
  };
}

function countByType(
  entries: ReadList['entries'],
  types: readonly OptOutType[] = OPT_OUT_TYPES,
): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(types.map((type) => [type, 0]));
  for (const { event } of entries) counts[event.type] = (counts[event.type] ?? 0) + 1;
  return counts;
}

/** Events of the kept register by type; 0 of each that every pipeline has. */
function countKept({ events: { count, types, typeNames } }: KeptEvents): Record<string, number> {
  const counts = new Float64Array(typeNames.length);
  for (let row = 0; row < count; row += 1) counts[types[row]!]! += 1;
  return {
    ...Object.fromEntries(OPT_OUT_TYPES.map((type) => [type, 0])),
    ...Object.fromEntries(typeNames.map((name, type) => [name, counts[type]!])),
  };
}

/** Which state of the kept register was read. */
function stateOf({
  events: { head, count },
  lastChange,
}: KeptEvents): NonNullable<OptOutCounts['keptRegister']> {
  return { changes: head.changes, events: count, digest: head.digest, lastChange };
}

/** Events of a list by type, or the numbers that it allows. */
function countsOfList({ list, entries, numbers }: NamedList): [name: string, counts: Record<string, number>] {
  const counts = list.allow ? { allowed: numbers.length } : countByType(entries, typesOf(list.layout));
  return [list.name, counts];
}

/** Both results; or, once both have ended, the first fault. */
async function bothOrNeither<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

/** Recorded events by source and type; patients of practices that do not share are in the receipts. */
function countByOrigin(
  sources: readonly SourceOptOuts[],
  recorded: readonly RecordedEvents[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (source: string, { type }: OptOutEvent) => {
    counts[`${source}/${type}`] = (counts[`${source}/${type}`] ?? 0) + 1;
  };
  for (const { source, events } of sources) {
    counts[`${source.name}/type-1`] = 0;
    counts[`${source.name}/type-2`] = 0;
    for (const { event } of events) add(source.name, event);
  }
  for (const { inputs, ofRows } of recorded)
    for (const { event } of ofRows) if (event.type === 'left-practice') add(inputs.source.name, event);
  return counts;
}

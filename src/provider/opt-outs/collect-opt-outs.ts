import type { Finding } from '../../domain/finding.ts';
import { declaredListName } from '../../domain/list-name.ts';
import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { OptOutTally } from '../../domain/opt-out-tally.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { appliesAllowList, appliesNationalReply, type Pipeline } from '../../pipeline/pipeline.ts';
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
import { CodedTokens } from './coded-tokens.ts';
import { type DecidedTokens, decideKept, type KeptOptOuts } from './decide-kept.ts';
import { judgeDates } from './event-dates.ts';
import { checkFirstNight } from './first-night.ts';
import { appliedReasons, listOf, stopsOf, unnumberedOf } from './held-tokens.ts';
import { keptSigns } from './kept-signs.ts';
import { countKept, countsOf, stateOf } from './opt-out-counts.ts';
import { listedEntries, type OptOutLists, readOptOutLists } from './opt-out-lists.ts';
import { findOwners } from './opt-out-owners.ts';
import type { KeptEvents } from './read-kept-register.ts';
import { type ReadPractices, readPractices } from './read-practices.ts';
import { readRecordedOptOuts } from './recorded-opt-outs.ts';
import { tallyOptOuts } from './tally-opt-outs.ts';
import { optOutsInForceOn } from './timelines.ts';
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
  // each number is hashed once: what follows has tokens
  const underTokens = (entries: typeof listed) =>
    entries.map(({ nhsNumber, event }) => ({ nhsNumber: currentToken(nhsNumber), event }));
  const register = lists.register === null ? null : underTokens(lists.register.entries);
  const reply = lists.allowed?.numbers.map(nhsToken) ?? null;
  const declared = lists.declared.map(({ list, entries, numbers }) => ({
    list,
    events: underTokens(entries),
    allowed: list.allow ? numbers.map(nhsToken) : [],
  }));
  const stated = [...[register ?? [], ...declared.map(({ events }) => events)].flat(), ...coded.byNhsNumber];
  const kept = decideKeptRegister(lists.kept, stated, superseded, nhsToken, runDate);
  findings.push(...judgeDates(kept.dated, 'the register', runDate));
  const inForce = optOutsInForceOn(runDate, [...stated, ...kept.events], coded.byPatient, coded.nhsNumberOf);

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
  const allowed = allowedByAll([
    ...(answers === null ? [] : [answers.allowed]),
    ...(reply === null || !appliesNationalReply(optOuts) ? [] : [reply]),
    ...declared.flatMap((one) => (appliesAllowList(one.list, optOuts.exempt) ? [one.allowed] : [])),
  ]);
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
        ...(register === null ? [] : [{ name: 'register', events: register }]),
        ...declared.map(({ list: { name }, events }) => ({ name, events })),
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
      // a kept register has a digest itself
      'optOuts.register': lists.kept === null ? register : [lists.kept.events.head],
      'optOuts.national': answers === null ? reply : [answers.allowed, answers.optedOut],
      'optOuts.practices': practices?.lines ?? null,
      ...Object.fromEntries(
        declared.map(({ list, events, allowed: numbers }) => [
          declaredListName(list.name),
          list.allow ? numbers : events,
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

/** Both results; or, once both have ended, the first fault. */
async function bothOrNeither<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

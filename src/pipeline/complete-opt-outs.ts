import { basename } from 'node:path';
import { dateFormatProblem, isoDate, parseDate } from '../domain/date-format.ts';
import { isExempt } from '../domain/held-reason.ts';
import type { OptOutType } from '../domain/opt-out.ts';
import type { Waiver } from '../domain/waiver.ts';
import { findCodedTables, findElsewhere } from './coded-tables.ts';
import type { Complain } from './complain.ts';
import { completeOptOutCodes } from './complete-opt-out-codes.ts';
import { completeOptOutLists } from './complete-opt-out-lists.ts';
import { completePractices } from './complete-practices.ts';
import { typesOf } from './list-layout.ts';
import type { Path } from './locate.ts';
import { type CompletedTypes, completeExemptions } from './opt-out-types.ts';
import type {
  NationalLedger,
  NationalReply,
  OptOutList,
  OptOutSpec,
  SourceSpec,
  TableSpec,
} from './pipeline.ts';
import { type PipelineFile, shareOf } from './schema.ts';

/** A list older than a week is refused unless the file has another limit (domain reference, section 4: results are cached at most 7 days). */
const DEFAULT_MAX_AGE_DAYS = 7;
/** Where requests go, and under which workflow (reference of feeds, "National data opt-out over MESH"). */
const SERVICE_MAILBOX = 'X26HC065';
const WORKFLOW = 'SPINE_NTT_UPHOLDING';
/** In every known practice, more than one patient in a hundred has opted out. */
const DEFAULT_EXPECTED_RATE = 0.01;
/** Patients leave between the extracts of one source, but fewer than one in a hundred. */
const DEFAULT_MAX_UNMATCHED = 0.01;

type ListFile = Pick<NonNullable<PipelineFile['optOuts']['register']>, 'maxAge' | 'asOf' | 'allowEmpty'>;

/**
 * Completes the opt-out settings of a pipeline file, and checks that every type of opt-out has a source, or is waived with a reason: a
 * run must not release people because the file does not name where their decisions are.
 *
 * @param types the reasons why somebody may be held
 */
export function completeOptOuts(
  file: PipelineFile,
  types: CompletedTypes,
  sources: readonly SourceSpec[],
  absolute: (path: string) => string,
  complain: Complain,
): OptOutSpec {
  const given = file.optOuts;
  const { register, keptRegister } = completeRegister(given.register, absolute, complain);
  const codes = findCodedTables(file, sources, complain);
  const spec: OptOutSpec = {
    register,
    keptRegister,
    national: completeNational(given.national, absolute, complain),
    lists: completeOptOutLists(
      given.lists,
      types.reasons.filter(({ stated }) => stated === 'by-number').map(({ name }) => name),
      (list, path) => completeList(list.file, list, path, absolute, complain),
      complain,
    ),
    practices: completePractices(
      given.practices,
      sources,
      (list, path) => completeList(list.file, list, path, absolute, complain),
      complain,
    ),
    codes,
    elsewhere: findElsewhere(file, sources),
    ...completeOptOutCodes(given, complain),
    ...types,
    exempt: completeExemptions(given, types.reasons, complain),
    waivers: waiversOf(file),
    withoutTypeOne: Object.entries(file.sources).flatMap(([name, { typeOne }]) =>
      typeOne === undefined ? [] : [name],
    ),
    expectedRate: expectedRateOf(file, complain),
    maxUnmatched: given.maxUnmatched === undefined ? DEFAULT_MAX_UNMATCHED : shareOf(given.maxUnmatched),
    untied: given.untied ?? 'hold-back',
  };
  checkTypeOne(spec, sources, complain);
  checkOtherTypes(file, spec, sources, complain);
  checkDeclaredTypes(spec, sources, complain);
  return spec;
}

function completeList(
  path: string,
  body: ListFile,
  at: Path,
  absolute: (path: string) => string,
  complain: Complain,
): OptOutList {
  return {
    file: absolute(path),
    shownAs: path,
    maxAgeDays: daysOf(body.maxAge),
    asOf:
      typeof body.asOf === 'object' ? dateInName(path, body.asOf.name, at, complain) : (body.asOf ?? null),
    allowEmpty: body.allowEmpty ?? false,
  };
}

/** The register: a list, or the one that `tallystick opt-out` keeps. */
function completeRegister(
  given: PipelineFile['optOuts']['register'],
  absolute: (path: string) => string,
  complain: Complain,
): Pick<OptOutSpec, 'register' | 'keptRegister'> {
  const none = { register: null, keptRegister: null };
  if (given === undefined) return none;
  const at = ['optOuts', 'register'];
  const { file, events, maxAge, asOf, allowEmpty } = given;
  if (file !== undefined && events !== undefined) {
    complain(
      [...at, 'events'],
      'the register is a list (file) or a kept one (events), not both',
      'leave one out',
      true,
    );
  }
  if (file !== undefined)
    return { register: completeList(file, given, at, absolute, complain), keptRegister: null };
  if (events === undefined) {
    complain(
      at,
      'the register has no file',
      'add file: LIST, or events: REGISTER (`tallystick opt-out`)',
      true,
    );
    return none;
  }
  if (asOf !== undefined)
    complain([...at, 'asOf'], 'a kept register says itself when it was changed', 'leave it out', true);
  return {
    register: null,
    keptRegister: {
      file: absolute(events),
      shownAs: events,
      maxAgeDays: daysOf(maxAge),
      isAgeDeclared: maxAge !== undefined,
      allowEmpty: allowEmpty ?? false,
    },
  };
}

function completeNational(
  given: PipelineFile['optOuts']['national'],
  absolute: (path: string) => string,
  complain: Complain,
): NationalReply | NationalLedger | null {
  if (given === undefined) return null;
  if ('ledger' in given) return completeLedger(given, absolute);
  const { request } = given;
  if (request !== undefined && absolute(request) === absolute(given.reply)) {
    complain(['optOuts', 'national', 'request'], 'the request is the reply', 'name the file that was sent');
  }
  return {
    ...completeList(given.reply, given, ['optOuts', 'national'], absolute, complain),
    request: request === undefined ? null : { file: absolute(request), shownAs: request },
  };
}

function completeLedger(
  given: Extract<NonNullable<PipelineFile['optOuts']['national']>, { ledger: string }>,
  absolute: (path: string) => string,
): NationalLedger {
  const { ledger, mailbox, to = SERVICE_MAILBOX, workflow = WORKFLOW } = given;
  return {
    ledger: absolute(ledger),
    shownAs: ledger,
    maxAgeDays: daysOf(given.maxAge),
    allowEmpty: given.allowEmpty ?? false,
    sending: { mailbox, to, workflow },
  };
}

function daysOf(maxAge: string | undefined): number {
  return maxAge === undefined ? DEFAULT_MAX_AGE_DAYS : Number(maxAge.slice(0, -1));
}

/** The date in a file's name, by a pattern such as `register_%Y%m%d.csv`. */
function dateInName(path: string, pattern: string, at: Path, complain: Complain): string | null {
  const place = [...at, 'asOf', 'name'];
  const fault = dateFormatProblem(pattern);
  if (fault !== null) {
    complain(place, fault.replace('a date format', 'the pattern of a name'));
    return null;
  }
  const date = parseDate(basename(path), pattern);
  if (date === null) {
    const way = 'the pattern is the whole name, with %Y, %m and %d in place of the date';
    complain(place, 'the name of the file has no date at the position in the pattern', way);
    return null;
  }
  return isoDate(date);
}

function expectedRateOf(file: PipelineFile, complain: Complain): number | null {
  const given = file.optOuts.expectedRate;
  if (given === undefined) return DEFAULT_EXPECTED_RATE;
  if (typeof given === 'object') return null;
  const rate = shareOf(given);
  if (rate > 0) return rate;
  const way = 'to expect none, give the reason: expectedRate: { none: "..." }';
  complain(['optOuts', 'expectedRate'], 'a rate of 0 expects no opt-out', way);
  return null;
}

/** The waivers of a pipeline file, in its order. */
function waiversOf(file: PipelineFile): Waiver[] {
  const waivers: Waiver[] = [];
  const note = (what: string, reason: string | undefined) => {
    if (reason !== undefined) waivers.push({ what, reason });
  };
  for (const [source, { typeOne, patients, addresses, tables }] of Object.entries(file.sources)) {
    note(`type 1 opt-outs of the source ${source}`, typeOne?.none);
    const all = { [`${source}_patients`]: patients, [`${source}_addresses`]: addresses, ...tables };
    for (const [table, body] of Object.entries(all)) {
      note(`coded opt-outs in the table ${table}`, body?.optOutCodes?.none);
    }
  }
  const { waived, expectedRate } = file.optOuts;
  note('type 2 opt-outs', waived?.['type-2']);
  note('national data opt-outs', waived?.national);
  if (typeof expectedRate === 'object') note('the expected rate of opt-outs', expectedRate.none);
  return waivers;
}

/** Each GP source must name a source of type 1 opt-outs. */
function checkTypeOne(spec: OptOutSpec, sources: readonly SourceSpec[], complain: Complain): void {
  for (const source of sources) {
    const path = ['sources', source.name];
    const isWaived = spec.withoutTypeOne.includes(source.name);
    if (source.setting !== 'gp') {
      if (isWaived)
        complain([...path, 'typeOne'], 'type 1 opt-outs act on GP sources only', 'leave it out', true);
      continue;
    }
    const tables = tablesOfSource(source);
    const isNamed =
      isExempt('type-1', spec.exempt) ||
      hasRegister(spec) ||
      hasList(spec, 'type-1') ||
      spec.codes.some(({ table }) => tables.some(({ name }) => name === table)) ||
      hasFlag(tables, 'type-1');
    if (isNamed || isWaived) continue;
    complain(
      path,
      `the GP source ${source.name} has no source of type 1 opt-outs`,
      'name a register (optOuts.register), a list of them (optOuts.lists), a code column of read-v2, ctv3 or snomed, or an opt-out-flag; or give the reason: typeOne: { none: "..." }',
      true,
    );
  }
}

/** A run must name sources of type 2 and national opt-outs. */
function checkOtherTypes(
  file: PipelineFile,
  spec: OptOutSpec,
  sources: readonly SourceSpec[],
  complain: Complain,
): void {
  const tables = sources.flatMap(tablesOfSource);
  const { waived } = file.optOuts;
  const isNamed = {
    'type-2':
      hasRegister(spec) || hasList(spec, 'type-2') || spec.codes.length > 0 || hasFlag(tables, 'type-2'),
    national:
      hasRegister(spec) || hasList(spec, 'national') || spec.national !== null || hasFlag(tables, 'national'),
  };
  const isOff = (type: 'type-2' | 'national') => waived?.[type] !== undefined || isExempt(type, spec.exempt);
  const isWaived = { 'type-2': isOff('type-2'), national: isOff('national') };
  if (!isNamed['type-2'] && !isNamed.national && !isWaived['type-2'] && !isWaived.national) {
    complain(
      ['optOuts'],
      'no opt-outs are declared',
      'name a register, a list, a national reply or coded events: a run without any would release everyone',
      true,
    );
    return;
  }
  const names = {
    'type-2': ['type 2 opt-outs', 'a register, a list, coded events of a GP source or an opt-out-flag'],
    national: [
      'national data opt-outs',
      'a register, a list, a national reply or ledger, or an opt-out-flag',
    ],
  } as const;
  for (const type of ['type-2', 'national'] as const) {
    const [what, where] = names[type];
    if (isNamed[type] || isWaived[type]) continue;
    const way = `name ${where}; or give the reason: waived: { ${type}: "..." }`;
    complain(['optOuts'], `there is no source of ${what}`, way, true);
  }
}

/** A type that the file declares is stated somewhere: in the kept register, on a list, or in a flag. */
function checkDeclaredTypes(spec: OptOutSpec, sources: readonly SourceSpec[], complain: Complain): void {
  const tables = sources.flatMap(tablesOfSource);
  for (const { name } of spec.types) {
    if (spec.keptRegister !== null || hasList(spec, name) || hasFlag(tables, name)) continue;
    const way = 'name it in a list (optOuts.lists) or in an opt-out-flag, or leave it out';
    complain(['optOuts', 'types', name], `there is no source of opt-outs of the type ${name}`, way, true);
  }
}

function tablesOfSource({ patients, addresses, tables }: SourceSpec): TableSpec[] {
  return [patients ?? [], addresses ?? [], tables].flat();
}

function hasFlag(tables: readonly TableSpec[], type: OptOutType): boolean {
  return tables.some(({ columns }) => columns.some(({ flag }) => flag?.type === type));
}

/** Whether there is a register, which may hold opt-outs of any type. */
function hasRegister({ register, keptRegister }: OptOutSpec): boolean {
  return register !== null || keptRegister !== null;
}

/** Whether a list of `optOuts.lists` is a source of opt-outs of this type. */
function hasList({ lists }: OptOutSpec, type: OptOutType): boolean {
  return lists.some(({ layout, answersFor }) => answersFor === type || typesOf(layout).includes(type));
}

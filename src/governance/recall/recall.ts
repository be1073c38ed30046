import { join } from 'node:path';
import { inForceSince } from '../../domain/in-force-since.ts';
import { EXIT, type Problem, refused, TallystickError } from '../../domain/problem.ts';
import type { RecordedEvent } from '../../domain/recorded-opt-out.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { PairHasher } from '../../keys/pair-hasher.ts';
import { RULES_VERSION, releaseInfo } from '../../keys/recipes.ts';
import { WriteError } from '../../write/write-error.ts';
import type { OptOutHistories } from './opt-out-histories.ts';
import { findPastReleases, type PastRelease } from './past-releases.ts';
import { PseudonymIndex } from './pseudonym-index.ts';
import { type FoundInTable, searchTable } from './search-table.ts';
import { isFromGp, sourceOfTable } from './table-source.ts';

/** What an opt-out takes: the records of GP sources, or all records of the person. */
export type OptOutScope = 'gp-records' | 'person';

/** What a recall goes by. */
export interface RecallQuestion {
  readonly histories: OptOutHistories;
  /** id of the linkage key under which the register’s tokens were made */
  readonly linkageKeyId: string;
  readonly releaseKey: KeyRing;
  /** folders of runs */
  readonly folders: readonly string[];
  /** YYYY-MM-DD: the opt-outs in force on this day are looked for */
  readonly today: string;
  /** only opt-outs that are in force since this day or a later one; null for all */
  readonly since: string | null;
  /** only releases of this run date or a later one; null for all */
  readonly releasedFrom: string | null;
  /** @throws TallystickError (exit 2) for a type that is not declared */
  readonly scopeOf: (type: string) => OptOutScope;
  /** whether a source is a GP source; null for a source that is not known any more */
  readonly isGpSource: (source: string) => boolean | null;
  /** types of opt-outs that were switched off for a release, for a legal reason: these persons are in it lawfully */
  readonly exemptFrom: (release: PastRelease) => ReadonlySet<string>;
  /** everything that is wrong with a run, as `tallystick verify` finds it */
  readonly verify: (release: PastRelease) => Promise<readonly Problem[]>;
}

/** A person whose rows a recipient is to delete. */
export interface RecalledPerson {
  /** as released under the agreement of the run */
  readonly person: string;
  /** the first day on which an opt-out that takes these rows was in force and recorded */
  readonly since: string;
  /** rows by table */
  readonly rows: Readonly<Record<string, number>>;
}

/** A past release, and who in it has opted out. */
export interface RecalledRelease {
  readonly directory: string;
  readonly runId: string;
  readonly runDate: string;
  readonly pipeline: string;
  readonly agreement: string;
  readonly recipient: string | null;
  /** in the order of their pseudonyms */
  readonly persons: readonly RecalledPerson[];
  /** how many of them had opted out before the run date already: the release was made without their opt-out */
  readonly optedOutBefore: number;
  readonly tables: readonly RecalledTable[];
  /** what this recall cannot know of the release */
  readonly notes: readonly string[];
}

/** A file of a release. */
export interface RecalledTable {
  readonly table: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly persons: number;
  readonly rows: number;
}

/** A release of which it is not known who is in it. */
export interface UncheckedRelease {
  readonly directory: string;
  readonly runId: string | null;
  readonly problems: readonly Problem[];
}

export interface Recall {
  readonly today: string;
  readonly since: string | null;
  readonly releases: readonly RecalledRelease[];
  readonly unchecked: readonly UncheckedRelease[];
}

/**
 * Lists which past releases hold a person who has opted out, with the person’s pseudonym in each, from the kept runs, the register’s
 * tokens and the release key.
 *
 * Whoever is in a file and has an opt-out in force that takes these rows is listed, whenever it was made: a person who had opted
 * out before the release has even less business in it.
 *
 * @throws TallystickError (exit 2) for a folder that is none, and a type of opt-out that is not declared
 */
export async function recall(question: RecallQuestion): Promise<Recall> {
  const { today, since, releasedFrom, folders } = question;
  const found = findPastReleases(folders);
  const unchecked: UncheckedRelease[] = found.unreadable.map((one) => ({ ...one, runId: null }));
  const releases: RecalledRelease[] = [];
  const optOuts = new OptOutsInForce(question);
  const indexes = new Map<string, PseudonymIndex>();
  for (const release of found.releases) {
    const { run, agreement } = release.manifest;
    if (releasedFrom !== null && run.date < releasedFrom) continue;
    try {
      const problems = await problemsOf(release, question);
      if (problems.length > 0) throw refused(...problems);
      const index = indexes.get(agreement) ?? indexFor(agreement, question);
      indexes.set(agreement, index);
      releases.push(await recallFrom(release, index, optOuts, question));
    } catch (fault) {
      const problems = problemsOfFault(fault);
      if (problems === null) throw fault;
      unchecked.push({ directory: release.directory, runId: run.id, problems });
    }
  }
  return { today, since, releases, unchecked };
}

/** A run that is refused, or cannot be read, is one that cannot be checked, and no end of the recall; null for any other fault. */
function problemsOfFault(fault: unknown): readonly Problem[] | null {
  if (fault instanceof TallystickError) return fault.exitCode === EXIT.refused ? fault.problems : null;
  if (fault instanceof WriteError) return [{ file: fault.path, message: 'cannot be read' }];
  return null;
}

function indexFor(agreement: string, { releaseKey, histories }: RecallQuestion): PseudonymIndex {
  const hasher = new PairHasher(releaseKey, releaseInfo(agreement));
  try {
    return new PseudonymIndex(histories.tokens, hasher);
  } finally {
    hasher.close();
  }
}

/** Why it cannot be known who is in a release. */
async function problemsOf(release: PastRelease, question: RecallQuestion): Promise<readonly Problem[]> {
  const { directory: file, manifest } = release;
  const { keyIds, rulesVersion } = manifest;
  const problems: Problem[] = [];
  if (keyIds.release !== question.releaseKey.keyId) {
    problems.push({
      file,
      message: `was made with another release key (key id ${keyIds.release}), under which everybody has other pseudonyms`,
      wayOut: 'recall once more with a pipeline file that names that key',
    });
  }
  if (keyIds.linkage !== question.linkageKeyId) {
    problems.push({
      file,
      message: `was made with another linkage key (key id ${keyIds.linkage}) than the register: nobody in it can be found by the register’s tokens`,
      wayOut: 'recall once more with a register of that key',
    });
  }
  if (rulesVersion !== String(RULES_VERSION)) {
    problems.push({
      file,
      message: `was made with version ${rulesVersion} of the rules for tokens, not ${RULES_VERSION}`,
      wayOut: 'recall with the version of tallystick that made it',
    });
  }
  return problems.length > 0 ? problems : await question.verify(release);
}

/** An opt-out that is in force today. */
interface OptOutInForce {
  readonly type: string;
  readonly scope: OptOutScope;
  /** the day since when */
  readonly since: string;
}

/** Opt-outs in force of each person, worked out when a person is first found in a file. */
class OptOutsInForce {
  readonly #question: RecallQuestion;
  readonly #known = new Map<number, readonly OptOutInForce[]>();
  /** the day since when by a history as text: most people have one event, and those of millions are a few thousand */
  readonly #days = new Map<string, string | null>();

  constructor(question: RecallQuestion) {
    this.#question = question;
  }

  of(person: number): readonly OptOutInForce[] {
    const known = this.#known.get(person);
    if (known !== undefined) return known;
    const { histories, today, since, scopeOf } = this.#question;
    const inForce = [...histories.of(person)].flatMap(([type, events]) => {
      const scope = scopeOf(type);
      const day = this.#since(events, today);
      return day === null || (since !== null && day < since) ? [] : [{ type, scope, since: day }];
    });
    this.#known.set(person, inForce);
    return inForce;
  }

  #since(events: readonly RecordedEvent[], today: string): string | null {
    const text = events.map(({ kind, date, recordedOn }) => `${kind} ${date} ${recordedOn}`).join();
    let day = this.#days.get(text);
    if (day === undefined) {
      day = inForceSince(events, today);
      this.#days.set(text, day);
    }
    return day;
  }
}

async function recallFrom(
  release: PastRelease,
  index: PseudonymIndex,
  optOuts: OptOutsInForce,
  question: RecallQuestion,
): Promise<RecalledRelease> {
  const { directory, folders, manifest, record } = release;
  const { run, agreement, recipient = null } = manifest;
  const exempt = question.exemptFrom(release);
  const notes: string[] = [];
  const found = new Map<string, FoundInTable>();
  const fromGp = new Set<string>();
  for (const output of manifest.outputs) {
    found.set(output.table, await searchTable(join(folders.release, output.file), index));
    const source = sourceOfTable(output, record);
    if (output.table === 'persons' || !isFromGp(source, question.isGpSource)) continue;
    fromGp.add(output.table);
    if (source === null || question.isGpSource(source) === null) {
      notes.push(
        `the pipeline file declares no source of ${output.table} any more: the table is treated as one of GP records`,
      );
    }
  }
  if (record?.settings?.['optOuts.untied'] === 'release') {
    notes.push(
      'it was made with optOuts.untied: release: persons without a known NHS number are in it, and cannot be found by one',
    );
  }
  const persons: RecalledPerson[] = [];
  for (const who of new Set([...found.values()].flatMap(({ rows }) => [...rows.keys()]))) {
    const inForce = optOuts.of(who).filter(({ type }) => !exempt.has(type));
    const taken = new Map<string, number>();
    let since: string | null = null;
    for (const [table, { rows, settings }] of found) {
      const count = rows.get(who);
      if (count === undefined) continue;
      // what `persons` has of somebody may be from GP records, if there were any
      const isGp = table === 'persons' ? hasGp(settings.get(who)) : fromGp.has(table);
      const taking = inForce.filter(({ scope }) => scope === 'person' || isGp);
      if (taking.length === 0) continue;
      taken.set(table, count);
      for (const one of taking) if (since === null || one.since < since) since = one.since;
    }
    if (since !== null) persons.push({ person: index.textOf(who), since, rows: Object.fromEntries(taken) });
  }
  persons.sort((a, b) => (a.person < b.person ? -1 : 1));
  return {
    directory,
    runId: run.id,
    runDate: run.date,
    pipeline: run.name,
    agreement,
    recipient,
    persons,
    optedOutBefore: persons.filter(({ since }) => since < run.date).length,
    tables: manifest.outputs.map(({ table, file, bytes, sha256 }) => {
      const counts = persons.flatMap(({ rows }) => rows[table] ?? []);
      return { table, file, bytes, sha256, persons: counts.length, rows: counts.reduce((a, b) => a + b, 0) };
    }),
    notes,
  };
}

/** Whether a person was met in a GP source; where the file does not say, it may be so. */
function hasGp(settings: string | undefined): boolean {
  return settings === undefined || settings.split('+').includes('gp');
}

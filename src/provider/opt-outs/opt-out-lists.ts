import type { Finding } from '../../domain/finding.ts';
import { OPT_OUT_TYPES } from '../../domain/opt-out.ts';
import { type Problem, refused, TallystickError } from '../../domain/problem.ts';
import type { JudgedNumbers } from '../../governance/national/judge-answers.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { REGISTER_LAYOUT } from '../../pipeline/list-layout.ts';
import { type DeclaredList, isNationalLedger, type Pipeline } from '../../pipeline/pipeline.ts';
import { judgeDates } from './event-dates.ts';
import { type KeptEvents, readKeptRegister } from './read-kept-register.ts';
import { type ReadList, readLaidOutList } from './read-laid-out-list.ts';
import { readNationalAnswers } from './read-national-answers.ts';
import { type AllowedNumbers, readNationalReply } from './read-national-reply.ts';

/** A list of `optOuts.lists`, read. */
export interface NamedList extends ReadList {
  readonly list: DeclaredList;
}

/** The lists of a run, read and found fit. */
export interface OptOutLists {
  /** null where none is declared */
  readonly register: ReadList | null;
  /** null where no reply of the national service is declared */
  readonly allowed: AllowedNumbers | null;
  /** null where no ledger of the national service is declared */
  readonly national: JudgedNumbers | null;
  /** null where no register is kept */
  readonly kept: KeptEvents | null;
  /** those in layouts of their own, in the order of the pipeline file */
  readonly declared: readonly NamedList[];
  readonly findings: readonly Finding[];
}

/**
 * The register, the national reply or ledger, and the lists in layouts of their own.
 *
 * @param linkageKey null where it is not at hand: the seals of a ledger and of a kept register are not checked then
 * @throws TallystickError (exit 1) with what is wrong with any
 */
export async function readOptOutLists(
  { optOuts, synthetic }: Pipeline,
  runDate: string,
  linkageKey: KeyRing | null,
): Promise<OptOutLists> {
  const { register: list, keptRegister, national, lists, expectedRate } = optOuts;
  const problems: Problem[] = [];
  const attempt = async <T>(read: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (fault) {
      if (!(fault instanceof TallystickError) || fault.exitCode !== 1) throw fault;
      problems.push(...fault.problems);
      return null;
    }
  };
  const words = { what: 'opt-out register', key: 'optOuts.register', repair: 'the register' };
  const register = await attempt(() =>
    list === null ? null : readLaidOutList(list, REGISTER_LAYOUT, words, runDate, synthetic),
  );
  const allowed = await attempt(() =>
    national === null || isNationalLedger(national)
      ? null
      : readNationalReply(national, runDate, synthetic, expectedRate),
  );
  const answers = await attempt(() =>
    isNationalLedger(national) ? readNationalAnswers(national, runDate, linkageKey) : null,
  );
  const kept = await attempt(() =>
    keptRegister === null
      ? null
      : readKeptRegister(
          keptRegister,
          linkageKey,
          [...OPT_OUT_TYPES, ...optOuts.types.map(({ name }) => name)],
          runDate,
        ),
  );
  const declared: NamedList[] = [];
  for (const one of lists) {
    const read = await attempt(() => readDeclaredList(one, runDate, synthetic));
    if (read !== null) declared.push({ ...read, list: one });
  }
  if (problems.length > 0) throw refused(...problems);
  return {
    register,
    allowed,
    national: answers?.numbers ?? null,
    kept,
    declared,
    findings: [
      ...(register?.findings ?? []),
      ...judgeDates(register?.entries ?? [], 'the register', runDate),
      ...(allowed?.findings ?? []),
      ...(answers?.findings ?? []),
      ...(kept?.findings ?? []),
      ...declared.flatMap(({ list: { name }, entries, findings }) => [
        ...findings,
        ...judgeDates(entries, `the list ${name}`, runDate),
      ]),
    ],
  };
}

function readDeclaredList(list: DeclaredList, runDate: string, synthetic: boolean): Promise<ReadList> {
  const words = {
    what: `opt-out list ${list.name}`,
    key: `optOuts.lists (${list.name})`,
    repair: 'the list, or its layout,',
  };
  return readLaidOutList(list, list.layout, words, runDate, synthetic);
}

/** Every event of the register and of the other lists. */
export function listedEntries({ register, declared }: OptOutLists): ReadList['entries'] {
  if (declared.length === 0) return register?.entries ?? [];
  return [register?.entries ?? [], ...declared.map(({ entries }) => entries)].flat();
}

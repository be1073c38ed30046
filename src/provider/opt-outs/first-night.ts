import type { Finding } from '../../domain/finding.ts';
import { decisionsAmong } from '../../domain/held-reason.ts';
import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { practiceName } from '../../domain/organisation-code.ts';
import { isSubjectTable, type Pipeline, type SourceSpec } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { countSigns, type Signs } from './count-signs.ts';
import { judgeSilence } from './judge-silence.ts';
import type { KeptSigns } from './kept-signs.ts';
import type { SourceOptOuts } from './opt-out-owners.ts';
import { practiceColumnOf } from './practice-column.ts';

/** An event of the register or of another list. */
interface ListedEvent {
  readonly nhsNumber: NhsNumber;
  readonly event: OptOutEvent;
}

/** What was counted and found of the people of each GP source. */
export interface FirstNight {
  readonly findings: readonly Finding[];
  /** by source, the practices that the delivery has patients of; of sources whose patients table names practices */
  readonly practices: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The events of the lists, and of the register that tallystick keeps. */
interface ListedOptOuts {
  readonly events: readonly ListedEvent[];
  readonly kept: KeptSigns | null;
}

/**
 * Whether every GP source has as many people with an opt-out as must be expected: of its records where they are searched,
 * else of the register and the other lists. A source that has, and does not distinguish its practices, is not read once more for it.
 */
export async function checkFirstNight(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  recorded: readonly SourceOptOuts[],
  listed: ListedOptOuts,
  settings: RunSettings,
): Promise<FirstNight> {
  const { expectedRate, withoutTypeOne } = pipeline.optOuts;
  // protected people and test patients are no sign that the opt-outs were delivered
  const isDecision = decisionsAmong(pipeline.optOuts.reasons);
  const decided = <T extends { readonly event: OptOutEvent }>(events: readonly T[]) =>
    events.filter(({ event }) => isDecision(event.type));
  const findings: Finding[] = [];
  const practices = new Map<string, Set<string>>();
  for (const one of inputs) {
    const { source, table } = one;
    if (source.setting !== 'gp' || !isSubjectTable(table)) continue;
    const own = recorded.find((other) => other.source === source && statesDecisions(other.source, pipeline));
    const isByKey = table.kind === 'patients' && own !== undefined;
    if (!isByKey && !table.columns.some(({ role }) => role === 'nhs-number')) continue;
    const signs =
      own === undefined
        ? signsOfLists({ events: decided(listed.events), kept: listed.kept })
        : signsOfRecords(decided(own.events), isByKey);
    const practice = practiceColumnOf(table);
    const isJudged = expectedRate !== null && !withoutTypeOne.includes(source.name);
    if (
      practice === null &&
      (!isJudged || (own !== undefined && signs.any.size > 0 && signs.typeOne.size > 0))
    )
      continue;
    const counted = await countSigns(pipeline, one, signs, practice, settings.signal);
    if (practice !== null) {
      practices.set(source.name, new Set(counted.map((each) => practiceName(each.practice))));
    }
    if (!isJudged) continue;
    const from = own === undefined ? listsInWords(pipeline) : 'its records';
    findings.push(
      ...judgeSilence(table.name, from, { column: practice?.name ?? null, signs: counted }, expectedRate),
    );
  }
  return { findings, practices };
}

/** Whether the records of a source may state what people decided: in codes, or in flags. */
function statesDecisions({ patients, tables }: SourceSpec, { optOuts }: Pipeline): boolean {
  const isDecision = decisionsAmong(optOuts.reasons);
  return [patients ?? [], tables]
    .flat()
    .some(
      ({ name, columns }) =>
        optOuts.codes.some(({ table }) => table === name) ||
        columns.some(({ flag }) => flag !== null && isDecision(flag.type)),
    );
}

function listsInWords({ optOuts: { register, keptRegister, lists } }: Pipeline): string {
  if (lists.length === 0) return 'the register';
  return register === null && keptRegister === null ? 'the lists' : 'the register or the lists';
}

function signsOfLists({ events: listed, kept }: ListedOptOuts): Signs {
  const numbers = (entries: readonly ListedEvent[]) => new Set(entries.map(({ nhsNumber }) => nhsNumber));
  return {
    by: 'nhs-number',
    any: numbers(listed),
    typeOne: numbers(listed.filter(({ event }) => event.type === 'type-1')),
    kept,
  };
}

function signsOfRecords(events: SourceOptOuts['events'], isByKey: boolean): Signs {
  const persons = (isCounted: (event: OptOutEvent) => boolean) =>
    new Set(
      events.flatMap(({ owner, event }) => {
        if (!isCounted(event)) return [];
        return 'patient' in owner ? (isByKey ? [owner.patient] : []) : isByKey ? [] : [owner.nhsNumber];
      }),
    );
  return {
    by: isByKey ? 'patient-key' : 'nhs-number',
    any: persons(() => true),
    typeOne: persons(({ type }) => type === 'type-1'),
    kept: null,
  };
}

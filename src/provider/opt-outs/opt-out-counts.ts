import { decisionsAmong } from '../../domain/held-reason.ts';
import { OPT_OUT_TYPES, type OptOutEvent, type OptOutType } from '../../domain/opt-out.ts';
import { tokenCount } from '../../governance/national/token-list.ts';
import { typesOf } from '../../pipeline/list-layout.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { OptOutCounts } from '../../store/token-store.ts';
import type { NamedList, OptOutLists } from './opt-out-lists.ts';
import type { SourceOptOuts } from './opt-out-owners.ts';
import type { KeptEvents } from './read-kept-register.ts';
import type { ReadList } from './read-laid-out-list.ts';
import type { RecordedEvents } from './recorded-opt-outs.ts';

/** The number of opt-outs in each list and in the records, as a store describes them. */
export function countsOf(
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
export function countKept({ events: { count, types, typeNames } }: KeptEvents): Record<string, number> {
  const counts = new Float64Array(typeNames.length);
  for (let row = 0; row < count; row += 1) counts[types[row]!]! += 1;
  return {
    ...Object.fromEntries(OPT_OUT_TYPES.map((type) => [type, 0])),
    ...Object.fromEntries(typeNames.map((name, type) => [name, counts[type]!])),
  };
}

/** Which state of the kept register was read. */
export function stateOf({
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

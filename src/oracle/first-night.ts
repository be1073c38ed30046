import { isSilenceImpossible } from '../domain/expected-opt-outs.ts';
import { decisionsAmong } from '../domain/held-reason.ts';
import { refused } from '../domain/problem.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { RegisterEntry } from './opt-out-lists.ts';
import type { DeliveredRow, DeliveredTable } from './read-files.ts';
import type { RecordedOptOut } from './recorded-opt-outs.ts';
import { columnOf, hasOwnIdentifiers, keyText, nhsNumberOf } from './standardise.ts';

/**
 * Among enough people somebody has opted out: a GP source, or one of its practices, without any opt-out is refused.
 *
 * @throws TallystickError (exit 1)
 */
export function checkFirstNight(
  pipeline: Pipeline,
  delivered: readonly DeliveredTable[],
  recorded: readonly RecordedOptOut[],
  register: readonly RegisterEntry[],
): void {
  const { expectedRate, withoutTypeOne } = pipeline.optOuts;
  if (expectedRate === null) return;
  // of protected people and test patients nothing follows for opt-outs
  const isDecision = decisionsAmong(pipeline.optOuts.reasons);
  for (const { table, rows } of delivered) {
    if (table.setting !== 'gp' || withoutTypeOne.includes(table.source) || !hasOwnIdentifiers(table))
      continue;
    const isRecorded = delivered.some(
      (one) =>
        one.table.source === table.source &&
        (one.table.columns.some(({ flag }) => flag !== null && isDecision(flag.type)) ||
          pipeline.optOuts.codes.some((codes) => codes.table === one.table.name)),
    );
    const isByKey = isRecorded && table.kind === 'patients';
    if (!isByKey && columnOf(table, 'nhs-number') === undefined) continue;
    const known = new Set(
      isRecorded
        ? recorded
            .filter(({ source, event }) => source === table.source && isDecision(event.type))
            .flatMap(({ owners }) =>
              owners.map((owner) => ('patientKey' in owner ? owner.patientKey : owner.nhsNumber)),
            )
        : register.filter(({ event }) => isDecision(event.type)).map(({ nhsNumber }) => nhsNumber),
    );
    const personOf = (row: DeliveredRow) =>
      isByKey ? keyText(row, columnOf(table, 'patient-key')) : nhsNumberOf(row, table, pipeline);
    const practiceOf = (row: DeliveredRow) =>
      table.kind === 'patients' ? (keyText(row, columnOf(table, 'organisation')) ?? '') : '';
    // for a flat table the file with the most people counts, because others may be about the same people
    const peopleIn = (some: readonly DeliveredRow[]) => {
      if (table.kind === 'patients') return some.length;
      const files = [...new Set(some.map(({ file }) => file))];
      const counts = files.map((file) => {
        const persons = some.filter((row) => row.file === file).map(personOf);
        return new Set(persons.filter((person) => person !== null)).size;
      });
      return Math.max(0, ...counts);
    };
    const isSilent = (some: readonly DeliveredRow[]) =>
      !some.some((row) => known.has(personOf(row) ?? '')) &&
      isSilenceImpossible(peopleIn(some), expectedRate);
    const practices = [...new Set(rows.map(practiceOf))];
    if (isSilent(rows) || practices.some((name) => isSilent(rows.filter((row) => practiceOf(row) === name))))
      throw refused({ file: table.name, message: 'nobody has opted out' });
  }
}

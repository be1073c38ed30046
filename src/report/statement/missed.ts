import { CHARACTERISTIC_WORDS } from '../../domain/characteristic.ts';
import { markdownTable } from '../../domain/markdown.ts';
import type { MissedSource } from '../../linker/missed/missed.ts';
import type { StatementFigures } from './figures.ts';
import { list, percent, shown } from './words.ts';

const HEAD = ['', 'Linked', '%', 'Unlinked', '%', 'Standardised difference'];

/** Linked compared with unlinked records. */
export function linkedAgainstUnlinked({ missed }: StatementFigures): string[] {
  const comparedBy = [
    ...new Set(missed.flatMap(({ characteristics }) => characteristics.map(({ by }) => by))),
  ];
  const compared =
    comparedBy.length === 0
      ? 'No characteristics of persons are released, so none are compared.'
      : `Compared: ${list(comparedBy.map((by) => CHARACTERISTIC_WORDS[by]))}.`;
  return [
    'A record is unlinked if no valid NHS number is known for its person. Percentages are of all linked, or unlinked, records of the source; a standardised difference ' +
      `of more than 0.1 is usually called a difference. ${compared}`,
    ...missed.flatMap((one) => [`### ${one.source}`, ...shareLinked(one), ...comparison(one)]),
  ];
}

/** Per cent and not counts: with the released rows, which whoever has the files can count, those would give away how many were left out. */
function shareLinked({ linked, unlinked }: MissedSource): string[] {
  if (linked === null || unlinked === null) return [];
  return [`${percent(linked / (linked + unlinked))} % of the records are linked.`];
}

function comparison({ unlinked, characteristics }: MissedSource): string[] {
  if (unlinked === null) return ['Too few records are unlinked to compare them.'];
  if (characteristics.length === 0) return [];
  const rows = characteristics.flatMap(({ by, values }) =>
    values.map((one) => [
      `${CHARACTERISTIC_WORDS[by]}: ${one.value ?? 'not known'}`,
      shown(one.linked),
      shown(one.linkedPercent),
      shown(one.unlinked),
      shown(one.unlinkedPercent),
      one.standardisedDifference?.toFixed(2) ?? '*',
    ]),
  );
  return [markdownTable(HEAD, rows, [1, 2, 3, 4, 5])];
}

import { markdownTable } from '../../domain/markdown.ts';
import { type DropReason, dropReasonWords } from '../../domain/receipt.ts';
import { isSmall } from '../../domain/small-number.ts';
import type { StatementFigures } from './figures.ts';
import { published } from './words.ts';

/** The counts that may be shown. The line of a small count is left out: a star would distinguish it from zero. */
function shownOf(counts: Readonly<Record<string, number>>): [name: string, count: string][] {
  return Object.entries(counts)
    .filter(([, count]) => !isSmall(count))
    .map(([name, count]) => [name, published(count)]);
}

/** What was delivered. */
export function dataSets({ pipeline, inputs }: StatementFigures): string[] {
  const rows = pipeline.sources.flatMap(({ name, setting }) => {
    const own = inputs.filter(({ source }) => source === name);
    const tables = [...new Set(own.map(({ table }) => table))];
    return tables.map((table) => {
      const files = own.filter((one) => one.table === table);
      const delivered = files.reduce((sum, one) => sum + one.rows, 0);
      return [name, setting, table, String(files.length), published(delivered)];
    });
  });
  return [
    markdownTable(['Source', 'Care setting', 'Table', 'Files', 'Rows delivered'], rows, [3, 4]),
    'The population, area and period that each source covers, and how its data were collected, must be described by its provider: the files do not contain it.',
  ];
}

/** How identifiers were standardised, and the outcomes. */
export function cleaning({ outcomes }: StatementFigures): string[] {
  const rows = outcomes.flatMap(({ source, table, column, outcomes: met }) =>
    shownOf(met).map(([outcome, count]) => [source, table, column, outcome, count]),
  );
  return [
    'NHS numbers were checked by their check digit, and placeholder numbers were treated as missing. Postcodes were brought into one form and checked by ' +
      'shape; postcodes that are no address, such as no fixed abode, are never linked on. Birth dates must be real, not before 1895 and not after the date of the run; placeholder dates were ' +
      'treated as missing. Cells were repaired only where there was exactly one possible repair.',
    markdownTable(['Source', 'Table', 'Column', 'Outcome', 'Rows'], rows, [4]),
  ];
}

/** The account of rows and persons. */
export function flow({ receipts, persons }: StatementFigures): string[] {
  const tables = [...new Set(receipts.map(({ table }) => table))];
  const rows = tables.flatMap((table) => {
    const own = receipts.filter((one) => one.table === table);
    const released = own.find(({ stage }) => stage === 'release');
    const dropped = own.flatMap((one) => shownOf(one.dropped) as [DropReason, string][]);
    return [
      [table, 'delivered', published(own[0]!.rowsIn)],
      ...dropped.map(([reason, count]) => [table, dropReasonWords(reason), count]),
      [
        table,
        released === undefined ? 'used for linkage, not released as rows' : 'released',
        published((released ?? own.at(-1)!).rowsOut),
      ],
    ];
  });
  const people = [
    ['released', published(persons.released)],
    ...shownOf(persons.bySettings).map(([settings, count]) => [
      `of them in ${settings.replaceAll('+', ' and ')}`,
      count,
    ]),
    ['not released: type 2 opt-out', published(persons.typeTwoOptOut)],
    ['not released: national data opt-out', published(persons.nationalOptOut)],
    ['not released: held back', published(persons.heldBack)],
  ];
  return [
    markdownTable(['Table', 'Rows', 'Number'], rows, [2]),
    markdownTable(['Persons', 'Number'], people, [1]),
  ];
}

import { markdownTable } from '../../domain/markdown.ts';
import { type DropReason, dropReasonWords, type Receipt } from '../../domain/receipt.ts';
import { isSmall, publishedCount } from '../../domain/small-number.ts';
import type { StatementFigures } from './figures.ts';
import { percent, published, shown } from './words.ts';

/** The counts that may be shown. The line of a small count is left out: a star would distinguish it from zero. */
function shownOf(counts: Readonly<Record<string, number>>): [name: string, count: string][] {
  return Object.entries(counts)
    .filter(([, count]) => !isSmall(count))
    .map(([name, count]) => [name, published(count)]);
}

/** What was delivered. */
export function dataSets({ pipeline, inputs, receipts }: StatementFigures): string[] {
  const rows = pipeline.sources.flatMap(({ name, setting }) => {
    const own = inputs.filter(({ source }) => source === name);
    const tables = [...new Set(own.map(({ table }) => table))];
    return tables.map((table) => {
      const files = own.filter((one) => one.table === table);
      return [name, setting, table, String(files.length), deliveredRows(flowOf(table, receipts))];
    });
  });
  return [
    markdownTable(['Source', 'Care setting', 'Table', 'Files', 'Rows delivered'], rows, [3, 4]),
    'The population, area and period that each source covers, and how its data were collected, must be described by its provider: the files do not contain it.',
  ];
}

/** How identifiers were standardised, and the outcomes. */
export function cleaning({ outcomes }: StatementFigures): string[] {
  const rows = outcomes.flatMap(({ source, table, column, outcomes: met }) => {
    const parts = Object.entries(met).flatMap(([outcome, count]): [string, number][] => {
      const part = publishedCount(count);
      return part === null ? [] : [[outcome, part]];
    });
    const all = parts.reduce((sum, [, part]) => sum + part, 0);
    return parts.map(([outcome, part]) => [source, table, column, outcome, wholePercent(part / all)]);
  });
  return [
    'NHS numbers were checked by their check digit, and placeholder numbers were treated as missing. Postcodes were brought into one form and checked by ' +
      'shape; postcodes that are no address, such as no fixed abode, are never linked on. Birth dates must be real, not before 1895 and not after the date of the run; placeholder dates were ' +
      'treated as missing. Cells were repaired only where there was exactly one possible repair.',
    markdownTable(['Source', 'Table', 'Column', 'Outcome', '% of rows'], rows, [4]),
  ];
}

/** Per cent of rounded counts and not counts: with the released rows, which whoever has the files can count, those would give away how many were left out. */
function wholePercent(share: number): string {
  return share < 0.005 ? 'less than 1' : percent(share);
}

/** The published account of a table's rows. */
interface TableFlow {
  readonly table: string;
  /** each reason whose count may be shown, and the count as it is published */
  readonly dropped: readonly (readonly [reason: string, rows: number])[];
  /** null where it is suppressed */
  readonly out: number | null;
  readonly isReleased: boolean;
}

function flowOf(table: string, receipts: readonly Receipt[]): TableFlow {
  const own = receipts.filter((one) => one.table === table);
  const released = own.find(({ stage }) => stage === 'release');
  return {
    table,
    dropped: own.flatMap(({ dropped }) =>
      Object.entries(dropped).flatMap(([reason, rows]) => {
        const shownRows = publishedCount(rows);
        return shownRows === null ? [] : [[dropReasonWords(reason as DropReason), shownRows] as const];
      }),
    ),
    out: publishedCount((released ?? own.at(-1)!).rowsOut),
    isReleased: released !== undefined,
  };
}

/**
 * The rows that were delivered, as the sum of the published parts. Whoever has the files knows how many rows were released, so that a total
 * which was rounded by itself would give the parts away that are not shown.
 */
function deliveredRows({ dropped, out }: TableFlow): string {
  const sum = dropped.reduce((all, [, rows]) => all + rows, out ?? 0);
  return shown(sum === 0 ? null : sum);
}

/** The account of rows and persons. */
export function flow({ pipeline, receipts, persons, held }: StatementFigures): string[] {
  const tables = [...new Set(receipts.map(({ table }) => table))];
  const rows = tables.flatMap((table) => {
    const account = flowOf(table, receipts);
    return [
      [table, 'delivered', deliveredRows(account)],
      ...account.dropped.map(([reason, count]) => [table, reason, shown(count)]),
      [table, account.isReleased ? 'released' : 'used for linkage, not released as rows', shown(account.out)],
    ];
  });
  const {
    contradicted = 0,
    'unknown-number': unknown = 0,
    'type-2': typeTwo = 0,
    national = 0,
    ...others
  } = held;
  const words = new Map<string, string>(pipeline.optOuts.reasons.map((one) => [one.name, one.words]));
  const people = [
    ['released', published(persons.released)],
    ...shownOf(persons.bySettings).map(([settings, count]) => [
      `of them in ${settings.replaceAll('+', ' and ')}`,
      count,
    ]),
    ['not released: type 2 opt-out', published(typeTwo)],
    ['not released: national data opt-out', published(national)],
    ...shownOf(others).map(([name, count]) => [`not released: ${words.get(name) ?? name}`, count]),
    ['not released: held back', published(contradicted + unknown)],
  ];
  return [
    'Rows and persons are counted once, under the first reason that holds. Rows delivered are the sum of the numbers shown below them.',
    markdownTable(['Table', 'Rows', 'Number'], rows, [2]),
    markdownTable(['Persons', 'Number'], people, [1]),
  ];
}

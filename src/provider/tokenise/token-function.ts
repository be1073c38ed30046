import { ROW_FLAG } from '../../domain/row-flag.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import { agreementColumn, type TokenPlan, tokensOf } from '../../store/token-plan.ts';
import { cellReaderOf } from '../extract/cell-readers.ts';
import type { TokenFunction } from '../extract/extract-query.ts';
import type { ReadCell } from './table-tokeniser.ts';

/** The payload columns that the hashing function reads on the way, in the order of its parameters. */
function cellColumnsOf({ table }: TokenPlan): readonly ColumnSpec[] {
  return table.columns.filter((column) => cellReaderOf(column) !== null);
}

/** Readers of those columns, each with the code of its fault. */
export function readCellsOf(plan: TokenPlan): ReadCell[] {
  return cellColumnsOf(plan).map((column) => ({
    code: plan.table.columns.indexOf(column) + 1,
    reader: cellReaderOf(column)!,
  }));
}

/** What the extract stage must know of a table's hashing function: the one thing the two stages agree on. */
export function tokenFunctionOf(plan: TokenPlan): TokenFunction {
  const keyed = [
    plan.subject.by === 'patient-key' ? plan.subject.key : null,
    plan.local,
    plan.record,
    plan.parent,
  ];
  return {
    name: `tokenise_${plan.table.name}`,
    hasDemographics: plan.hasDemographics,
    keyColumns: keyed.flatMap((one) => one?.columns ?? []),
    cellColumns: cellColumnsOf(plan).map(({ name }) => name),
    tokens: tokensOf(plan),
    agreements: plan.linking.agreements.map(agreementColumn),
    flags: !plan.hasDemographics
      ? []
      : [
          { name: 'is_first', flag: ROW_FLAG.first },
          { name: 'first_of_january', flag: ROW_FLAG.firstOfJanuary },
          ...(plan.linking.hasIgnoredPostcodes
            ? [{ name: 'ignored_postcode', flag: ROW_FLAG.ignoredPostcode }]
            : []),
        ],
  };
}

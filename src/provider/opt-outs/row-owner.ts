import { trimBlanks } from '../../domain/standardised-text.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import { ownerColumnOf } from '../extract/owner-column.ts';
import { payloadText } from '../extract/payload-value.ts';

/**
 * What a row says of whose it is, in the cell of the table's owner column: without the blanks around it; an NHS number as it is
 * written, for the rules of the domain to read. Null where the row says nothing.
 */
export function ownerText(table: TableSpec, cell: string): string | null {
  const column = ownerColumnOf(table);
  if (column.role !== 'nhs-number') return payloadText(column, cell);
  return trimBlanks(cell) === '' ? null : cell;
}

import { trimBlanks } from '../../domain/standardised-text.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import { ownerColumnOf } from '../extract/owner-column.ts';
import { payloadText } from '../extract/payload-value.ts';

/**
 * The owner of a row, as the cell of the table's owner column names it: without the blanks around it; an NHS number as it is
 * written, for the rules of the domain to read. Null where the cell is empty.
 */
export function ownerText(table: TableSpec, cell: string): string | null {
  const column = ownerColumnOf(table);
  if (column.role !== 'nhs-number') return payloadText(column, cell);
  return trimBlanks(cell) === '' ? null : cell;
}

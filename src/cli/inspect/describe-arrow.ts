import { formatCount } from '../../report/format.ts';
import { left, right, textTable } from '../../report/text-table.ts';
import type { ArrowSummary } from './inspect-arrow.ts';

/** An Arrow file in words. */
export function describeArrow(summary: ArrowSummary): string {
  const { file, rows, batches, metadata, columns, head } = summary;
  const lines = [
    `${file}: ${formatCount(rows)} rows in ${formatCount(batches)} ${batches === 1 ? 'batch' : 'batches'}`,
    ...Object.entries(metadata).map(([key, value]) => `  ${key}: ${value}`),
    '',
    ...textTable(
      [
        left('column'),
        left('type'),
        left('role'),
        left('rule'),
        right('values'),
        right('nulls'),
        right('nulls in 1st batch'),
        right('distinct in 1st batch'),
      ],
      columns.map((column) => [
        column.name,
        column.nullable ? column.type : `${column.type} not null`,
        column.metadata['role'] ?? '',
        column.metadata['rule'] ?? '',
        column.dictionarySize === null ? '' : formatCount(column.dictionarySize),
        formatCount(column.nulls),
        formatCount(column.firstBatch.nulls),
        formatCount(column.firstBatch.distinct),
      ]),
    ),
    ...(head.length === 0 ? [] : ['', ...head.map((row) => JSON.stringify(row))]),
  ];
  return lines.join('\n');
}

import { publishedCount } from '../../domain/small-number.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import {
  type DescribedTable,
  dataDictionaryJson,
  dataDictionaryMarkdown,
} from '../../write/data-dictionary.ts';
import type { ManifestOutput } from '../../write/run-manifest.ts';
import type { OutputPlan } from './write-table.ts';

/** A file that was written, with the plan of its columns. */
export interface WrittenTable {
  readonly output: ManifestOutput;
  readonly rows: number;
  readonly columns: readonly OutputPlan[];
  readonly nulls: readonly number[];
}

/** Arrow types in the words of a reader. */
const TYPE_WORDS: Readonly<Record<OutputPlan['kind']['kind'], string>> = {
  int8: 'whole number (int8)',
  int16: 'whole number (int16)',
  int32: 'whole number (int32)',
  int64: 'whole number (int64)',
  float64: 'number (float64)',
  bool: 'true or false',
  date32: 'date (date32)',
  'timestamp-us': 'date and time (timestamp[us])',
  dictionary: 'text (dictionary)',
  'fixed-text': 'text (32 characters)',
  'hex-token': 'text (32 characters)',
};

/** The data dictionary of a run, as JSON and as Markdown. Its counts are fit for publication, as those of the linkage statement. */
export function describeTables(
  pipeline: Pipeline,
  tables: readonly WrittenTable[],
): { readonly json: string; readonly markdown: string } {
  const described = tables.map(
    ({ output, rows, columns, nulls }): DescribedTable => ({
      name: output.table,
      description:
        output.table === 'persons'
          ? 'One row a person.'
          : `Released records, one row each, sorted by person, then by what is released of the date.`,
      file: output.file,
      rows: publishedCount(rows),
      columns: columns.map(({ column, kind }, index) => ({
        name: column.name,
        type: TYPE_WORDS[kind.kind],
        description: column.description,
        role: column.role,
        source: column.source,
        rule: column.rule,
        nulls: publishedCount(nulls[index] ?? 0),
      })),
    }),
  );
  const title = `Data dictionary: ${pipeline.name}, agreement ${pipeline.release.agreement}`;
  return { json: dataDictionaryJson(title, described), markdown: dataDictionaryMarkdown(title, described) };
}

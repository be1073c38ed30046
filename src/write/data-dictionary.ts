import { escapeMarkdown, markdownTable } from '../domain/markdown.ts';
import { stableJson } from './stable-json.ts';

/** A code of a column and what it means. */
export interface DescribedCode {
  readonly code: string;
  readonly meaning: string;
}

/** The description of a released column, for the recipient. */
export interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly role: string;
  /** Where its values come from: `gp.gp_events.effective_date`. */
  readonly source: string;
  /** What was done to them. */
  readonly rule: string;
  /** The number of rows without a value, as published; null where it is suppressed. */
  readonly nulls: number | null;
  /** The codes that occur, where they are few enough to list. */
  readonly codes?: readonly DescribedCode[];
}

/** A released table. */
export interface DescribedTable {
  readonly name: string;
  readonly description: string;
  /** The file, in the same folder as the dictionary. */
  readonly file: string;
  /** The number of rows, as published; null where it is suppressed. */
  readonly rows: number | null;
  readonly columns: readonly DescribedColumn[];
}

const SMALL_NUMBERS = 'Counts of 0 to 7 are not shown (\\*), all others are rounded to the nearest 5.';

const KEY_ORDER = {
  '': ['title', 'counts', 'tables'],
  'tables[]': ['name', 'description', 'file', 'rows', 'columns'],
  'tables[].columns[]': ['name', 'type', 'description', 'role', 'source', 'rule', 'nulls', 'codes'],
  'tables[].columns[].codes[]': ['code', 'meaning'],
};

/** The text of `data-dictionary.json`. */
export function dataDictionaryJson(title: string, tables: readonly DescribedTable[]): string {
  const counts = 'null for 0 to 7, otherwise rounded to the nearest 5';
  return stableJson({ title, counts, tables }, KEY_ORDER);
}

/** The text of `data-dictionary.md`: a section for each table, a row for each column, and a list of codes where there is one. */
export function dataDictionaryMarkdown(title: string, tables: readonly DescribedTable[]): string {
  return `${[`# ${escapeMarkdown(title)}`, SMALL_NUMBERS, ...tables.map(describeTable)].join('\n\n')}\n`;
}

function describeTable({ name, description, file, rows, columns }: DescribedTable): string {
  const head = ['Column', 'Type', 'What it holds', 'Role', 'Source', 'Rule', 'Missing'];
  const body = columns.map((column) => [
    column.name,
    column.type,
    column.description,
    column.role,
    column.source,
    column.rule,
    grouped(column.nulls),
  ]);
  return [
    `## ${escapeMarkdown(name)}`,
    ...(description === '' ? [] : [escapeMarkdown(description)]),
    `File ${escapeMarkdown(file)}, ${escapeMarkdown(grouped(rows))} rows.`,
    markdownTable(head, body, [head.length - 1]),
    ...columns.flatMap(describeCodes),
  ].join('\n\n');
}

function describeCodes({ name, codes = [] }: DescribedColumn): string[] {
  if (codes.length === 0) return [];
  const rows = codes.map(({ code, meaning }) => [code, meaning]);
  return [`### Codes of ${escapeMarkdown(name)}`, markdownTable(['Code', 'Meaning'], rows, [])];
}

/** 1234567 as 1,234,567, the same on every machine whatever its locale; a star for a suppressed count. */
function grouped(count: number | null): string {
  if (count === null) return '*';
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

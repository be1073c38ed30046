import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IMPLAUSIBLE_RULES } from '../../domain/implausible.ts';
import type { BenchFolder } from './bench-folder.ts';
import type { Implausible, Meaning } from './oracle-comparison/run-both.ts';
import type { Row } from './read-rows.ts';

/** Where the cases are; each is a folder with `input` and `expected`. */
export const CASES = resolve('fixtures/cases');

export function caseNames(): string[] {
  return readdirSync(CASES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Puts a case's input files into a folder that has keys. */
export function putCase(folder: BenchFolder, name: string): void {
  const input = join(CASES, name, 'input');
  for (const file of readdirSync(input)) folder.put(file, readFileSync(join(input, file)));
}

/** The expected files of a case, by name. */
export function expectedFiles(name: string): Record<string, string> {
  const folder = join(CASES, name, 'expected');
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
}

/**
 * What a run came to, as files a person can read. Pseudonyms depend on the keys and are in no order that means anything,
 * so rows are sorted by what they say, and persons are called P1, P2, ... as they first appear.
 */
export function tellMeaning(meaning: Meaning): Record<string, string> {
  if ('exitCode' in meaning) return { 'refused.txt': `exit ${meaning.exitCode}\n` };
  const labels = new Map<string, string>();
  const { persons = [], ...records } = meaning.tables;
  const files: Record<string, string> = {};
  for (const [table, rows] of Object.entries(records)) {
    files[`${table}.csv`] = tellTable(rows.toSorted(byWhatTheySay), labels);
  }
  const known = [...labels.keys()];
  const place = ({ person }: Row) => (known.indexOf(String(person)) + known.length + 1) % (known.length + 1);
  files['persons.csv'] = tellTable(
    persons.toSorted((a, b) => place(a) - place(b) || byWhatTheySay(a, b)),
    labels,
  );
  files['receipts.csv'] = csv([
    ['stage', 'table', 'fate', 'rows'],
    ...meaning.receipts.flatMap(({ stage, table, rowsIn, rowsOut, dropped }) => [
      [stage, table, 'in', rowsIn],
      ...Object.entries(dropped)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([reason, rows]) => [stage, table, reason, rows]),
      [stage, table, 'out', rowsOut],
    ]),
  ]);
  files['standardised.csv'] = csv([
    ['table', 'column', 'outcome', 'rows'],
    ...meaning.outcomes.flatMap(({ table, column, outcomes }) =>
      Object.entries(outcomes)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([outcome, rows]) => [table, column, outcome, rows]),
    ),
  ]);
  if (meaning.implausible !== null) files['implausible.csv'] = tellImplausible(meaning.implausible);
  if (meaning.quarantine.length > 0) {
    files['quarantine.csv'] = csv([['file', 'line', 'column', 'reason'], ...meaning.quarantine]);
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Links by rank, and how many of them each rule finds implausible. */
function tellImplausible({ links, rules }: Implausible): string {
  const tell = (rule: string, counts: Readonly<Record<string, number>> | null) => {
    if (counts === null) return [[rule, '', 'not asked']];
    const ranks = Object.entries(counts);
    return ranks.length === 0 ? [[rule, '', 0]] : ranks.map(([rank, count]) => [rule, rank, count]);
  };
  return csv([
    ['rule', 'match_rank', 'links'],
    ...IMPLAUSIBLE_RULES.flatMap((rule) => tell(rule, rules[rule])),
    ...tell('all links', links),
  ]);
}

function byWhatTheySay({ person: _a, ...a }: Row, { person: _b, ...b }: Row): number {
  const said = (row: object) => Object.values(row).reverse().join('\n');
  return said(a) < said(b) ? -1 : said(a) > said(b) ? 1 : 0;
}

function tellTable(rows: readonly Row[], labels: Map<string, string>): string {
  const [first] = rows;
  if (first === undefined) return 'no rows\n';
  const label = (pseudonym: string) => {
    if (!labels.has(pseudonym)) labels.set(pseudonym, `P${labels.size + 1}`);
    return labels.get(pseudonym)!;
  };
  return csv([
    Object.keys(first),
    ...rows.map(({ person, ...rest }) => [label(String(person)), ...Object.values(rest)]),
  ]);
}

function csv(rows: readonly (readonly unknown[])[]): string {
  const cell = (value: unknown) =>
    /[",\n]/.test(String(value)) ? JSON.stringify(value) : String(value ?? '');
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

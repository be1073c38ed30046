import { join } from 'node:path';
import { OptOutProof } from '../../gates/opt-out-proof.ts';
import { schemaFaults } from '../../gates/schema-gate.ts';
import { type ArrowFile, openArrowFile } from '../../write/arrow-read.ts';
import type { ReadField } from '../../write/read-field.ts';
import type { RunManifest } from '../../write/run-manifest.ts';
import { WriteError } from '../../write/write-error.ts';
import type { Check } from './check.ts';

type Output = RunManifest['outputs'][number];

/** The checks of all tables, and the persons of each that could be read. */
export interface CheckedTables {
  readonly checks: readonly Check[];
  readonly persons: readonly number[];
}

/**
 * Checks schemas, metadata and order of the tables, read from the files; and their rows, where the record has them.
 *
 * @param rowsOf rows of each table by the operator's record; null without one
 */
export async function checkTables(
  directory: string,
  manifest: RunManifest,
  rowsOf: ReadonlyMap<string, number> | null,
): Promise<CheckedTables> {
  const checks: Check[] = [];
  const persons: number[] = [];
  for (const output of manifest.outputs) {
    const file = join(directory, output.file);
    try {
      const arrow = await openArrowFile(file);
      try {
        checks.push(checkSchema(file, arrow, output, manifest));
        const { check, persons: found } = await checkRows(file, arrow, output, rowsOf);
        checks.push(check);
        persons.push(found);
      } finally {
        await arrow.close();
      }
    } catch (fault) {
      if (!(fault instanceof WriteError)) throw fault;
      const problem = { file, message: 'cannot be read as an Arrow file' };
      checks.push({ check: `${output.file}: schema, rows and order`, problems: [problem] });
    }
  }
  return { checks, persons };
}

function checkSchema(file: string, arrow: ArrowFile, output: Output, manifest: RunManifest): Check {
  const { columns, table } = output;
  const found = arrow.fields.map(describeField);
  const expected = columns.map(
    ({ name, type, role, rule, source }) => `${name}: ${arrowType(type)}, ${role}, ${rule}, ${source}`,
  );
  const messages = expected.flatMap((text, index) =>
    found[index] === text
      ? []
      : [`the manifest has \`${text}\`; the file has \`${found[index] ?? 'no such column'}\``],
  );
  if (found.length > expected.length) messages.push(`has ${found.length - expected.length} columns too many`);
  messages.push(...schemaFaults(arrow.fields, new Set(columns.map(({ name }) => name)), table));
  const metadata: Readonly<Record<string, string>> = {
    run: manifest.run.id,
    run_date: manifest.run.date,
    agreement: manifest.agreement,
    linkage_key_id: manifest.keyIds.linkage,
    release_key_id: manifest.keyIds.release,
    rules_version: manifest.rulesVersion,
  };
  for (const [key, value] of Object.entries(metadata)) {
    if (arrow.metadata.get(key) !== value)
      messages.push(`its metadata \`${key}\` is not that of the manifest`);
  }
  return {
    check: `${output.file}: schema is the manifest's`,
    problems: messages.map((message) => ({ file, message })),
  };
}

async function checkRows(
  file: string,
  arrow: ArrowFile,
  output: Output,
  rowsOf: ReadonlyMap<string, number> | null,
): Promise<{ readonly check: Check; readonly persons: number }> {
  const person = arrow.fields.findIndex(({ name, kind }) => name === 'person' && kind === 'utf8');
  // The gate's opt-out proof with every person allowed: it checks the order, and counts persons.
  const order = new OptOutProof(() => true);
  let rows = 0;
  for await (const batch of arrow.batches()) {
    if (person >= 0) order.batch(batch, person);
    rows += batch.rows;
  }
  const messages: string[] = [];
  const recorded = rowsOf?.get(output.table);
  if (rowsOf !== null && rows !== recorded)
    messages.push(`has ${rows} rows; the operator’s record says ${recorded ?? 'nothing'}`);
  if (person < 0) messages.push('has no column of pseudonyms');
  if (order.violations > 0) messages.push(`is not sorted by person, at ${order.violations} places`);
  if (output.table === 'persons' && person >= 0 && order.persons !== rows) {
    messages.push(`names ${order.persons} persons in ${rows} rows; each must occur once`);
  }
  const problems = messages.map((message) => ({ file, message }));
  return { check: { check: `${output.file}: rows, sorted by person`, problems }, persons: order.persons };
}

function describeField({ name, kind, metadata }: ReadField): string {
  const [role, rule, source] = ['role', 'rule', 'source'].map((key) => metadata.get(key) ?? '');
  return `${name}: ${kind}, ${role}, ${rule}, ${source}`;
}

/** Both kinds of pseudonym are text in the file. */
function arrowType(type: string): string {
  return type === 'fixed-text' || type === 'hex-token' ? 'utf8' : type;
}

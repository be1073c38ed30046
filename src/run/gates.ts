import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, refused } from '../domain/problem.ts';
import { assertBalanced, type Receipt } from '../domain/receipt.ts';
import { LeakScan, readCanaries } from '../gates/leak-scan.ts';
import { type MayStand, OptOutProof } from '../gates/opt-out-proof.ts';
import type { PseudonymSet } from '../gates/pseudonym-set.ts';
import { allowedColumns, schemaFaults } from '../gates/schema-gate.ts';
import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import { openArrowFile } from '../write/arrow-read.ts';

/** A gate that was passed, as the manifest lists it. */
export interface PassedGate {
  readonly gate: 'receipts' | 'opt-out proof' | 'leak scan' | 'schema';
  /** how many things were looked at in what is published: logs and private files differ from one way to run to another */
  readonly looked: number;
}

/** Pseudonyms of people whose records must not be in certain files. */
export interface OptOutPseudonyms {
  /** type 2 and national: in no file */
  readonly wholePersons: PseudonymSet;
  /** type 1: in no file of GP records */
  readonly gpRecords: PseudonymSet;
  /** if a national reply is in force and nobody untied is released: the only ones that may be in any file */
  readonly allowed: PseudonymSet | null;
}

export interface GateInputs {
  readonly pipeline: Pipeline;
  readonly directory: string;
  readonly privateDirectory: string;
  readonly tables: readonly { readonly table: string; readonly file: string; readonly rows: number }[];
  readonly receipts: readonly Receipt[];
  readonly optOuts: OptOutPseudonyms;
  readonly logged: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * The gates before publishing, from the written files themselves.
 *
 * @throws TallystickError (exit 1) naming the gate, the file and the column; (exit 70) for receipts that do not balance
 */
export async function passGates(inputs: GateInputs): Promise<PassedGate[]> {
  const { pipeline, directory, tables, receipts } = inputs;
  assertBalanced(receipts);
  const scan = new LeakScan(readCanaries(pipeline.canaries));
  const problems: Problem[] = [];
  let persons = 0;
  let fields = 0;
  for (const { table, file, rows } of tables) {
    const arrow = await openArrowFile(join(directory, file));
    try {
      const proof = new OptOutProof(mayStand(inputs, table));
      const allowed = allowedColumns(pipeline, table);
      problems.push(
        ...schemaFaults(arrow.fields, allowed, table).map((message) => ({
          file,
          message: `schema: ${message}`,
        })),
      );
      fields += arrow.fields.length;
      scan.schema(file, arrow);
      const person = arrow.fields.findIndex(({ name }) => name === 'person');
      let read = 0;
      for await (const batch of arrow.batches()) {
        inputs.signal.throwIfAborted();
        proof.batch(batch, person);
        scan.batch(file, arrow.fields, batch);
        read += batch.rows;
      }
      if (read !== rows)
        problems.push({ file, message: `${rows} rows were written and ${read} can be read` });
      if (proof.violations > 0) {
        problems.push({
          file,
          message: `opt-out proof: ${proof.violations} persons stand in it who must not`,
        });
      }
      persons += proof.persons;
    } finally {
      await arrow.close();
    }
  }
  scanTextFiles(scan, inputs, new Set(tables.map(({ file }) => file)));
  const lookedAtFiles = scan.looked;
  scanPrivateTraces(scan, inputs);
  for (const { file, column, finding, count } of scan.leaks) {
    problems.push({
      file,
      ...(column === '' ? {} : { column }),
      message: `leak scan: ${count} ${count === 1 ? 'text looks' : 'texts look'} like a ${finding}`,
      wayOut: 'take the column out of the release, or find out how identifiers came into the source',
    });
  }
  if (problems.length > 0) throw refused(...problems);
  return [
    { gate: 'receipts', looked: receipts.length },
    { gate: 'opt-out proof', looked: persons },
    { gate: 'leak scan', looked: lookedAtFiles },
    { gate: 'schema', looked: fields },
  ];
}

/** Whether a pseudonym may have rows in a table's file. */
function mayStand({ pipeline, optOuts }: GateInputs, table: string): MayStand {
  const isGp = tablesOf(pipeline).some((one) => one.name === table && one.setting === 'gp');
  const { wholePersons, gpRecords, allowed } = optOuts;
  return (bytes, at) =>
    !wholePersons.has(bytes, at) &&
    !(isGp && gpRecords.has(bytes, at)) &&
    (allowed === null || allowed.has(bytes, at));
}

/** Text files of the run. */
function scanTextFiles(scan: LeakScan, inputs: GateInputs, arrowFiles: ReadonlySet<string>): void {
  for (const file of readdirSync(inputs.directory)) {
    if (arrowFiles.has(file)) continue;
    const text = readFileSync(join(inputs.directory, file), 'utf8');
    if (file.endsWith('.json')) scan.json(file, JSON.parse(text));
    else scan.lines(file, text);
  }
}

/** Whatever stands in the private folder, and what has been logged. */
function scanPrivateTraces(scan: LeakScan, inputs: GateInputs): void {
  for (const file of readdirSync(inputs.privateDirectory, { recursive: true, encoding: 'utf8' })) {
    scan.text('the private work folder', '', file);
    const path = join(inputs.privateDirectory, file);
    if (statSync(path).isFile() && /\.(json|csv)$/.test(file) && !file.endsWith('opt-outs.csv')) {
      const text = readFileSync(path, 'utf8');
      if (file.endsWith('.json')) scan.json(`work folder: ${file}`, JSON.parse(text));
      else scan.lines(`work folder: ${file}`, text);
    }
  }
  for (const line of inputs.logged) scan.text('the log', '', line);
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Problem, refused } from '../../domain/problem.ts';
import { assertBalanced, type Receipt } from '../../domain/receipt.ts';
import type { SensitiveCodes } from '../../domain/sensitive-code.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { CodeCheck } from '../../gates/code-check.ts';
import { declaredWords } from '../../gates/declared-words.ts';
import { LeakScan, readCanaries } from '../../gates/leak-scan.ts';
import { type MayAppear, OptOutProof } from '../../gates/opt-out-proof.ts';
import type { PseudonymSet } from '../../gates/pseudonym-set.ts';
import { RuleCheck } from '../../gates/rule-check.ts';
import { allowedColumns, schemaFaults } from '../../gates/schema-gate.ts';
import { type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import { TOKEN_LISTS } from '../../store/token-lists.ts';
import { openArrowFile } from '../../write/arrow-read.ts';
import { RECORD_FILE } from '../../write/operator-record.ts';
import { MANIFEST_FILE } from '../../write/run-manifest.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER } from '../../write/run-place.ts';
import { linkMapFaults } from '../link-map/link-map-gate.ts';

/** A gate that was passed, as the operator's record lists it; the manifest lists its name. */
export interface PassedGate {
  readonly gate: 'receipts' | 'opt-out proof' | 'leak scan' | 'schema' | 'rule check' | 'code check';
  /** how many things were looked at in what is published or kept beside it: logs and private files differ from one way to run to another */
  readonly looked: number;
}

/** The result of looking through the written files for people who must not be in them. */
export interface OptOutProofResult {
  readonly files: number;
  /** those of each file, added up */
  readonly persons: number;
  readonly violations: 0;
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

/** What a file must be, by what is already known of it. */
export interface WrittenFile {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
}

/**
 * The gates before publishing. They judge from the written files themselves: each file as soon as it is written, and the
 * rest at the end.
 */
export class Gates {
  readonly #pipeline: Pipeline;
  readonly #sensitive: SensitiveCodes;
  readonly #directory: string;
  readonly #optOuts: OptOutPseudonyms;
  readonly #signal: AbortSignal;
  readonly #scan: LeakScan;
  readonly #problems: Problem[] = [];
  readonly #files = new Set<string>();
  #persons = 0;
  #fields = 0;
  #ruled = 0;
  #coded = 0;

  /** @param directory the run that is being written */
  constructor(
    pipeline: Pipeline,
    sensitive: SensitiveCodes,
    directory: string,
    optOuts: OptOutPseudonyms,
    signal: AbortSignal,
  ) {
    this.#sensitive = sensitive;
    this.#pipeline = pipeline;
    this.#directory = directory;
    this.#optOuts = optOuts;
    this.#signal = signal;
    this.#scan = new LeakScan(readCanaries(pipeline.canaries), declaredWords(pipeline));
  }

  /** Reads the link map back, which is kept beside the published run. Problems are reported at the end. */
  async checkLinkMap(engine: DuckDbEngine, path: string): Promise<void> {
    const gpSources = this.#pipeline.sources.flatMap(({ name, setting }) => (setting === 'gp' ? [name] : []));
    const mayAppear = (isGp: boolean, isReleased: boolean) => this.#mayAppear(isGp, isReleased);
    this.#problems.push(...(await linkMapFaults(engine, path, { gpSources, mayAppear }, this.#scan)));
  }

  /** Reads one Arrow file back: its schema, its persons, its values. Problems are reported at the end. */
  async checkFile({ table, file, rows }: WrittenFile): Promise<void> {
    this.#files.add(file);
    const complain = (message: string) => this.#problems.push({ file, message });
    const arrow = await openArrowFile(join(this.#directory, RELEASE_FOLDER, file));
    try {
      const isGp = tablesOf(this.#pipeline).some((one) => one.name === table && one.setting === 'gp');
      const proof = new OptOutProof(this.#mayAppear(isGp));
      const allowed = allowedColumns(this.#pipeline, table);
      for (const fault of schemaFaults(arrow.fields, allowed, table)) complain(`schema: ${fault}`);
      this.#fields += arrow.fields.length;
      const rules = new RuleCheck(this.#pipeline, table);
      rules.schema(arrow.fields);
      const codes = new CodeCheck(this.#pipeline, table, this.#sensitive);
      codes.schema(arrow.fields);
      this.#scan.schema(file, arrow);
      const person = arrow.fields.findIndex(({ name }) => name === 'person');
      let read = 0;
      for await (const batch of arrow.batches()) {
        this.#signal.throwIfAborted();
        proof.batch(batch, person);
        this.#scan.batch(file, arrow.fields, batch);
        rules.batch(arrow.fields, batch);
        read += batch.rows;
      }
      if (read !== rows) complain(`${rows} rows were written and ${read} can be read`);
      if (proof.violations > 0) {
        complain(`opt-out proof: ${proof.violations} persons stand in it who must not`);
      }
      for (const { column, values } of rules.violations) {
        const what = values === 0 ? 'its type is' : values === 1 ? '1 value is' : `${values} values are`;
        this.#problems.push({
          file,
          column,
          message: `rule check: ${what} impossible under the release rule of the pipeline file`,
          wayOut: 'this is a fault in tallystick: please report it',
        });
      }
      for (const { column, codes: found } of codes.violations) {
        const what = found === 1 ? '1 code is one' : `${found} codes are some`;
        this.#problems.push({
          file,
          column,
          message: `code check: ${what} whose records are never released`,
          wayOut: 'this is a fault in tallystick: please report it',
        });
      }
      this.#ruled += rules.looked;
      this.#coded += codes.looked;
      this.#persons += proof.persons;
    } finally {
      await arrow.close();
    }
  }

  /**
   * The result of the opt-out proof of all files so far.
   *
   * @throws TallystickError (exit 1) where anybody is in one who must not be, or a file is not what it must be: nothing may say that it passed
   */
  get proof(): OptOutProofResult {
    if (this.#problems.length > 0) throw refused(...this.#problems);
    return { files: this.#files.size, persons: this.#persons, violations: 0 };
  }

  /**
   * The rest: receipts, the run's text files, the manifest and the operator's record that are about to be written, all files in the private folder, and what has been logged.
   *
   * @throws TallystickError (exit 1) naming each gate, file and column; (exit 70) for receipts that do not balance
   */
  finish(
    receipts: readonly Receipt[],
    manifest: unknown,
    record: unknown,
    privateDirectory: string,
    logged: readonly string[],
  ): PassedGate[] {
    assertBalanced(receipts);
    for (const folder of [RELEASE_FOLDER, OPERATOR_FOLDER]) {
      scanTextFiles(this.#scan, join(this.#directory, folder), this.#files);
    }
    const lookedAtFiles = this.#scan.looked;
    this.#scan.json(MANIFEST_FILE, manifest);
    this.#scan.json(RECORD_FILE, record);
    scanPrivateTraces(this.#scan, privateDirectory, logged);
    const leaks = this.#scan.problems(
      'take the column out of the release, or find out how identifiers came into the source',
    );
    if (this.#problems.length + leaks.length > 0) throw refused(...this.#problems, ...leaks);
    return [
      { gate: 'receipts', looked: receipts.length },
      { gate: 'opt-out proof', looked: this.#persons },
      { gate: 'leak scan', looked: lookedAtFiles },
      { gate: 'schema', looked: this.#fields },
      { gate: 'rule check', looked: this.#ruled },
      { gate: 'code check', looked: this.#coded },
    ];
  }

  /** Whether a pseudonym may have rows in a file of GP records or of others; the allow-list is for those that are released. */
  #mayAppear(isGp: boolean, isReleased = true): MayAppear {
    const { wholePersons, gpRecords, allowed } = this.#optOuts;
    return (bytes, position) =>
      !wholePersons.has(bytes, position) &&
      !(isGp && gpRecords.has(bytes, position)) &&
      (allowed === null || !isReleased || allowed.has(bytes, position));
  }
}

/** Text files of one of the run's folders. */
function scanTextFiles(scan: LeakScan, directory: string, arrowFiles: ReadonlySet<string>): void {
  for (const file of readdirSync(directory)) {
    if (arrowFiles.has(file)) continue;
    const text = readFileSync(join(directory, file), 'utf8');
    if (file.endsWith('.json')) scan.json(file, JSON.parse(text));
    else scan.lines(file, text);
  }
}

/** All files in the private folder, and what has been logged. */
function scanPrivateTraces(scan: LeakScan, privateDirectory: string, logged: readonly string[]): void {
  for (const file of readdirSync(privateDirectory, { recursive: true, encoding: 'utf8' })) {
    scan.text('the private work folder', '', file);
    const path = join(privateDirectory, file);
    if (statSync(path).isFile() && /\.(json|csv)$/.test(file)) {
      const text = readFileSync(path, 'utf8');
      if (file.endsWith('.json')) scan.json(`work folder: ${file}`, JSON.parse(text));
      else if (TOKEN_LISTS.has(basename(file))) scan.tokenList(`work folder: ${file}`, text);
      else scan.lines(`work folder: ${file}`, text);
    }
  }
  for (const line of logged) scan.logLine(line);
}

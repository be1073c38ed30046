import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bug, refused } from '../domain/problem.ts';
import type { Receipt } from '../domain/receipt.ts';
import { assertBalanced } from '../domain/receipt.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../domain/standardised.ts';
import { duckdbDialect } from '../engine/duckdb/dialect.ts';
import { DuckDbEngine } from '../engine/duckdb/engine.ts';
import { digestInputs } from '../extract/digest-inputs.ts';
import { estimateRows } from '../extract/estimate-rows.ts';
import { extractFile } from '../extract/extract-file.ts';
import { type ExtractSource, isRead } from '../extract/extract-query.ts';
import { type InputFile, isUnchanged } from '../extract/find-files.ts';
import { locateFaults, type QuarantinedRow } from '../extract/locate-faults.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import {
  STORE_FORMAT_VERSION,
  type StoredInput,
  type StoredOutcomes,
  type StoredTable,
  type TokenStore,
  writeStore,
} from '../store/token-store.ts';
import type { KeyRing } from '../tokenise/key-ring.ts';
import { RULES_VERSION } from '../tokenise/recipes.ts';
import { TableTokeniser, type TypeOne } from '../tokenise/table-tokeniser.ts';
import { TokenKernel } from '../tokenise/token-kernel.ts';
import { kindsOf, planTokens, type TokenPlan } from '../tokenise/token-plan.ts';
import { collectOptOuts, type OptOutToken } from './collect-opt-outs.ts';
import { findInputs, publishedName, type TableInputs } from './find-inputs.ts';
import { checkStoppedPatients } from './patient-keys.ts';
import type { StageTimes } from './progress.ts';
import { checkQuarantine, QUARANTINE_FILE, quarantineCsv } from './quarantine.ts';
import type { RunSettings } from './run-settings.ts';
import { readCellsOf, tokenFunctionOf } from './token-function.ts';

/** Opt-out tokens of a store: kind, source, and the token's halves. */
const OPT_OUT_FILE = 'opt-outs.csv';

/** What one table came to above the boundary. */
interface TokenisedTable {
  readonly stored: StoredTable;
  readonly receipt: Receipt;
  readonly outcomes: readonly StoredOutcomes[];
  readonly rowsOfFiles: readonly number[];
  readonly quarantined: readonly QuarantinedRow[];
}

/**
 * The first half of a run, above the identity boundary: extract, standardise, opt out (type 1), tokenise. It fills a
 * token store, in which no identifier and no key exists.
 *
 * @param only names of the sources to tokenise; null for all
 * @param storeDirectory an empty directory, 0700
 */
export async function tokeniseSources(
  pipeline: Pipeline,
  only: readonly string[] | null,
  linkageKey: KeyRing,
  storeDirectory: string,
  settings: RunSettings,
  times: StageTimes,
): Promise<TokenStore> {
  const inputs = await times.time('find inputs', () => findInputs(pipeline, only));
  const files = inputs.flatMap((input) => input.files.map(({ file }) => ({ input, file })));
  const digesting = new AbortController();
  const digests = digestInputs(
    files.map(({ file }) => file),
    digesting.signal,
  );
  digests.catch(() => undefined); // awaited below; a fault in between is not unhandled

  const plans = inputs.map(({ table }) => planTokens(table, pipeline));
  const tokens = new TokenKernel(linkageKey, kindsOf(plans));
  const engine = await DuckDbEngine.open({
    // One more than asked for: of the engine's threads, one is nearly always waiting for this program's to hash its vector.
    // On two cores: events 1.66 s with two, 1.36 s with three.
    threads: settings.threads + 1,
    memory: settings.memory,
    spillDirectory: null,
    allowedDirectories: [storeDirectory, settings.privateDirectory],
    allowedPaths: files.map(({ file }) => file.path),
    keepOrder: false,
  });
  const stop = () => engine.interrupt();
  settings.signal.addEventListener('abort', stop);
  try {
    const optOuts = await times.time('opt-out lists', () =>
      collectOptOuts(pipeline, inputs, engine, tokens, settings),
    );
    const tables: TokenisedTable[] = [];
    for (const [at, input] of inputs.entries()) {
      const table = await times.time('tokenise', () =>
        tokeniseTable(pipeline, input, plans[at]!, engine, tokens, optOuts.typeOne, storeDirectory, settings),
      );
      tables.push(table);
    }
    settings.signal.throwIfAborted();
    assertBalanced(tables.map(({ receipt }) => receipt));

    const sha256 = await times.time('digest inputs', () => digests);
    checkFiles(
      files.map(({ file }) => file),
      sha256,
    );
    const rows = tables.flatMap(({ rowsOfFiles }) => rowsOfFiles);
    const storedInputs = files.map(
      ({ input, file }, at): StoredInput => ({
        source: input.source.name,
        table: input.table.name,
        file: publishedName(file),
        bytes: file.bytes,
        sha256: sha256[at]!,
        rows: rows[at]!,
      }),
    );
    const address = storeAddress(pipeline, storedInputs, optOuts.tokens, linkageKey.keyId, settings.runDate);
    writeFileSync(join(storeDirectory, OPT_OUT_FILE), optOutCsv(optOuts.tokens), { mode: 0o600 });
    const quarantined = tables.flatMap((table) => table.quarantined);
    writeFileSync(join(storeDirectory, QUARANTINE_FILE), quarantineCsv(quarantined), { mode: 0o600 });
    const store: TokenStore = {
      formatVersion: STORE_FORMAT_VERSION,
      pipeline: pipeline.name,
      runDate: settings.runDate,
      rulesVersion: RULES_VERSION,
      linkageKeyId: linkageKey.keyId,
      address,
      tables: tables.map(({ stored }) => withAddress(stored, address, storeDirectory)),
      optOutTokens: OPT_OUT_FILE,
      optOutCounts: optOuts.counts,
      inputs: storedInputs,
      undeclared: inputs.flatMap((input) =>
        input.files
          .filter(({ header }) => header.undeclared.length > 0)
          .map(({ file, header }) => ({ file: publishedName(file), columns: header.undeclared })),
      ),
      receipts: tables.map(({ receipt }) => receipt),
      outcomes: tables.flatMap(({ outcomes }) => outcomes),
      quarantine: QUARANTINE_FILE,
    };
    writeStore(storeDirectory, store);
    return store;
  } finally {
    digesting.abort();
    settings.signal.removeEventListener('abort', stop);
    engine.close();
    tokens.close();
  }
}

async function tokeniseTable(
  pipeline: Pipeline,
  { source, table, files }: TableInputs,
  plan: TokenPlan,
  engine: DuckDbEngine,
  tokens: TokenKernel,
  typeOne: TypeOne,
  storeDirectory: string,
  settings: RunSettings,
): Promise<TokenisedTable> {
  const tokenFunction = tokenFunctionOf(plan);
  const tokeniser = new TableTokeniser(
    tokenFunction.name,
    plan,
    tokens,
    table.setting === 'gp' ? typeOne : null,
    readCellsOf(plan),
  );
  engine.register(tokeniser);
  const extract: ExtractSource = {
    table,
    pipeline,
    runDate: settings.runDate,
    dialect: duckdbDialect,
    tokenFunction,
  };
  const { counts } = tokeniser;
  const parts: string[] = [];
  const rowsOfFiles: number[] = [];
  const quarantined: QuarantinedRow[] = [];
  let rowsStored = 0;
  let rowsUnparsed = 0;
  const expected = estimateRows(files.map(({ file }) => file));
  settings.progress.begin(`tokenise ${table.name}`, () => counts.rowsIn, expected);
  for (const [at, { file, header }] of files.entries()) {
    settings.signal.throwIfAborted();
    const part = `${table.name}-${at}.parquet`;
    const before = { rows: counts.rowsIn, misfits: sum(counts.faults.values()) };
    const done = await extractFile(
      engine,
      extract,
      file,
      header,
      join(storeDirectory, part),
      settings.privateDirectory,
    );
    parts.push(part);
    rowsStored += done.rowsStored;
    rowsUnparsed += done.rowsUnparsed;
    const misfit = sum(counts.faults.values()) - before.misfits;
    const rows = counts.rowsIn - before.rows + done.rowsUnparsed;
    rowsOfFiles.push(rows);
    if (misfit > 0 || done.rowsUnparsed > 0) {
      const columns = table.columns.filter((column) => isRead(column, extract.tokenFunction));
      const expected = { unparsed: done.rowsUnparsed, misfit };
      quarantined.push(...(await locateFaults(file, table, header, columns, expected)));
    }
    if (rows === 0 && !table.allowEmpty) {
      throw refused({
        file: file.shownAs,
        message: 'has a header and no rows',
        wayOut: 'if that is right, say so in the pipeline file: allowEmpty: true',
      });
    }
    if (file.expect.rows !== null && rows !== file.expect.rows) {
      throw refused({ file: file.shownAs, message: `has ${rows} rows; ${file.expect.rows} were expected` });
    }
  }
  settings.progress.end();
  if (table.kind === 'patients' && table.setting === 'gp') {
    const paths = parts.map((part) => join(storeDirectory, part));
    await checkStoppedPatients(engine, tokeniser, table, paths);
  }
  if (rowsStored !== counts.rowsOut) {
    throw bug(`${table.name}: ${counts.rowsOut} rows were let through and ${rowsStored} were stored`);
  }
  const rowsIn = counts.rowsIn + rowsUnparsed;
  checkQuarantine(source, table.name, rowsIn, quarantined);
  settings.log({ level: 'info', stage: 'tokenise', table: table.name, rows: rowsIn, message: 'tokenised' });
  return {
    stored: { source: source.name, table: table.name, parts, rows: rowsStored },
    receipt: {
      stage: 'tokenise',
      source: source.name,
      table: table.name,
      rowsIn,
      rowsOut: rowsStored,
      dropped: {
        ...(quarantined.length === 0 ? {} : { quarantined: quarantined.length }),
        ...(counts.typeOneOptOuts === 0 ? {} : { 'type-1-opt-out': counts.typeOneOptOuts }),
      },
    },
    outcomes: plan.hasDemographics ? outcomesOf(source.name, plan, tokeniser) : [],
    rowsOfFiles,
    quarantined,
  };
}

function outcomesOf(source: string, { table }: TokenPlan, { counts }: TableTokeniser): StoredOutcomes[] {
  return Object.entries(counts.outcomes).flatMap(([role, byCode]) => {
    const column = table.columns.find((one) => one.role === role);
    if (column === undefined) return [];
    const outcomes = OUTCOME_NAMES.map((name) => [name, byCode[OUTCOMES[name].code] ?? 0] as const);
    const met = outcomes.filter(([, rows]) => rows > 0);
    return [{ source, table: table.name, column: column.name, outcomes: Object.fromEntries(met) }];
  });
}

function checkFiles(files: readonly InputFile[], sha256: readonly string[]): void {
  const changed = files
    .filter((file) => !isUnchanged(file))
    .map(({ shownAs }) => ({
      file: shownAs,
      message: 'was written to while it was being read',
      wayOut: 'start the run when all deliveries are complete',
    }));
  const wrong = files
    .filter(({ expect }, at) => expect.sha256 !== null && expect.sha256 !== sha256[at])
    .map(({ shownAs }) => ({
      file: shownAs,
      message: 'is not the file that was expected: its SHA-256 differs',
      wayOut: 'check that the delivery is the one the pipeline file names',
    }));
  if (changed.length + wrong.length > 0) throw refused(...changed, ...wrong);
}

/** The store's name for itself: equal exactly when inputs, layout, key, rules, opt-outs and run date are. */
function storeAddress(
  pipeline: Pipeline,
  inputs: readonly StoredInput[],
  optOuts: readonly OptOutToken[],
  keyId: string,
  runDate: string,
): string {
  const layout = pipeline.sources.map(({ name, setting, patients, tables }) => ({
    name,
    setting,
    tables: [patients, ...tables].map((table) => [table?.name, table?.format, table?.columns, table?.date]),
  }));
  const { synthetic } = pipeline;
  // where the sensitive-code file stands decides nothing; that there is one decides which columns are stored
  const release = { ...pipeline.release, sensitiveCodes: pipeline.release.sensitiveCodes !== null };
  const optOutDigest = createHash('sha256').update(optOutCsv(optOuts)).digest('hex');
  return createHash('sha256')
    .update(JSON.stringify([RULES_VERSION, keyId, runDate, synthetic, layout, release, inputs, optOutDigest]))
    .digest('hex');
}

/** Gives a table's parts their lasting names. */
function withAddress(table: StoredTable, address: string, directory: string): StoredTable {
  const parts = table.parts.map((part) => {
    const name = part.replace(/\.parquet$/, `-${address.slice(0, 16)}.parquet`);
    renameSync(join(directory, part), join(directory, name));
    return name;
  });
  return { ...table, parts };
}

function optOutCsv(tokens: readonly OptOutToken[]): string {
  const lines = tokens.map(({ kind, source, token }) => `${kind},${source},${token}`).sort();
  return `${['kind,source,a,b', ...lines].join('\n')}\n`;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

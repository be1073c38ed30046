import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, settleFindings } from '../domain/finding.ts';
import { refused } from '../domain/problem.ts';
import { assertBalanced } from '../domain/receipt.ts';
import { DuckDbEngine } from '../engine/duckdb/engine.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { RULES_VERSION } from '../keys/recipes.ts';
import { StoreKey } from '../keys/store-key.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { agreedSettings } from '../store/agreed-settings.ts';
import { listDigests } from '../store/list-digests.ts';
import { optOutCsv } from '../store/opt-out-list.ts';
import { describeFiles, type KnownDigests } from '../store/store-files.ts';
import { BUSY_FILE, OPT_OUT_FILE, WITNESS_FILE } from '../store/token-lists.ts';
import { kindsOf, planTokens } from '../store/token-plan.ts';
import {
  QUARANTINE_FILE,
  STORE_FORMAT_VERSION,
  type StoreDescription,
  type StoredInput,
  type StoredTable,
  type TokenStore,
  writeStore,
} from '../store/token-store.ts';
import { digestText } from '../write/digest-text.ts';
import { FileDigester, type StampedDigest } from '../write/file-digester.ts';
import { assertPinned } from './assert-pinned.ts';
import { registerShapeFunctions } from './extract/count-codes.ts';
import { digestInputs } from './extract/digest-inputs.ts';
import { findInputs, publishedName, type TableInputs } from './extract/find-inputs.ts';
import { readIgnoredPostcodes } from './extract/ignored-postcodes.ts';
import { noteUndeclared } from './extract/note-undeclared.ts';
import { repeatedDeliveries } from './extract/repeated-deliveries.ts';
import { readSupersededNumbers } from './extract/superseded-numbers.ts';
import { unexpectedFiles } from './extract/unexpected-files.ts';
import { collectOptOuts } from './opt-outs/collect-opt-outs.ts';
import { registerOptOutProbes } from './opt-outs/opt-out-code-columns.ts';
import { quarantineCsv } from './quarantine/quarantine.ts';
import { readingDigests } from './reading-digests.ts';
import { collapsedColumns } from './standardise/collapsed-columns.ts';
import { addSharedTuples } from './tokenise/add-shared-tuples.ts';
import { BusyPostcodes } from './tokenise/busy-postcodes.ts';
import { KnownBirths } from './tokenise/known-births.ts';
import { TokenKernel } from './tokenise/token-kernel.ts';
import { type TokenisedTable, tokeniseTable } from './tokenise/tokenise-table.ts';
import { Witnesses } from './tokenise/witnesses.ts';

/** A store that was made in this process. */
export interface FilledStore {
  readonly store: TokenStore;
  /** what its files were when they were digested, so that this process need not digest them again */
  readonly digests: KnownDigests;
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
): Promise<FilledStore> {
  const storeKey = new StoreKey(linkageKey);
  assertPinned(pipeline, storeKey);
  const inputs = await times.time('find inputs', () => findInputs(pipeline, only));
  const ignoredPostcodes = readIgnoredPostcodes(pipeline.link.ignorePostcodes);
  const superseded = readSupersededNumbers(pipeline.link.supersededNumbers, pipeline.synthetic);
  const files = inputs.flatMap((input) => input.files.map(({ file }) => ({ input, file })));
  const digesting = new AbortController();
  const digests = digestInputs(
    files.map(({ file }) => file),
    digesting.signal,
  );
  digests.catch(() => undefined); // awaited below; a fault in between is not unhandled

  const plans = inputs.map(({ table }) => planTokens(table, pipeline));
  const births = new Map(
    pipeline.sources.flatMap(({ name, addresses }) =>
      addresses === null ? [] : [[name, new KnownBirths()]],
    ),
  );
  const busiest = pipeline.link.ignoreBusiestPostcodes;
  const lists = [
    [...ignoredPostcodes].sort(),
    [...superseded].sort(),
    ...(busiest === null ? [] : [busiest]),
  ];
  const busyPostcodes = new Map(
    busiest === null ? [] : inputs.map(({ source }) => [source.name, new BusyPostcodes()]),
  );
  const witnesses = new Witnesses();
  const tokens = new TokenKernel(linkageKey, kindsOf(plans));
  const digester = new FileDigester();
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
  registerShapeFunctions(engine, pipeline);
  registerOptOutProbes(engine, pipeline);
  try {
    const optOuts = await times.time('opt-out lists', () =>
      collectOptOuts(pipeline, inputs, engine, tokens, superseded, settings),
    );
    const tables: TokenisedTable[] = [];
    const partDigests: Promise<StampedDigest>[][] = [];
    for (const [at, input] of inputs.entries()) {
      const table = await times.time('tokenise', () =>
        tokeniseTable(
          pipeline,
          input,
          plans[at]!,
          engine,
          tokens,
          {
            stops: optOuts.stops,
            ignoredPostcodes,
            superseded,
            births: births.get(input.source.name) ?? null,
            busyPostcodes: busyPostcodes.get(input.source.name) ?? null,
            witnesses,
            unnumbered: optOuts.stops.unnumbered,
          },
          optOuts.unnumbered,
          storeDirectory,
          settings,
        ),
      );
      tables.push(table);
      // in the background, while the next table is tokenised
      partDigests.push(table.stored.parts.map((part) => digestPart(digester, join(storeDirectory, part))));
    }
    await times.time('tokenise', () => addSharedTuples(pipeline, witnesses, tables, engine, storeDirectory));
    settings.signal.throwIfAborted();
    assertBalanced(tables.map(({ receipt }) => receipt));

    const sha256 = await times.time('digest inputs', () => digests);
    const otherFiles = unexpectedFiles(
      files.map(({ file }) => file),
      sha256,
    );
    if (otherFiles.length > 0) throw refused(...otherFiles);
    const rows = tables.flatMap(({ rowsOfFiles }) => rowsOfFiles);
    const repeated = await times.time('digest inputs', () =>
      findRepeated(pipeline, inputs, tables, sha256, storeDirectory, engine),
    );
    const outcomes = tables.flatMap((table) => table.outcomes);
    const warnings = settleFindings(
      [
        ...optOuts.findings,
        ...tables.flatMap(({ findings }) => findings),
        ...repeated,
        ...collapsedColumns(pipeline, outcomes),
      ],
      settings.log,
    );
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
    const optOutList = optOutCsv(optOuts.tokens);
    const { implausible } = pipeline.link;
    const linking = [
      plans.map((plan) => plan.linking),
      ...lists,
      ...(implausible === null ? [] : [implausible]), // says which columns are stored
    ];
    const agreed = {
      settings: agreedSettings(pipeline),
      lists: listDigests(
        {
          ...optOuts.lists,
          'link.ignorePostcodes': pipeline.link.ignorePostcodes === null ? null : [...ignoredPostcodes],
          'link.supersededNumbers': pipeline.link.supersededNumbers === null ? null : [...superseded],
        },
        linkageKey,
      ),
    };
    const address = storeAddress(
      pipeline,
      storedInputs,
      digestText(JSON.stringify([linking, agreed])),
      digestText(optOutList),
      [linkageKey.keyId, storeKey.id],
      settings.runDate,
    );
    writeFileSync(join(storeDirectory, OPT_OUT_FILE), optOutList, { mode: 0o600 });
    writeFileSync(join(storeDirectory, WITNESS_FILE), witnesses.csv(), { mode: 0o600 });
    if (busiest !== null) {
      const busy = [...busyPostcodes.values()].flatMap((one) => one.tuplesOfBusiest(busiest));
      writeFileSync(join(storeDirectory, BUSY_FILE), busyCsv(busy), { mode: 0o600 });
    }
    const quarantined = tables.flatMap((table) => table.quarantined);
    writeFileSync(join(storeDirectory, QUARANTINE_FILE), quarantineCsv(quarantined), { mode: 0o600 });
    // a part gets its lasting name once it has been read
    const digested = await times.time('digest store', () =>
      Promise.all(partDigests.map((some) => Promise.all(some))),
    );
    const named = tables.map(({ stored }) => withAddress(stored, address, storeDirectory));
    const parts = new Map(
      named.flatMap((table, at) =>
        table.parts.map((name, place) => {
          const [digest, rows] = [digested[at]![place]!, tables[at]!.rowsOfParts[place]!];
          return [name, { digest, rows }] as const;
        }),
      ),
    );
    const { files: storedFiles, digests: known } = await describeFiles(storeDirectory, parts, digester);
    const description: StoreDescription = {
      formatVersion: STORE_FORMAT_VERSION,
      pipeline: pipeline.name,
      runDate: settings.runDate,
      rulesVersion: RULES_VERSION,
      linkageKeyId: linkageKey.keyId,
      address,
      ...agreed,
      tables: named,
      optOutTokens: OPT_OUT_FILE,
      optOutCounts: optOuts.counts,
      waivers: pipeline.optOuts.waivers,
      witnesses: WITNESS_FILE,
      ...(busiest === null ? {} : { busyTuples: BUSY_FILE }),
      inputs: storedInputs,
      readings: readingDigests(pipeline, [...new Set(inputs.map(({ source }) => source))], lists, linkageKey),
      undeclared: noteUndeclared(pipeline, inputs, settings),
      warnings,
      receipts: tables.map(({ receipt }) => receipt),
      codes: tables.flatMap(({ codes }) => codes),
      outcomes,
      quarantine: QUARANTINE_FILE,
      files: storedFiles,
    };
    return { store: writeStore(storeDirectory, description, storeKey), digests: known };
  } finally {
    digesting.abort();
    settings.signal.removeEventListener('abort', stop);
    engine.close();
    tokens.close();
    await digester.close();
    for (const one of [...births.values(), ...busyPostcodes.values(), witnesses]) one.clear();
  }
}

/** Deliveries that came twice, table by table. */
async function findRepeated(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  tables: readonly TokenisedTable[],
  sha256: readonly string[],
  storeDirectory: string,
  engine: DuckDbEngine,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  let first = 0;
  for (const [at, { table, files }] of inputs.entries()) {
    const { stored, rowsOfFiles } = tables[at]!;
    const read = files.map(({ file }, place) => ({
      file,
      sha256: sha256[first + place]!,
      rows: rowsOfFiles[place]!,
      part: join(storeDirectory, stored.parts[place]!),
    }));
    first += files.length;
    findings.push(...(await repeatedDeliveries(pipeline, table, read, engine)));
  }
  return findings;
}

/** The store's name for itself: equal exactly when inputs, layout, key, rules, opt-outs and run date are. */
function storeAddress(
  pipeline: Pipeline,
  inputs: readonly StoredInput[],
  linkingDigest: string,
  optOutDigest: string,
  keyIds: readonly string[],
  runDate: string,
): string {
  const layout = pipeline.sources.map(({ name, setting, patients, addresses, tables }) => ({
    name,
    setting,
    tables: [patients, ...(addresses === null ? [] : [addresses]), ...tables].map((table) => [
      table?.name,
      table?.format,
      table?.columns.map(({ codeShape: _, ...column }) => column),
      table?.date,
    ]),
  }));
  const { synthetic } = pipeline;
  // where the sensitive-code file stands decides nothing; that there is one decides which columns are stored
  const release = { ...pipeline.release, sensitiveCodes: pipeline.release.sensitiveCodes !== null };
  const decided = [
    RULES_VERSION,
    keyIds,
    runDate,
    synthetic,
    layout,
    release,
    inputs,
    linkingDigest,
    optOutDigest,
  ];
  return digestText(JSON.stringify(decided));
}

/** Begins to digest a part; a fault is met where the digest is awaited, and not before. */
function digestPart(digester: FileDigester, path: string): Promise<StampedDigest> {
  const digest = digester.digest(path);
  digest.catch(() => undefined);
  return digest;
}

/** Gives a table's parts their lasting names. */
function withAddress(table: StoredTable, address: string, directory: string): StoredTable {
  const parts = table.parts.map((part) => {
    const name = part.replace(/\.parquet$/, `-${address.slice(0, 16)}.parquet`);
    renameSync(join(directory, part), join(directory, name));
    chmodSync(join(directory, name), 0o600); // the engine makes files as open as the umask lets it
    return name;
  });
  return { ...table, parts };
}

function busyCsv(tuples: readonly (readonly [bigint, bigint])[]): string {
  const lines = new Set(tuples.map(([a, b]) => `${a},${b}`));
  return `${['a,b', ...[...lines].sort()].join('\n')}\n`;
}

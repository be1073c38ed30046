import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { refused } from '../../domain/problem.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import type { InputFile } from '../../provider/extract/find-files.ts';
import { openText } from '../../provider/extract/open-text.ts';
import { scanRecords } from '../../provider/extract/scan-records.ts';
import { TokenKernel } from '../../provider/tokenise/token-kernel.ts';
import { assertPlain } from '../../read-plain-file.ts';
import { tokenText } from '../../store/token-text.ts';
import type { NamedTable } from './evaluation-pipeline.ts';
import { readTruth, type TruthTables } from './read-truth.ts';
import { TRUTH_COLUMNS } from './steps.ts';

/** A file of (table, record id, true person): UTF-8, with commas; may end in .gz or .zst. */
export interface TruthFile {
  /** absolute path */
  readonly path: string;
  /** as it is named in messages */
  readonly shownAs: string;
}

/** What the truth came to. */
export interface TokenisedTruth {
  /** lines of each evaluated table, in their order */
  readonly lines: readonly number[];
  /** lines of tables whose rows carry no identifiers: passed over */
  readonly passedOver: number;
}

/** Lines between two looks at whether to stop. */
const BATCH_LINES = 10_000;

/**
 * Takes the truth across the identity boundary, line by line: its record ids become the tokens that the store's rows have,
 * and its persons tokens of a kind that stands nowhere else. The ids themselves are in memory only.
 *
 * @param tables the evaluated tables; a table's number in the truth is its place here
 * @param into path of the file of tokens, with the columns of `TRUTH_COLUMNS`; must not be there yet
 * @throws TallystickError (exit 1) for a truth file that is missing or faulty, with the lines
 */
export async function tokeniseTruth(
  truth: TruthFile,
  tables: readonly NamedTable[],
  names: TruthTables,
  linkageKey: KeyRing,
  into: string,
  settings: RunSettings,
): Promise<TokenisedTruth> {
  const file = inputOf(truth);
  const placeOf = new Map(tables.map(({ table }, index) => [table.name, index]));
  const tokens = new TokenKernel(linkageKey, [...tables.map(({ kind }) => kind), 'true-person']);
  const lines = tables.map(() => 0);
  let passedOver = 0;
  let done = 0;
  let batch = `${Object.keys(TRUTH_COLUMNS).join(',')}\n`;
  settings.progress.begin('read the truth', () => done, null);
  const out = openSync(into, 'wx', 0o600);
  try {
    const scanned = scanRecords(openText(file, 'utf-8'), ',', '"');
    for await (const { line, table, recordId, person } of readTruth(scanned, truth.shownAs, names)) {
      done += 1;
      if (done % BATCH_LINES === 0) {
        settings.signal.throwIfAborted();
        writeSync(out, batch);
        batch = '';
      }
      const place = placeOf.get(table);
      if (place === undefined) {
        passedOver += 1;
        continue;
      }
      lines[place]! += 1;
      const record = tokenText(tokens.tokenOf(tables[place]!.kind, recordId));
      batch += `${place},${record},${tokenText(tokens.tokenOf('true-person', person))},${line}\n`;
    }
    writeSync(out, batch);
  } finally {
    closeSync(out);
    tokens.close();
    settings.progress.end();
  }
  settings.log({ level: 'info', stage: 'evaluate', table: 'truth', rows: done, message: 'truth read' });
  return { lines, passedOver };
}

function inputOf({ path, shownAs }: TruthFile): InputFile {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw refused({
      file: shownAs,
      message: 'there is no such truth file',
      wayOut: 'check the path given with --truth',
    });
  }
  assertPlain(stat, shownAs);
  const compression = path.endsWith('.gz') ? 'gzip' : path.endsWith('.zst') ? 'zstd' : 'none';
  const expect = { rows: null, sha256: null };
  return { path, shownAs, bytes: stat.size, modified: stat.mtimeMs, compression, expect };
}

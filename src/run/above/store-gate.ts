import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refused } from '../../domain/problem.ts';
import { declaredWords } from '../../gates/declared-words.ts';
import { LeakScan, readCanaries } from '../../gates/leak-scan.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { TokenStore } from '../../store/token-store.ts';

/**
 * The gate of a token store, before it is moved into its place: no identifier and no canary in the names of its files, in
 * `store.json` (from which the report on stdout is made), in its other text files, or in what has been logged. Files of tokens
 * hold numbers only, and are passed over.
 *
 * @throws TallystickError (exit 1) naming each place, and never what was found there
 */
export function checkStoreTexts(
  directory: string,
  store: TokenStore,
  pipeline: Pipeline,
  logged: readonly string[],
): void {
  const scan = new LeakScan(readCanaries(pipeline.canaries), declaredWords(pipeline));
  const tokens = new Set([store.optOutTokens, store.busyTuples]);
  for (const file of readdirSync(directory).sort()) {
    scan.text('the token store', '', file);
    if (tokens.has(file)) continue;
    if (file.endsWith('.json')) scan.json(file, JSON.parse(readFileSync(join(directory, file), 'utf8')));
    else if (file.endsWith('.csv')) scan.lines(file, readFileSync(join(directory, file), 'utf8'));
  }
  for (const line of logged) scan.logLine(line);
  if (scan.leaks.length > 0) throw refused(...scan.problems('have the name changed at its source'));
}

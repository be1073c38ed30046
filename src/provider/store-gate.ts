import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refused } from '../domain/problem.ts';
import { declaredWords } from '../gates/declared-words.ts';
import { LeakScan, readCanaries } from '../gates/leak-scan.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { TOKEN_LISTS } from '../store/token-lists.ts';

/**
 * The gate of a token store, before it is published: no identifier and no canary in the names of its files, in
 * `store.json` (from which the report on stdout is made), in its other text files, or in what has been logged.
 *
 * @throws TallystickError (exit 1) naming each location, and never what was found there
 */
export function checkStoreTexts(directory: string, pipeline: Pipeline, logged: readonly string[]): void {
  const scan = new LeakScan(readCanaries(pipeline.canaries), declaredWords(pipeline));
  for (const file of readdirSync(directory).sort()) {
    scan.text('the token store', '', file);
    if (!/\.(json|csv)$/.test(file)) continue;
    const text = readFileSync(join(directory, file), 'utf8');
    if (file.endsWith('.json')) scan.json(file, JSON.parse(text));
    else if (TOKEN_LISTS.has(file)) scan.tokenList(file, text);
    else scan.lines(file, text);
  }
  for (const line of logged) scan.logLine(line);
  if (scan.leaks.length > 0) throw refused(...scan.problems('have the name changed at its source'));
}

import { readFileSync } from 'node:fs';
import { RULES_VERSION } from '../../keys/recipes.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { linkageStatement } from '../../report/statement/linkage-statement.ts';
import { QUARANTINE_FILE } from '../../store/token-store.ts';
import { TOOL, toolVersion } from '../../tool.ts';
import type { PartialRun, RunFolder } from '../../write/partial-run.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER } from '../../write/run-place.ts';
import type { Paper } from '../../write/schema-parts.ts';
import type { LinkedPersons } from '../link/link-persons.ts';
import type { OpenStores } from '../open-stores.ts';
import type { ReleasedTables } from '../release/release-tables.ts';
import type { DescribedOptOuts } from './describe-opt-outs.ts';
import { describeTables } from './describe-tables.ts';

const STATEMENT_FILE = 'linkage-statement.md';

/**
 * Writes the run's text files: for the release the data dictionary and the linkage statement, for the operator the quarantine
 * list.
 *
 * @returns the entry of the first in the manifest, and of the second in the operator's record
 */
export async function writePapers(
  run: PartialRun,
  pipeline: Pipeline,
  stores: OpenStores,
  runId: string,
  { counts, held: _held, ...figures }: LinkedPersons,
  { written, receipts }: ReleasedTables,
  optOuts: DescribedOptOuts,
): Promise<Readonly<Record<RunFolder, Paper[]>>> {
  const { json, markdown } = describeTables(pipeline, written);
  const statement = linkageStatement({
    pipeline,
    tool: `${TOOL} ${toolVersion()}`,
    runId,
    runDate: stores.runDate,
    rulesVersion: RULES_VERSION,
    inputs: stores.inputs,
    outcomes: stores.outcomes,
    receipts: [...stores.receipts, ...receipts],
    persons: counts,
    held: optOuts.record.effect.persons.first,
    optOuts: optOuts.manifest,
    ...figures,
  });
  const texts = {
    'data-dictionary.json': json,
    'data-dictionary.md': markdown,
    [STATEMENT_FILE]: statement,
  };
  const quarantine = joinCsv(stores.quarantineFiles.map((file) => readFileSync(file, 'utf8')));
  return {
    [RELEASE_FOLDER]: await writeTexts(run, RELEASE_FOLDER, texts),
    [OPERATOR_FOLDER]: await writeTexts(run, OPERATOR_FOLDER, { [QUARANTINE_FILE]: quarantine }),
  };
}

async function writeTexts(
  run: PartialRun,
  folder: RunFolder,
  texts: Readonly<Record<string, string>>,
): Promise<Paper[]> {
  const papers: Paper[] = [];
  for (const [file, text] of Object.entries(texts)) {
    const { bytes, sha256 } = await run.writeText(folder, file, text);
    papers.push({ file, bytes, sha256 });
  }
  return papers;
}

/** Quarantine lists of several stores as one, under one header. */
function joinCsv(texts: readonly string[]): string {
  const [header] = (texts[0] ?? '').split('\n');
  const lines = texts.flatMap((text) => text.split('\n').slice(1)).filter((line) => line !== '');
  return `${[header, ...lines].join('\n')}\n`;
}

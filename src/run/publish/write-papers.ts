import { readFileSync } from 'node:fs';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StatementFigures } from '../../report/statement/figures.ts';
import { linkageStatement } from '../../report/statement/linkage-statement.ts';
import type { PartialRun } from '../../write/partial-run.ts';
import type { ManifestPaper } from '../../write/run-manifest.ts';
import { QUARANTINE_FILE } from '../above/quarantine.ts';
import { describeTables, type WrittenTable } from './describe-tables.ts';

const STATEMENT_FILE = 'linkage-statement.md';

/**
 * Writes the run's text files: the quarantine list, the data dictionary and the linkage statement.
 *
 * @param quarantineFiles the quarantine lists of the token stores
 * @param figures what the linkage statement is made from
 * @returns what the manifest says of them
 */
export async function writePapers(
  run: PartialRun,
  pipeline: Pipeline,
  tables: readonly WrittenTable[],
  quarantineFiles: readonly string[],
  figures: StatementFigures,
): Promise<ManifestPaper[]> {
  const { json, markdown } = describeTables(pipeline, tables);
  const texts = {
    [QUARANTINE_FILE]: joinCsv(quarantineFiles.map((file) => readFileSync(file, 'utf8'))),
    'data-dictionary.json': json,
    'data-dictionary.md': markdown,
    [STATEMENT_FILE]: linkageStatement(figures),
  };
  const papers: ManifestPaper[] = [];
  for (const [file, text] of Object.entries(texts)) {
    const { bytes, sha256 } = await run.writeText(file, text);
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

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArrowFileWriter } from '../../../write/arrow-file-writer.ts';
import { type ManifestOutput, manifestText } from '../../../write/run-manifest.ts';
import { manifestOf } from '../../../write/test-rig/publishing.ts';

/** A release in short: its tables, each with a source and the pseudonym of every row. */
export interface ReleaseInShort {
  readonly id: string;
  readonly date: string;
  readonly agreement: string;
  readonly keyIds: { readonly linkage: string; readonly release: string };
  readonly tables: Readonly<Record<string, { readonly source: string; readonly rows: readonly string[] }>>;
  /** care settings by pseudonym, for the table `persons` */
  readonly persons: Readonly<Record<string, string>>;
}

/** Writes the folder `release` of a run, without going through a pipeline. */
export async function writeRelease(home: string, release: ReleaseInShort): Promise<string> {
  const { id, date, agreement, keyIds, tables, persons } = release;
  const folder = join(home, id, 'release');
  mkdirSync(folder, { recursive: true });
  const outputs: ManifestOutput[] = [];
  for (const [table, { source, rows }] of Object.entries(tables)) {
    outputs.push(await writeTable(folder, table, [...rows].sort(), null, `${source}.${table}.ward`));
  }
  const texts = Object.keys(persons).sort();
  outputs.push(
    await writeTable(
      folder,
      'persons',
      texts,
      texts.map((text) => persons[text]!),
      'link',
    ),
  );
  const manifest = manifestOf(id, { run: { name: 'tiny', id, date }, agreement, keyIds, outputs });
  writeFileSync(join(folder, 'manifest.json'), manifestText(manifest));
  return join(home, id);
}

async function writeTable(
  folder: string,
  table: string,
  rows: readonly string[],
  settings: readonly string[] | null,
  source: string,
): Promise<ManifestOutput> {
  const values = [...new Set(settings ?? ['A'])];
  const other = settings === null ? 'ward' : 'settings';
  const writer = await ArrowFileWriter.open(
    join(folder, `${table}.arrow`),
    [
      {
        name: 'person',
        type: { kind: 'fixed-text', width: 32, table: Buffer.from(rows.join('')) },
        nullable: false,
        metadata: {},
      },
      { name: other, type: { kind: 'dictionary', values }, nullable: false, metadata: {} },
    ],
    {},
    { batchRows: 4 },
  );
  writer.append({
    rows: rows.length,
    columns: [
      { values: Int32Array.from(rows, (_, row) => row), validity: null },
      { values: Int32Array.from(rows, (_, row) => values.indexOf(settings?.[row] ?? 'A')), validity: null },
    ],
  });
  const { bytes, sha256 } = await writer.close();
  const column = (name: string, from: string) => ({
    name,
    type: 'text',
    role: 'category',
    rule: 'keep',
    source: from,
  });
  return {
    table,
    file: `${table}.arrow`,
    bytes,
    sha256,
    columns: [column('person', 'release'), column(other, source)],
  };
}

import { bug } from '../domain/problem.ts';
import type { OperatorRecord } from '../write/operator-record.ts';

/** What was taken out of a run. */
interface Erased {
  readonly tables: Readonly<Record<string, number>>;
  readonly appearances: number;
  readonly settings: readonly string[];
}

/** A link map that was written anew. */
interface NewMap {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * The operator’s record of a run after a person was erased from it: the counts of what is in its files are those of the new files, and
 * the rows that left are in the receipts, so that these still balance. A note gives the day, and the digest of the manifest that
 * recipients have; it names nobody.
 *
 * Counts of what was read and linked on the night stay as they were: they are of deliveries, and no file of the run shows them again.
 *
 * @param map null where the run’s link map is not kept
 * @param on YYYY-MM-DD
 */
export function withoutPerson(
  record: OperatorRecord,
  { tables, appearances, settings }: Erased,
  map: NewMap | null,
  on: string,
): OperatorRecord {
  const { persons } = record.receipts;
  const erased = tables['persons'] ?? 0;
  if (settings.length !== erased) throw bug('a row of persons has no care settings');
  const metIn = { ...persons.metIn };
  const bySettings = persons.bySettings === undefined ? undefined : { ...persons.bySettings };
  for (const combination of settings) {
    metIn[String(combination.split('+').length) as keyof typeof metIn] -= 1;
    if (bySettings?.[combination] !== undefined) bySettings[combination] -= 1;
  }
  const { linkage, optOuts } = record;
  const { proof } = optOuts;
  return {
    ...record,
    outputs: record.outputs.map(({ table, rows }) => ({ table, rows: rows - (tables[table] ?? 0) })),
    receipts: {
      ...record.receipts,
      rows: record.receipts.rows.map((receipt) => {
        const rows = receipt.stage === 'release' ? (tables[receipt.table] ?? 0) : 0;
        if (rows === 0) return receipt;
        const { dropped, rowsOut } = receipt;
        return {
          ...receipt,
          rowsOut: rowsOut - rows,
          dropped: { ...dropped, erased: (dropped['erased'] ?? 0) + rows },
        };
      }),
      persons: {
        ...persons,
        released: persons.released - erased,
        metIn,
        ...(bySettings === undefined ? {} : { bySettings }),
      },
    },
    ...(proof === undefined
      ? {}
      : { optOuts: { ...optOuts, proof: { ...proof, persons: proof.persons - appearances } } }),
    ...(linkage?.map === undefined || map === null
      ? {}
      : { linkage: { ...linkage, map: { ...linkage.map, ...map } } }),
    erasures: [...(record.erasures ?? []), { on, manifest: record.manifest.sha256 }],
  };
}

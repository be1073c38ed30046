import type { TokenStore } from '../store/token-store.ts';
import { formatCount } from './format.ts';
import { left, right, textTable } from './text-table.ts';
import { waiverLines } from './waiver-lines.ts';
import { warningLines } from './warning-lines.ts';

/** The part of a token store's description that is reported. */
type ReportedStore = Pick<
  TokenStore,
  'pipeline' | 'runDate' | 'address' | 'linkageKeyId' | 'storeKeyId' | 'receipts' | 'warnings' | 'waivers'
>;

/** The report on a new token store: rows in, rows stopped, rows stored. */
export function storeReport(store: ReportedStore, directory: string): string {
  const arePatientsQuarantined = store.receipts.some(({ dropped }) => dropped['patient-quarantined']);
  const ifPatientsQuarantined = <T>(one: T): T[] => (arePatientsQuarantined ? [one] : []);
  const lines = [
    `${store.pipeline} for ${store.runDate}: token store ${store.address.slice(0, 16)}, key id ${store.linkageKeyId}, store key id ${store.storeKeyId}`,
    '',
    ...textTable(
      [
        left('source'),
        left('table'),
        right('rows in'),
        right('quarantined'),
        ...ifPatientsQuarantined(right('patient quarantined')),
        right('type 1 opt-out'),
        right('stored'),
      ],
      store.receipts.map(({ source, table, rowsIn, rowsOut, dropped }) => [
        source,
        table,
        formatCount(rowsIn),
        formatCount(dropped.quarantined ?? 0),
        ...ifPatientsQuarantined(formatCount(dropped['patient-quarantined'] ?? 0)),
        formatCount(dropped['type-1-opt-out'] ?? 0),
        formatCount(rowsOut),
      ]),
    ),
    '',
    ...waiverLines(store.waivers ?? []),
    ...warningLines(store.warnings),
    `${directory} holds tokens and clinical facts, and no identifier; keep it private (0700)`,
    `Next: tallystick link PIPELINE_FILE --store ${directory}`,
  ];
  return `${lines.join('\n')}\n`;
}

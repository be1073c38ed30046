import type { Receipt } from '../../domain/receipt.ts';
import { auditTable } from '../../report/audit-table.ts';
import { formatCount, formatSize } from '../../report/format.ts';
import { rowTable } from '../../report/row-table.ts';
import { left, right, textTable } from '../../report/text-table.ts';
import type { ReadManifest } from '../verify/read-manifest.ts';

/** A published run in words, from its manifest. */
export function describeRun(directory: string, manifest: ReadManifest): string {
  const { run, tool, agreement, keyIds, rulesVersion, outputs, papers, receipts, gates, linkage } = manifest;
  const { persons } = receipts;
  const lines = [
    `${directory}: run ${run.id} of ${run.name} for ${run.date}`,
    `  made by ${tool.name} ${tool.version}, rules version ${rulesVersion}, for agreement ${agreement}`,
    `  key ids: linkage ${keyIds.linkage}, release ${keyIds.release}${keyIds.store === undefined ? '' : `, store ${keyIds.store}`}`,
    `  gates passed: ${gates.map(({ gate, looked }) => `${gate} (${formatCount(looked)})`).join(', ')}`,
    `  ${manifest.inputs.length} files read`,
    ...(linkage?.map === undefined
      ? []
      : [`  a link map of ${formatCount(linkage.map.rows)} subjects was kept by whoever linked`]),
    '',
    ...rowTable(receipts.rows as readonly Receipt[]),
    '',
    `${formatCount(persons.released)} persons released: met in one setting ${formatCount(persons.metIn['1'])}, in two ${formatCount(persons.metIn['2'])}, in three ${formatCount(persons.metIn['3'])}`,
    '',
    ...(linkage?.audit === undefined ? [] : [...auditTable(linkage.audit), '']),
    ...textTable(
      [left('file'), right('rows'), right('columns'), right('size'), left('sha256')],
      [
        ...outputs.map(({ file, rows, columns, bytes, sha256 }) => [
          file,
          formatCount(rows),
          formatCount(columns.length),
          formatSize(bytes),
          sha256,
        ]),
        ...papers.map(({ file, bytes, sha256 }) => [file, '', '', formatSize(bytes), sha256]),
      ],
    ),
  ];
  return lines.join('\n');
}

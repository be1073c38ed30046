import type { Receipt } from '../../domain/receipt.ts';
import { auditTable } from '../../report/audit-table.ts';
import { formatCount, formatSize } from '../../report/format.ts';
import { heldLines } from '../../report/held-lines.ts';
import { rowTable } from '../../report/row-table.ts';
import { left, right, textTable } from '../../report/text-table.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import type { RunManifest } from '../../write/run-manifest.ts';

/**
 * A published run in words.
 *
 * @param record the operator's record; null where a release alone was named
 */
export function describeRun(directory: string, manifest: RunManifest, record: OperatorRecord | null): string {
  const { run, tool, agreement, recipient, keyIds, rulesVersion, outputs, papers } = manifest;
  const rowsOf = new Map(record?.outputs.map(({ table, rows }) => [table, formatCount(rows)]));
  const lines = [
    `${directory}: run ${run.id} of ${run.name} for ${run.date}`,
    `  made by ${tool.name} ${tool.version}, rules version ${rulesVersion}, for agreement ${agreement}`,
    ...(recipient === undefined ? [] : [`  handed to ${recipient}`]),
    `  key ids: linkage ${keyIds.linkage}, release ${keyIds.release}${keyIds.store === undefined ? '' : `, store ${keyIds.store}`}`,
    ...describeOptOuts(manifest),
    ...(record === null
      ? [
          `  gates passed: ${manifest.gates.map(({ gate }) => gate).join(', ')}`,
          '  the release alone: counts, inputs and receipts stay with the operator',
        ]
      : describeRecord(record)),
    '',
    ...textTable(
      [left('file'), right('rows'), right('columns'), right('size'), left('sha256')],
      [
        ...outputs.map(({ table, file, columns, bytes, sha256 }) => [
          file,
          rowsOf.get(table) ?? '',
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

function describeOptOuts({ optOuts }: RunManifest): string[] {
  if (optOuts === undefined) return []; // a release of an earlier version
  const { types, exempt, waived, asOf, state } = optOuts;
  return [
    `  opt-outs applied: ${types.join(', ') || 'none'}; state ${state.slice(0, 12)}`,
    ...exempt.map(({ type, basis, because }) => `  switched off: ${type} (${basis}: ${because})`),
    ...waived.map(({ what, reason }) => `  left out: ${what} (${reason})`),
    ...Object.entries(asOf).map(([name, date]) => `  ${name} is of ${date}`),
  ];
}

function describeRecord({ inputs, receipts, gates, linkage, optOuts }: OperatorRecord): string[] {
  const { persons } = receipts;
  return [
    `  gates passed: ${gates.map(({ gate, looked }) => `${gate} (${formatCount(looked)})`).join(', ')}`,
    `  ${inputs.length} files read`,
    ...(linkage?.map === undefined
      ? []
      : [`  a link map of ${formatCount(linkage.map.rows)} subjects was kept by the linker`]),
    '',
    ...rowTable(receipts.rows as readonly Receipt[]),
    '',
    `${formatCount(persons.released)} persons released: in one care setting ${formatCount(persons.metIn['1'])}, in two ${formatCount(persons.metIn['2'])}, in three ${formatCount(persons.metIn['3'])}`,
    ...(optOuts.effect === undefined || optOuts.whatIf === undefined
      ? []
      : heldLines({ effect: optOuts.effect, whatIf: optOuts.whatIf, exempt: [] })),
    ...(linkage?.audit === undefined ? [] : ['', ...auditTable(linkage.audit)]),
  ];
}

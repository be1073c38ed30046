import { isBalanced, type Receipt } from '../../domain/receipt.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import type { Check } from './check.ts';

/** Checks that every row is accounted for, from the first file read to the last one written. */
export function checkReceipts({ inputs, outputs, receipts }: OperatorRecord): Check[] {
  const rows = receipts.rows as readonly Receipt[];
  const unbalanced = rows
    .filter((receipt) => !isBalanced(receipt))
    .map(({ stage, source, table }) => `the ${stage} receipt of ${source}.${table} does not balance`);
  const broken: string[] = [];
  const expect = (what: string, found: number | undefined, expected: number) => {
    if (found !== expected) broken.push(`${what}: ${found ?? 'none'}, not ${expected}`);
  };
  for (const { stage, source, table, rowsIn, rowsOut } of rows) {
    if (stage === 'tokenise') {
      const read = inputs.filter((input) => input.source === source && input.table === table);
      expect(`rows read for ${source}.${table}`, sum(read.map((input) => input.rows)), rowsIn);
    } else {
      const stored = rows.find((one) => one.stage === 'tokenise' && one.table === table);
      expect(`rows of ${source}.${table} that were tokenised`, stored?.rowsOut, rowsIn);
      expect(`rows in the file of ${table}`, outputs.find((output) => output.table === table)?.rows, rowsOut);
    }
  }
  for (const { table, rows: written } of outputs) {
    if (table === 'persons') expect('rows of persons', written, receipts.persons.released);
    else if (!rows.some((one) => one.stage === 'release' && one.table === table)) {
      broken.push(`no release receipt accounts for ${table}`);
    }
  }
  expect(
    'persons by number of care settings',
    sum(Object.values(receipts.persons.metIn)),
    receipts.persons.released,
  );
  return [
    { check: 'receipts balance', problems: unbalanced.map((message) => ({ message })) },
    { check: 'receipts agree with inputs and files', problems: broken.map((message) => ({ message })) },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

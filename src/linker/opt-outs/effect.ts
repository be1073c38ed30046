import type { HeldReason } from '../../domain/held-reason.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { ByReason, HeldPersons } from './held-persons.ts';
import type { RowsLeftOut } from './rows-left-out.ts';

/** What the opt-outs of a run, and all other reasons why persons are held, took out of its release: exact counts. */
export interface OptOutEffect {
  readonly persons: HeldPersons;
  /** rows by table, each once under the reason that counts, above the identity boundary and below it */
  readonly rows: Readonly<Record<string, ByReason>>;
}

/** What would have been released as well, had one reason been switched off and no other. */
export interface WhatIf {
  readonly reason: string;
  readonly persons: number;
  /** rows by table */
  readonly rows: Readonly<Record<string, number>>;
  /**
   * rows by table that the reason stopped above the identity boundary. An upper bound: they were not linked, so that it is not known which
   * of them another reason would have held
   */
  readonly rowsAtMost: Readonly<Record<string, number>>;
}

/** What is left out of a run. */
export interface LeftOut {
  readonly persons: HeldPersons;
  /** the provider's: what was stopped above the identity boundary */
  readonly receipts: readonly Receipt[];
  /** what was left out below it, by table */
  readonly rows: ReadonlyMap<string, RowsLeftOut>;
}

/** Who and what was held, and by which reason. */
export function effectOf({ persons, receipts, rows }: LeftOut, reasons: readonly HeldReason[]): OptOutEffect {
  const tables = [...new Set([...receipts.map(({ table }) => table), ...rows.keys()])];
  const byTable = tables.map((table) => {
    const counts = reasons.map((reason, index): [string, number] => {
      const left = rows.get(table);
      // a row of which nothing could be hashed has no number either
      const unhashed = reason.name === 'unknown-number' ? (left?.unknown ?? 0) : 0;
      return [reason.name, stoppedAbove(receipts, table, reason) + (left?.held[index] ?? 0) + unhashed];
    });
    return [table, withoutZeros(counts)] as const;
  });
  return {
    persons,
    rows: Object.fromEntries(byTable.filter(([, counts]) => Object.keys(counts).length > 0)),
  };
}

/**
 * For each reason that held anything, what it alone held. Opt-outs act after linking, so that nobody would have been linked otherwise; only
 * what was stopped above the identity boundary would have been.
 */
export function whatIf({ persons, receipts, rows }: LeftOut, reasons: readonly HeldReason[]): WhatIf[] {
  return reasons.flatMap((reason, index): WhatIf[] => {
    const below = [...rows].map(([table, { alone }]): [string, number] => [table, alone[index]!]);
    const above = receipts.map(({ table }): [string, number] => [
      table,
      stoppedAbove(receipts, table, reason),
    ]);
    const one = {
      reason: reason.name,
      persons: persons.alone[reason.name] ?? 0,
      rows: withoutZeros(below),
      rowsAtMost: withoutZeros(above),
    };
    const heldSomething =
      (persons.any[reason.name] ?? 0) > 0 ||
      [...rows.values()].some(({ held }) => held[index]! > 0) ||
      Object.keys(one.rowsAtMost).length > 0;
    return heldSomething ? [one] : [];
  });
}

function stoppedAbove(receipts: readonly Receipt[], table: string, { receipt }: HeldReason): number {
  return receipts
    .filter((one) => one.stage === 'tokenise' && one.table === table)
    .reduce((sum, { dropped }) => sum + ((dropped as Readonly<Record<string, number>>)[receipt] ?? 0), 0);
}

function withoutZeros(counts: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/*
 * A thread that reads parts of tables, counts, sorts and gathers their rows: `table-threads` starts it, and `package.json` names it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PairHasher } from '../../../keys/pair-hasher.ts';
import { type Answered, answerOrders } from '../../../program/answer-orders.ts';
import { BatchMemory } from '../../../store/batch-memory.ts';
import { OpenParts } from '../../open-parts.ts';
import { StoredTable } from '../../stored-table.ts';
import { openOwners } from '../rows/owners.ts';
import { RangeMemory } from '../rows/range-memory.ts';
import { SeenDays } from '../rows/seen-days.ts';
import { TableRows } from '../rows/table-rows.ts';
import type { PartAnswer, SharedTable, TableOrder, TableThreadStart } from './table-messages.ts';

const port = parentPort!;
const start = workerData as TableThreadStart;
const { info, key } = start.recordKey;
const hasher = new PairHasher({ derive: () => key }, info);
const parts = new OpenParts(start.mostOpen);
const memory = new RangeMemory();
const tables = new Map<number, TableRows>();
/** the main thread ends this thread when it no longer waits for an answer */
const goOn = () => Promise.resolve();

function open({ name, paths, subjects, owners, seen, ...shared }: SharedTable): TableRows {
  return new TableRows({
    ...shared,
    table: new StoredTable(name, paths, parts, subjects, new BatchMemory()),
    owners: openOwners(owners),
    seen: seen === null ? null : new SeenDays(seen),
    hasher,
    memory,
  });
}

async function carryOut(order: TableOrder): Promise<Answered<PartAnswer> | null> {
  switch (order.ask) {
    case 'begin':
      tables.set(order.table.id, open(order.table));
      return null;
    case 'count': {
      const counted = await tables.get(order.id)!.count(order.batches, goOn);
      return { answer: { counted }, handedOver: [] };
    }
    case 'sort': {
      const sorted = await tables.get(order.id)!.sort(order.range, order.texts, order.room, goOn);
      return { answer: { sorted }, handedOver: [sorted.room] };
    }
    case 'end':
      tables.delete(order.id);
      return null;
    case 'close':
      hasher.close();
      parts.close();
      port.close();
      return null;
  }
}

answerOrders(port, carryOut);

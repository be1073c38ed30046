/*
 * A thread that reads ranges of files and makes the tokens of their rows: `reader-threads` starts it, and `package.json` names it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import { type Answered, answerOrders } from '../../program/answer-orders.ts';
import { RangeHasher } from './range-hasher.ts';
import type { RangeAnswer, RangeOrder, ThreadStart } from './range-messages.ts';
import { TokenKernel } from './token-kernel.ts';

const port = parentPort!;
const start = workerData as ThreadStart;
const scanner = new ColumnScanner();
const tokens = new TokenKernel({ derive: (info) => start.keys.get(info)! }, start.kinds);
/** the main thread ends this thread when it no longer waits for an answer */
const { signal } = new AbortController();
let hasher: RangeHasher | null = null;

async function carryOut(order: RangeOrder): Promise<Answered<RangeAnswer> | null> {
  switch (order.ask) {
    case 'begin':
      hasher = new RangeHasher(order.file, start, tokens, scanner);
      return null;
    case 'read': {
      const { range, room } = order;
      const hashed = await hasher!.read(range, room, signal);
      const handedOver = [range.text.buffer, ...(hashed === null ? [] : [hashed.arrays.buffer])];
      return { answer: { text: range.text, hashed }, handedOver };
    }
    case 'end':
      hasher?.clear();
      hasher = null;
      return null;
    case 'close':
      hasher?.clear();
      tokens.close();
      port.close();
      return null;
  }
}

answerOrders(port, carryOut);

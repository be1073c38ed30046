/*
 * A thread that reads ranges of files and makes the tokens of their rows: `reader-threads` starts it, and `package.json` names it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import { carryFault } from '../../program/carried-fault.ts';
import { RangeHasher } from './range-hasher.ts';
import type { RangeOrder, ThreadMessage, ThreadStart } from './range-messages.ts';
import { TokenKernel } from './token-kernel.ts';

const port = parentPort!;
const start = workerData as ThreadStart;
const scanner = new ColumnScanner();
const tokens = new TokenKernel({ derive: (info) => start.keys.get(info)! }, start.kinds);
/** whoever asked ends the thread where nobody waits for its answer any more */
const { signal } = new AbortController();
let hasher: RangeHasher | null = null;

async function carryOut(order: RangeOrder): Promise<void> {
  switch (order.ask) {
    case 'begin':
      hasher = new RangeHasher(order.file, start, tokens, scanner);
      return;
    case 'read': {
      const { range, room } = order;
      const hashed = await hasher!.read(range, room, signal);
      const answer: ThreadMessage = { text: range.text, hashed };
      port.postMessage(answer, [range.text.buffer, ...(hashed === null ? [] : [hashed.arrays.buffer])]);
      return;
    }
    case 'end':
      hasher?.clear();
      hasher = null;
      return;
    case 'close':
      hasher?.clear();
      tokens.close();
      port.close();
  }
}

let before: Promise<void> = Promise.resolve();
port.on('message', (order: RangeOrder) => {
  before = before
    .then(() => carryOut(order))
    .catch((fault: unknown) => port.postMessage({ fault: carryFault(fault) } satisfies ThreadMessage));
});

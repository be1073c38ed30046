import type { MessagePort } from 'node:worker_threads';
import { type CarriedFault, carryFault } from './carried-fault.ts';

/** An answer, and the memory that is handed over with it. */
export interface Answered<Answer> {
  readonly answer: Answer;
  readonly handedOver: readonly ArrayBuffer[];
}

/**
 * The other end of a `WorkerThread`: carries out orders one after another, each when the one before it is done.
 *
 * @param carryOut gives the answer, or null for an order that has none
 */
export function answerOrders<Order, Answer>(
  port: MessagePort,
  carryOut: (order: Order) => Promise<Answered<Answer> | null>,
): void {
  let before: Promise<void> = Promise.resolve();
  port.on('message', (order: Order) => {
    before = before
      .then(async () => {
        const answered = await carryOut(order);
        if (answered === null) return;
        port.postMessage({ answer: answered.answer }, [...answered.handedOver]);
      })
      .catch((fault: unknown) => port.postMessage({ fault: carryFault(fault) satisfies CarriedFault }));
  });
}

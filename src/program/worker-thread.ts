import { Worker } from 'node:worker_threads';
import { engineFault, type TallystickError } from '../domain/problem.ts';
import { type CarriedFault, carryFault, faultOf } from './carried-fault.ts';

interface Waiting<Answer> {
  readonly done: (answer: Answer) => void;
  readonly fail: (fault: unknown) => void;
}

/** What a thread says: an answer to the order that waits longest, or why there is none. */
type Said<Answer> = { readonly answer: Answer } | { readonly fault: CarriedFault };

/** What a thread runs, and what it is given. */
export interface ThreadScript {
  readonly script: string;
  readonly start: unknown;
  /** memory of `start` that is handed over, such as that of keys: nobody else has it from then on */
  readonly handedOver: readonly ArrayBuffer[];
  /** mebibytes for objects that are soon forgotten, of which there are few in a thread that works on arrays; Node's own limit, some 48, if absent */
  readonly youngMemory?: number;
  /** what the thread does, for the message that it ended too early: "reads the extracts" */
  readonly does: string;
}

/** A thread of this program that answers orders one after another (`answerOrders`). What it says of an error never quotes data. */
export class WorkerThread<Order, Answer> {
  readonly #worker: Worker;
  readonly #does: string;
  readonly #waiting: Waiting<Answer>[] = [];
  readonly #hasEnded: Promise<void>;
  #fault: unknown = null;

  constructor({ script, start, handedOver, youngMemory, does }: ThreadScript) {
    this.#does = does;
    this.#worker = new Worker(script, {
      workerData: start,
      transferList: [...handedOver],
      ...(youngMemory === undefined ? {} : { resourceLimits: { maxYoungGenerationSizeMb: youngMemory } }),
      env: {},
      stdout: true, // what it prints is printed nowhere
      stderr: true,
    });
    this.#worker.on('message', (said: Said<Answer>) => {
      if ('fault' in said) this.#fail(faultOf(said.fault));
      else this.#waiting.shift()?.done(said.answer);
    });
    this.#worker.on('error', (fault) =>
      this.#fail(isOutOfMemory(fault) ? this.#ended() : faultOf(carryFault(fault))),
    );
    this.#hasEnded = new Promise((done) => {
      this.#worker.on('exit', () => {
        this.#fail(this.#ended());
        done();
      });
    });
  }

  /** Orders that are not answered yet. */
  get underWay(): number {
    return this.#waiting.length;
  }

  /** Gives it an order, and waits for the answer. Answers come in the order of the calls. @throws whatever the thread throws */
  ask(order: Order, handedOver: readonly ArrayBuffer[] = []): Promise<Answer> {
    return new Promise((done, fail) => {
      if (this.#fault !== null) return fail(this.#fault);
      this.#waiting.push({ done, fail });
      this.tell(order, handedOver);
    });
  }

  /** Gives it an order that has no answer. */
  tell(order: Order, handedOver: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, [...handedOver]);
  }

  /** Waits for its end, which the last order must have asked for. */
  hasEnded(): Promise<void> {
    return this.#hasEnded;
  }

  /** Ends it at once. @param reason with which it answers whoever waits for it */
  kill(reason: unknown): void {
    this.#fail(reason);
    void this.#worker.terminate();
  }

  /** After a fault nothing that the thread answers is certain to belong to what was asked. */
  #fail(fault: unknown): void {
    this.#fault ??= fault;
    for (const { fail } of this.#waiting.splice(0)) fail(this.#fault);
  }

  #ended(): TallystickError {
    return engineFault({
      message: `a thread that ${this.#does} ended before its work was done; nothing was published`,
      wayOut: 'it may have run out of memory: let the program use less with --threads',
    });
  }
}

function isOutOfMemory(fault: unknown): boolean {
  return (fault as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}

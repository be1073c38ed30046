import { bug } from '../../../domain/problem.ts';
import { WorkerThread } from '../../../program/worker-thread.ts';
import { mostOpenOf } from '../../open-parts.ts';
import type { PartReader } from '../rows/divide-rows.ts';
import type {
  PartAnswer,
  PartOrder,
  RecordKey,
  SharedTable,
  TableOrder,
  TableThreadStart,
} from './table-messages.ts';

/** Orders of a thread that are carried out or wait for it: with a second one it has something to do when it has answered. */
const UNDER_WAY = 2;

/** A thread, and the tables that it has begun. */
interface TableThread {
  readonly thread: WorkerThread<TableOrder, PartAnswer>;
  readonly begun: Set<number>;
}

/** An order that waits for a thread. */
interface WaitingOrder {
  readonly table: SharedTable;
  readonly order: PartOrder;
  readonly handedOver: readonly ArrayBuffer[];
  readonly done: (answer: Promise<PartAnswer>) => void;
}

/** Threads that read parts of tables. Each is started when there is something to do for it. */
export class TableThreads {
  readonly #count: number;
  readonly #script: string;
  readonly #recordKey: () => RecordKey;
  readonly #threads: TableThread[] = [];
  readonly #waiting: WaitingOrder[] = [];
  #killed: { readonly reason: unknown } | null = null;

  /**
   * @param count of threads
   * @param recordKey derives the key of released ids, a copy for each thread
   * @param script what a thread runs
   */
  constructor(count: number, recordKey: () => RecordKey, script: string) {
    this.#count = count;
    this.#recordKey = recordKey;
    this.#script = script;
  }

  /** Reads the parts of a table. The promises reject with whatever a thread throws, or the reason why they were killed. */
  readerOf(table: SharedTable): PartReader {
    const { id } = table;
    return {
      count: async (batches, onBatch) => {
        await onBatch(0);
        const answer = await this.#give(table, { ask: 'count', id, batches }, []);
        if (!('counted' in answer)) throw bug('a thread has answered another order');
        await onBatch(answer.counted.rows);
        return answer.counted;
      },
      sort: async (range, texts, room, onBatch) => {
        await onBatch(0);
        const answer = await this.#give(table, { ask: 'sort', id, range, texts, room }, [room]);
        if (!('sorted' in answer)) throw bug('a thread has answered another order');
        await onBatch(answer.sorted.rows);
        return answer.sorted;
      },
    };
  }

  /** Has everything forgotten that the threads hold of a table. */
  end({ id }: SharedTable): void {
    for (const { thread, begun } of this.#threads) if (begun.delete(id)) thread.tell({ ask: 'end', id });
  }

  /** Ends the threads at once. @param reason with which every answer that is waited for is rejected */
  kill(reason: unknown): void {
    this.#killed ??= { reason };
    for (const { done } of this.#waiting.splice(0)) done(Promise.reject(reason));
    for (const { thread } of this.#threads) thread.kill(reason);
  }

  /** Has all keys overwritten, and waits for the end of the threads. */
  async close(): Promise<void> {
    await Promise.all(
      this.#threads.map(({ thread }) => {
        thread.tell({ ask: 'close' });
        return thread.hasEnded();
      }),
    );
  }

  #give(table: SharedTable, order: PartOrder, handedOver: readonly ArrayBuffer[]): Promise<PartAnswer> {
    if (this.#killed !== null) return Promise.reject(this.#killed.reason);
    return new Promise((done) => {
      this.#waiting.push({ table, order, handedOver, done });
      this.#serve();
    });
  }

  /** Gives orders to threads, in the order in which they were asked. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const free = this.#free();
      if (free === null) return;
      const { table, order, handedOver, done } = this.#waiting.shift()!;
      if (!free.begun.has(table.id)) free.thread.tell({ ask: 'begin', table });
      free.begun.add(table.id);
      const answer = free.thread.ask(order, handedOver);
      done(answer);
      answer.then(
        () => this.#serve(),
        () => undefined, // the caller that waits for the answer gets the fault
      );
    }
  }

  /** The thread that has least to do: one that has nothing, or a new one, before one that has something. */
  #free(): TableThread | null {
    const least = this.#threads.toSorted((a, b) => a.thread.underWay - b.thread.underWay)[0];
    if (least !== undefined && least.thread.underWay === 0) return least;
    if (this.#threads.length < this.#count) return this.#start();
    return least !== undefined && least.thread.underWay < UNDER_WAY ? least : null;
  }

  #start(): TableThread {
    const recordKey = this.#recordKey();
    const thread = new WorkerThread<TableOrder, PartAnswer>({
      script: this.#script,
      start: { recordKey, mostOpen: mostOpenOf(this.#count) } satisfies TableThreadStart,
      handedOver: [recordKey.key.buffer as ArrayBuffer],
      youngMemory: 8,
      does: 'releases tables',
    });
    const started = { thread, begun: new Set<number>() };
    this.#threads.push(started);
    return started;
  }
}

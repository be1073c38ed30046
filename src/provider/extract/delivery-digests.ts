import { digestInputs } from './digest-inputs.ts';
import type { InputFile } from './find-files.ts';
import type { TableInputs } from './find-inputs.ts';

/** The SHA-256 of every file of a delivery, made in a thread of its own while its rows are read. */
export class DeliveryDigests {
  readonly #stop = new AbortController();
  readonly #digests: Promise<readonly string[]>;
  /** every file, in the order of the tables */
  readonly files: readonly InputFile[];

  constructor(inputs: readonly TableInputs[]) {
    this.files = inputs.flatMap(({ files }) => files.map(({ file }) => file));
    this.#digests = digestInputs(this.files, this.#stop.signal);
    this.#digests.catch(() => undefined); // a fault is met where the digests are awaited
  }

  /**
   * In the order of the files, as 64 hexadecimal digits each.
   *
   * @throws TallystickError (exit 1) naming every gzip file that is damaged or cut short
   */
  async done(): Promise<readonly string[]> {
    return this.#digests;
  }

  /** Stops the thread if it is still at work. */
  stop(): void {
    this.#stop.abort();
  }
}

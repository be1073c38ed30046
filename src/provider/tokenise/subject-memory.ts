import type { Pipeline, SourceSpec } from '../../pipeline/pipeline.ts';
import { BusyPostcodes } from './busy-postcodes.ts';
import { KnownBirths } from './known-births.ts';
import { Witnesses } from './witnesses.ts';

/** What is remembered of subjects from one table to the next, while a store is made. */
export class SubjectMemory {
  /** the witnesses of stopped and quarantined rows, of every source */
  readonly witnesses = new Witnesses();
  readonly #births: ReadonlyMap<string, KnownBirths>;
  readonly #busyPostcodes: ReadonlyMap<string, BusyPostcodes>;
  readonly #busiest: number | null;

  constructor({ sources, link }: Pipeline) {
    this.#busiest = link.ignoreBusiestPostcodes;
    this.#births = new Map(
      sources.flatMap(({ name, addresses }) => (addresses === null ? [] : [[name, new KnownBirths()]])),
    );
    this.#busyPostcodes = new Map(
      this.#busiest === null ? [] : sources.map(({ name }) => [name, new BusyPostcodes()]),
    );
  }

  /** Of one source: its patients' births, and its patients by postcode; null where they are not asked for. */
  of({ name }: SourceSpec): {
    readonly births: KnownBirths | null;
    readonly busyPostcodes: BusyPostcodes | null;
  } {
    return {
      births: this.#births.get(name) ?? null,
      busyPostcodes: this.#busyPostcodes.get(name) ?? null,
    };
  }

  /** The tuples at the busiest postcodes of each source, as a store holds them; null where they are not asked for. */
  busyCsv(): string | null {
    const share = this.#busiest;
    if (share === null) return null;
    const tuples = [...this.#busyPostcodes.values()].flatMap((one) => one.tuplesOfBusiest(share));
    const lines = new Set(tuples.map(([a, b]) => `${a},${b}`));
    return `${['a,b', ...[...lines].sort()].join('\n')}\n`;
  }

  /** Forgets everybody. */
  clear(): void {
    for (const one of [...this.#births.values(), ...this.#busyPostcodes.values(), this.witnesses])
      one.clear();
  }
}

import fc from 'fast-check';

/** Draws from fast-check one value at a time, so that a scenario can be made up in the order in which it is described. */
export class Draw {
  readonly #generate: fc.GeneratorValue;

  constructor(generate: fc.GeneratorValue) {
    this.#generate = generate;
  }

  number(min: number, max: number): number {
    return this.#generate(fc.integer, { min, max });
  }

  /** One of the values; shrinks towards the first. */
  oneOf<T>(values: readonly T[]): T {
    return values[this.number(0, values.length - 1)]!;
  }

  /** True in so many of a hundred cases; shrinks towards false. */
  chance(percent: number): boolean {
    return this.number(0, 99) >= 100 - percent;
  }

  /** Each value with the given chance, in their order. */
  some<T>(values: readonly T[], percent = 60): T[] {
    return values.filter(() => this.chance(percent));
  }

  /** The usual value, or now and then one of the odd ones. */
  usually<T>(percent: number, usual: T, odd: readonly T[]): T {
    return this.chance(100 - percent) ? this.oneOf(odd) : usual;
  }

  shuffled<T>(values: readonly T[]): T[] {
    const left = [...values];
    return values.map(() => left.splice(this.number(0, left.length - 1), 1)[0]!);
  }
}

/** One event as numbers: the four words of its token, and what else makes it the same as another. */
export interface EventKey {
  readonly tokens: Uint32Array;
  /** index of the token: its first word is at four times this */
  readonly row: number;
  readonly type: number;
  readonly kind: number;
  readonly day: number;
}

const WORDS = 6;

/** A set of events, by token, type, kind and day: the million of a register in an array, and no text of any. */
export class EventSet {
  readonly #mask: number;
  /** words of a token, type and kind, day; the kind and type are never 0 in a slot that is taken */
  readonly #slots: Int32Array;

  /** @param most how many events it can take */
  constructor(most: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, most * 2)));
    this.#mask = slots - 1;
    this.#slots = new Int32Array(slots * WORDS);
  }

  /** Adds an event. @returns false where it is in the set already */
  add({ tokens, row, type, kind, day }: EventKey): boolean {
    const slots = this.#slots;
    const from = row * 4;
    const what = type * 2 + kind + 1;
    for (let slot = tokens[from]! & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (slots[at + 4] === 0) {
        for (let word = 0; word < 4; word += 1) slots[at + word] = tokens[from + word]!;
        slots[at + 4] = what;
        slots[at + 5] = day;
        return true;
      }
      if (
        slots[at + 4] === what &&
        slots[at + 5] === day &&
        slots[at] === (tokens[from]! | 0) &&
        slots[at + 1] === (tokens[from + 1]! | 0) &&
        slots[at + 2] === (tokens[from + 2]! | 0) &&
        slots[at + 3] === (tokens[from + 3]! | 0)
      )
        return false;
    }
  }
}

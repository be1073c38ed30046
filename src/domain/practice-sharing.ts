import type { BuiltInReason } from './held-reason.ts';

/** One line of a list of practices. A practice may have several, such as one for each period. */
export interface PracticeLine {
  /** as `practiceCode` writes it */
  readonly code: string;
  /** the first day of sharing (YYYY-MM-DD); null where the line has none */
  readonly start: string | null;
  /** the day on which sharing ends, the first without it; null where it has not ended */
  readonly end: string | null;
  readonly isActive: boolean;
  readonly isDisabled: boolean;
}

/** Codes of the NHS data dictionary for no practice: none registered, not applicable, not known. */
const NO_PRACTICE: ReadonlySet<string> = new Set(['V81997', 'V81998', 'V81999']);

/** The code of a practice in one form: systems write the same identifier in either case, and with braces or without. Null for an empty one. */
export function practiceCode(text: string): string | null {
  const code = text
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .toUpperCase();
  return code === '' ? null : code;
}

export type PracticeReason = Extract<BuiltInReason, `practice-${string}`>;

/** Which practices share on a day. */
export class PracticeSharing {
  readonly #lines = new Map<string, PracticeLine[]>();
  readonly #day: string;
  readonly #isDated: boolean;

  /**
   * @param isDated the list says since when each practice shares: a line without a day then has not begun
   * @param day YYYY-MM-DD
   */
  constructor(lines: readonly PracticeLine[], isDated: boolean, day: string) {
    this.#day = day;
    this.#isDated = isDated;
    for (const line of lines) {
      const known = this.#lines.get(line.code);
      if (known === undefined) this.#lines.set(line.code, [line]);
      else known.push(line);
    }
  }

  /** True if the list names the practice. */
  has(code: string | null): boolean {
    return code !== null && this.#lines.has(code);
  }

  /**
   * Why the patients of a practice are held; nothing where it shares. A practice that is not named, and a code that is of no practice, are not
   * active. One line that disables a practice on this day is enough, and one that activates it.
   */
  reasonsOf(code: string | null): readonly PracticeReason[] {
    const lines = code === null || NO_PRACTICE.has(code) ? [] : (this.#lines.get(code) ?? []);
    const today = lines.filter((line) => this.#mayCount(line));
    const isActive = today.some(({ isActive, start }) => isActive && (start !== null || !this.#isDated));
    const isDisabled = today.some((line) => line.isDisabled);
    return [
      ...(isActive ? [] : ['practice-inactive' as const]),
      ...(isDisabled ? ['practice-disabled' as const] : []),
    ];
  }

  /** False of a line whose period has ended, or has not begun. */
  #mayCount({ start, end }: PracticeLine): boolean {
    return (start === null || start <= this.#day) && (end === null || this.#day < end);
  }
}

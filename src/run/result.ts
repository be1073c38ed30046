import type { Receipt } from '../domain/receipt.ts';

/** What a finished run says of itself: counts, places and times, and nothing of any person. */
export interface RunResult {
  readonly name: string;
  readonly runId: string;
  readonly runDate: string;
  /** absolute path of the published run */
  readonly directory: string;
  readonly outcome: 'published' | 'unchanged' | 'replaced';
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly receipts: readonly Receipt[];
  readonly persons: PersonCounts;
  readonly files: readonly { readonly file: string; readonly rows: number; readonly bytes: number }[];
  /** seconds of each stage */
  readonly stages: Readonly<Record<string, number>>;
}

export interface PersonCounts {
  readonly released: number;
  readonly typeTwoOptOut: number;
  readonly nationalOptOut: number;
  readonly heldBack: number;
  /** released persons met in exactly one, two, three settings */
  readonly metIn: Readonly<Record<'1' | '2' | '3', number>>;
  /** released persons by combination of settings */
  readonly bySettings: Readonly<Record<string, number>>;
}

import { printableText } from '../../domain/printable-text.ts';
import type { StageProgress } from '../../program/progress.ts';
import { formatCount } from '../../report/format.ts';
import type { Output } from './paint.ts';

/** Frequent enough to look live, rare enough to cost nothing. */
const REDRAW_MS = 200;
/** A rate over a shorter time is noise. */
const LEAST_SECONDS = 0.5;
/** Back to the beginning of the line, and erase to its end (ECMA-48). */
const CLEAR = '\r\u001b[K';
const USUAL_COLUMNS = 80;

/** One line at the bottom of a terminal that shows the progress of a stage. */
export class ProgressLine implements StageProgress {
  readonly #output: Output;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | null = null;
  #isShown = false;
  #draw: () => string = () => '';

  /** @param now milliseconds */
  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  begin(stage: string, rowsDone: () => number, rowsExpected: number | null): void {
    const start = this.#now();
    this.#draw = () => describeProgress(stage, (this.#now() - start) / 1000, rowsDone(), rowsExpected);
    this.#timer ??= setInterval(() => this.redraw(), REDRAW_MS).unref();
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.hide();
  }

  redraw(): void {
    const width = (this.#output.columns ?? USUAL_COLUMNS) - 1;
    this.#output.write(`${CLEAR}${printableText(this.#draw()).slice(0, width)}`);
    this.#isShown = true;
  }

  /** Clears the line for other text; the next redraw shows it again. */
  hide(): void {
    if (this.#isShown) this.#output.write(CLEAR);
    this.#isShown = false;
  }
}

/**
 * `tokenise gp_events   1,200,000 rows   810,000 rows/s   0:05 left`: unknown parts are left out.
 *
 * @param seconds since the stage began
 */
export function describeProgress(
  stage: string,
  seconds: number,
  rows: number,
  rowsExpected: number | null,
): string {
  if (rows === 0) return `${stage}   ${clock(seconds)}`;
  const parts = [stage, `${formatCount(rows)} rows`];
  if (seconds >= LEAST_SECONDS) {
    const rate = rows / seconds;
    parts.push(`${formatCount(Math.round(rate))} rows/s`);
    if (rowsExpected !== null && rowsExpected > rows)
      parts.push(`${clock((rowsExpected - rows) / rate)} left`);
  }
  return parts.join('   ');
}

/** Minutes and seconds: 0:05. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** The progress line where there is no terminal. */
export const noProgress: StageProgress = { begin: () => undefined, end: () => undefined };

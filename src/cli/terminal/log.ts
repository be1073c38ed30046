import { createRequire } from 'node:module';
import type { Logger, pino } from 'pino';
import type { LogEvent } from '../../program/run-settings.ts';
import { formatCount } from '../../report/format.ts';
import type { LogFormat, Manners } from './manners.ts';
import type { Paint } from './paint.ts';

/** The additional fields of an error in the log. */
export interface ErrorEvent extends Omit<LogEvent, 'level'> {
  readonly level: 'error';
  readonly exitCode: number;
  readonly line?: number;
  readonly column?: number | string;
  readonly wayOut?: string;
}

/** The fields that may be logged. Other fields of an object are dropped. */
const FIELDS = ['stage', 'table', 'file', 'line', 'column', 'rows', 'seconds', 'exitCode', 'wayOut'] as const;

/** The largest number of lines kept: a run logs some tens of lines, so this is reached only if there is a fault. */
const KEPT_LINES = 10_000;

/**
 * The log: pino, to stderr. Every line is kept for the leak scan; once the limit is reached, no more is written,
 * so that nothing is written that has not been kept.
 */
export class Log {
  readonly #write: (text: string) => void;
  readonly #paint: Paint;
  readonly #kept: string[] = [];
  #format: LogFormat = 'text';
  #level: string = 'info';
  /** made for the first line: most commands log none, and loading pino takes longer than some of them do */
  #pino: Logger | null = null;

  /** @param write writes text to stderr */
  constructor(write: (text: string) => void, paint: Paint) {
    this.#write = write;
    this.#paint = paint;
  }

  configure({ logFormat, logLevel, quiet }: Manners): void {
    this.#format = logFormat;
    this.#level = quiet && logLevel !== 'error' ? 'warn' : logLevel;
    this.#pino = null;
  }

  event(event: LogEvent | ErrorEvent): void {
    const given = event as unknown as Record<string, unknown>;
    const fields = Object.fromEntries(
      FIELDS.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
    );
    this.#pino ??= this.#make(this.#level);
    this.#pino[event.level](fields, event.message);
  }

  /** The lines logged so far. */
  get lines(): readonly string[] {
    return this.#kept;
  }

  #make(level: string): Logger {
    const { pino: make } = createRequire(import.meta.url)('pino') as { pino: typeof pino };
    return make(
      {
        level,
        base: null,
        messageKey: 'message',
        timestamp: make.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      { write: (line: string) => this.#line(line) },
    );
  }

  #line(json: string): void {
    if (this.#kept.length > KEPT_LINES) return;
    const isLast = this.#kept.length === KEPT_LINES;
    const line = isLast ? '{"level":"warn","message":"no more is logged: the log is full"}\n' : json;
    this.#kept.push(line);
    this.#write(this.#format === 'json' ? line : `${this.#text(JSON.parse(line))}\n`);
  }

  /** `gp_events: tokenised (6,636 rows)`; the level only where it is not info. */
  #text({
    level,
    stage,
    table,
    file,
    message,
    rows,
    seconds,
  }: Omit<LogEvent, 'level'> & { level: string }): string {
    const place = [stage, table ?? file].filter((part) => part !== undefined).join(' ');
    const facts = [
      ...(rows === undefined ? [] : [`${formatCount(rows)} rows`]),
      ...(seconds === undefined ? [] : [`${seconds.toFixed(1)} s`]),
    ];
    const text = `${place === '' ? '' : `${place}: `}${message}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
    if (level === 'warn') return `${this.#paint('yellow', 'warning:')} ${text}`;
    return level === 'debug' ? this.#paint('dim', text) : text;
  }
}

import type { StageProgress } from '../../program/progress.ts';
import { Log } from './log.ts';
import { type Manners, sketchManners } from './manners.ts';
import { type Environment, isLively, type Output, type Paint, paintFor, shownText } from './paint.ts';
import { noProgress, ProgressLine } from './progress-line.ts';

/** The only output of the program: results on stdout, everything else on stderr. */
export class Terminal {
  readonly log: Log;
  /** colours for stdout */
  readonly paint: Paint;
  /** colours for stderr */
  readonly paintError: Paint;
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #line: ProgressLine | null;
  #manners: Manners;

  constructor(stdout: Output, stderr: Output, environment: Environment, args: readonly string[]) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.paint = paintFor(stdout, environment);
    this.paintError = paintFor(stderr, environment);
    this.#line = isLively(stderr, environment) ? new ProgressLine(stderr) : null;
    this.log = new Log((text) => this.errorText(text), this.paintError);
    this.#manners = sketchManners(args);
    this.log.configure(this.#manners);
  }

  get manners(): Manners {
    return this.#manners;
  }

  /** Applies the options of the command line, once it is parsed. */
  configure(manners: Manners): void {
    this.#manners = manners;
    this.log.configure(manners);
  }

  /** A progress line, where stderr is a terminal for people. */
  get progress(): StageProgress {
    const { quiet, logFormat } = this.#manners;
    return this.#line === null || quiet || logFormat === 'json' ? noProgress : this.#line;
  }

  /**
   * Prints the result of a command.
   *
   * @param value for --json: one object
   * @param text for people; only called without --json
   */
  result(value: object, text: () => string): void {
    this.#line?.end();
    const result = this.#manners.json ? `${JSON.stringify(value)}\n` : withNewline(text());
    this.#stdout.write(shownText(result));
  }

  /** Writes a notice for people, as part of the log. */
  warn(message: string): void {
    this.log.event({ level: 'warn', message });
  }

  /** Writes text for people to stderr. */
  errorText(text: string): void {
    this.#line?.hide();
    this.#stderr.write(shownText(text));
  }
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

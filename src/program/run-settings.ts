import type { StageProgress } from './progress.ts';

/** The settings of a run besides the pipeline file, from the command that starts it. The date is among them: the core reads no clock. */
export interface RunSettings {
  /** YYYY-MM-DD: decides opt-outs, the age of lists, and what is in the future */
  readonly runDate: string;
  readonly threads: number;
  /** the engine's memory limit, such as `4GiB` */
  readonly memory: string;
  /** folder for this run's private files, 0700, already made and removed by the caller */
  readonly privateDirectory: string;
  readonly progress: StageProgress;
  readonly log: (event: LogEvent) => void;
  /** aborted by SIGINT, SIGTERM and SIGHUP */
  readonly signal: AbortSignal;
}

/** What may be logged: these fields and no others. */
export interface LogEvent {
  readonly level: 'debug' | 'info' | 'warn';
  readonly message: string;
  readonly stage?: string;
  readonly table?: string;
  readonly file?: string;
  readonly rows?: number;
  readonly seconds?: number;
}

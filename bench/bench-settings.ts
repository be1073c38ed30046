import { parseArgs } from 'node:util';

/** The options of the bench. */
export interface BenchSettings {
  readonly patients: number;
  /** pairs that count, after a warm-up pair */
  readonly runs: number;
  readonly threads: number;
  /** the engine's limit on either side, such as `1GiB` */
  readonly memory: string;
  /** extracts to use; null to make them */
  readonly data: string | null;
  readonly runDate: string;
  readonly isJson: boolean;
}

/**
 * `--patients N [--runs 5] [--memory 1GiB] [--threads 2] [--data DIR] [--run-date 2026-04-01] [--json]`
 *
 * @throws TypeError for an option that is unknown, missing or not a whole number from 1
 */
export function readBenchSettings(args: readonly string[]): BenchSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      patients: { type: 'string' },
      runs: { type: 'string', default: '5' },
      threads: { type: 'string', default: '2' },
      memory: { type: 'string', default: '1GiB' },
      data: { type: 'string' },
      'run-date': { type: 'string', default: '2026-04-01' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    patients: wholeNumber('--patients', values.patients),
    runs: wholeNumber('--runs', values.runs),
    threads: wholeNumber('--threads', values.threads),
    memory: values.memory,
    data: values.data ?? null,
    runDate: values['run-date'],
    isJson: values.json,
  };
}

function wholeNumber(option: string, value: string | undefined): number {
  if (value === undefined || !/^[1-9][0-9]{0,8}$/.test(value)) {
    throw new TypeError(`${option} needs a whole number from 1`);
  }
  return Number(value);
}

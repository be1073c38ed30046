/** The values of --log-level, quietest last. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The values of --log-format. */
export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** The form of the program's output. */
export interface Manners {
  /** one JSON object on stdout, instead of text */
  readonly json: boolean;
  /** only warnings and errors on stderr, and on stdout the least that is useful */
  readonly quiet: boolean;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

/**
 * The output settings in arguments that are not parsed yet, so that a usage error is printed in
 * the requested form.
 */
export function sketchManners(args: readonly string[]): Manners {
  const asksJsonLog = args.some(
    (arg, index) => arg === '--log-format=json' || (arg === '--log-format' && args[index + 1] === 'json'),
  );
  return {
    json: args.includes('--json'),
    quiet: args.includes('--quiet'),
    logFormat: asksJsonLog ? 'json' : 'text',
    logLevel: 'info',
  };
}

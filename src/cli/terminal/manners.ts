/** What may be asked for with --log-level, quietest last. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What may be asked for with --log-format. */
export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** How the program speaks. */
export interface Manners {
  /** one JSON object on stdout, instead of text */
  readonly json: boolean;
  /** nothing on stderr but warnings and errors, and on stdout the least that is of use */
  readonly quiet: boolean;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

/**
 * Manners as far as they can be told from arguments that have not been understood yet: so that a usage error comes in
 * the form that was asked for.
 */
export function sketchManners(args: readonly string[]): Manners {
  const asksJsonLog = args.some(
    (arg, at) => arg === '--log-format=json' || (arg === '--log-format' && args[at + 1] === 'json'),
  );
  return {
    json: args.includes('--json'),
    quiet: args.includes('--quiet'),
    logFormat: asksJsonLog ? 'json' : 'text',
    logLevel: 'info',
  };
}

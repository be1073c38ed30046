import type { MachineFinding } from './finding.ts';

/** Options of Node that reveal the content of memory, each with its effect. */
const WAYS_OUT: readonly (readonly [option: RegExp, what: string])[] = [
  [
    /^--inspect(?!-port|-publish)|^--experimental-(network|worker)-inspection/,
    'open a debugger without a password',
  ],
  [/^--report-(?!exclude)|^--experimental-report/, 'write diagnostic reports'],
  [/^--heapsnapshot|^--heap-prof|^--trace-gc-object-stats/, 'write heap snapshots'],
  [/^--abort-on-uncaught-exception/, 'leave a core dump'],
];

/** The effects of Node options, in `NODE_OPTIONS` and on the command line, that reveal keys or identifiers. */
export function waysOutOfMemory(nodeOptions: string, execArgv: readonly string[]): string[] {
  const options = [...nodeOptions.split(/\s+/), ...execArgv].map((option) =>
    option.replaceAll(/["']/g, '').replaceAll('_', '-'),
  );
  return WAYS_OUT.filter(([way]) => options.some((option) => way.test(option))).map(([, what]) => what);
}

/**
 * Checks that the memory of this program, with keys and identifiers, cannot be read by others.
 *
 * @param supportsFlag whether this Node has --disable-sigusr1 (22.14, 23.7 and newer)
 */
export function lookAtDebugging(
  nodeOptions: string,
  execArgv: readonly string[],
  supportsFlag: boolean,
): MachineFinding[] {
  const ways = waysOutOfMemory(nodeOptions, execArgv);
  const isOff = [nodeOptions, ...execArgv].some((option) => option.includes('--disable-sigusr1'));
  return [
    {
      what: 'node options',
      ...(ways.length === 0
        ? { verdict: 'ok', found: 'none that reveal the content of memory' }
        : {
            verdict: 'warning',
            found: `${ways.join(', ')}: these reveal keys and identifiers`,
            wayOut: 'remove them from NODE_OPTIONS and from the command line',
          }),
    },
    {
      what: 'debugger signal',
      verdict: 'ok',
      found: isOff ? 'SIGUSR1 is disabled' : 'SIGUSR1 is ignored',
      ...(supportsFlag && !isOff
        ? { wayOut: 'NODE_OPTIONS=--disable-sigusr1 ignores it before the first line of this program, too' }
        : {}),
    },
  ];
}

import type { MachineFinding } from './finding.ts';

/** Options of Node by which what is in memory gets out, each with what it does. */
const WAYS_OUT: readonly (readonly [option: RegExp, what: string])[] = [
  [
    /^--inspect(?!-port|-publish)|^--experimental-(network|worker)-inspection/,
    'open a debugger without a password',
  ],
  [/^--report-(?!exclude)|^--experimental-report/, 'write diagnostic reports'],
  [/^--heapsnapshot|^--heap-prof|^--trace-gc-object-stats/, 'write heap snapshots'],
  [/^--abort-on-uncaught-exception/, 'leave a core dump'],
];

/** What the options of Node do, of `NODE_OPTIONS` and of the command line, that lets keys or identifiers out. */
export function waysOutOfMemory(nodeOptions: string, execArgv: readonly string[]): string[] {
  const options = [...nodeOptions.split(/\s+/), ...execArgv].map((option) =>
    option.replaceAll(/["']/g, '').replaceAll('_', '-'),
  );
  return WAYS_OUT.filter(([way]) => options.some((option) => way.test(option))).map(([, what]) => what);
}

/**
 * Whether what this program has in memory stays there: keys, and identifiers while they are read.
 *
 * @param knowsFlag whether this Node has --disable-sigusr1 (22.14, 23.7 and newer)
 */
export function lookAtDebugging(
  nodeOptions: string,
  execArgv: readonly string[],
  knowsFlag: boolean,
): MachineFinding[] {
  const ways = waysOutOfMemory(nodeOptions, execArgv);
  const isOff = [nodeOptions, ...execArgv].some((option) => option.includes('--disable-sigusr1'));
  return [
    {
      what: 'node options',
      ...(ways.length === 0
        ? { verdict: 'ok', found: 'none that let out what is in memory' }
        : {
            verdict: 'warning',
            found: `${ways.join(', ')}: keys and identifiers get out that way`,
            wayOut: 'take them out of NODE_OPTIONS and of the command line',
          }),
    },
    {
      what: 'debugger signal',
      verdict: 'ok',
      found: isOff ? 'SIGUSR1 is disabled' : 'SIGUSR1 is ignored',
      ...(knowsFlag && !isOff
        ? { wayOut: 'NODE_OPTIONS=--disable-sigusr1 ignores it before the first line of this program, too' }
        : {}),
    },
  ];
}

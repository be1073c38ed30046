#!/usr/bin/env node
/*
 * What must be done before anything else is loaded, for an `import` line would be carried out first.
 *
 * SIGUSR1 opens Node's inspector, which asks for no password: whoever reaches its port reads keys and identifiers. A listener
 * takes the signal away from Node, in every thread.
 *
 * Loading the program opens its files, hundreds at once. Where that is too many, Node would say so in its own words, with its
 * own exit code.
 */
process.on('SIGUSR1', () => undefined);

/** EXIT.environment of `domain/problem.ts`, which is not loaded yet. */
const ENVIRONMENT = 3;

// Whatever ends the process without a word, such as a promise that is never settled, is a fault of this program (EXIT.bug).
process.exitCode = 70;

try {
  await import('./start.ts');
} catch (fault) {
  if (!(fault instanceof Error) || !/EMFILE|ENFILE|too many open files/i.test(fault.message)) throw fault;
  process.stderr.write(
    'error: too many files are open in this process, or on this machine\n    raise the limit (ulimit -n; LimitNOFILE= in systemd): 256 are enough\n',
    () => process.exit(ENVIRONMENT),
  );
}

export {};

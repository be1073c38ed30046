#!/usr/bin/env node
/*
 * Code that must run before anything else is loaded; an `import` line would be executed first.
 *
 * SIGUSR1 opens Node's inspector, which needs no password: anybody who reaches its port can read keys and identifiers. A listener
 * takes the signal away from Node, in every thread.
 *
 * Loading the program opens its files, hundreds at once. Where that exceeds the limit, Node would report it with its own message
 * and exit code.
 */
process.on('SIGUSR1', () => undefined);

/** EXIT.environment of `domain/problem.ts`, which is not loaded yet. */
const ENVIRONMENT = 3;

// A silent end of the process, such as by a promise that never settles, is a fault of this program (EXIT.bug).
process.exitCode = 70;

try {
  const { tuneV8 } = await import('../program/tune-v8.ts');
  tuneV8();
  await import('./start.ts');
} catch (fault) {
  if (!(fault instanceof Error) || !/EMFILE|ENFILE|too many open files/i.test(fault.message)) throw fault;
  process.stderr.write(
    'error: too many files are open in this process, or on this machine\n    raise the limit (ulimit -n; LimitNOFILE= in systemd): 256 are enough for 16 threads\n',
    () => process.exit(ENVIRONMENT),
  );
}

export {};

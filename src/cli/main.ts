#!/usr/bin/env node
/*
 * Loading the program opens its files, hundreds at once. Where that is too many, Node would say so in its own words, with
 * its own exit code: so what is loaded first is this, and then the rest.
 */
import { EXIT } from '../domain/problem.ts';

try {
  await import('./start.ts');
} catch (fault) {
  if (!(fault instanceof Error) || !/EMFILE|ENFILE|too many open files/i.test(fault.message)) throw fault;
  process.stderr.write(
    'error: too many files are open in this process, or on this machine\n    raise the limit (ulimit -n; LimitNOFILE= in systemd): 256 are enough\n',
    () => process.exit(EXIT.environment),
  );
}

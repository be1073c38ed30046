import { EXIT } from '../../domain/problem.ts';

/**
 * Ends the process now, by SIGINT's own default, which shells show as 130; listeners of `exit` run first.
 *
 * `process.exit` would wait for the threads of Node's pool. One of them may be inside the engine, which waits for a function of
 * this thread that will never run again: then the process would never end.
 */
export function endAtOnce(): void {
  process.emit('exit', EXIT.interrupted);
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
  process.exit(EXIT.interrupted); // the first process of a container has no default for signals
}

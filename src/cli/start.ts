import { EXIT, type ExitCode } from '../domain/problem.ts';
import { failureOf, isAnswered } from './exit.ts';
import { stopForFault } from './process/stop-signals.ts';
import { makeProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';
import { Terminal } from './terminal/terminal.ts';

const { stdout, stderr, env, argv } = process;
const terminal = new Terminal(stdout, stderr, env, argv.slice(2));

let exitCode: ExitCode = EXIT.done;
stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code === 'EPIPE') return; // a reader may close the pipe early, as `head` does
  exitCode = EXIT.environment;
  terminal.errorText('error: the result could not be written to stdout: is the disk full?\n');
});
stderr.on('error', () => undefined); // there is no other stream to report it on
// Node would print the message of an uncaught error, which might hold data.
let isFaulty = false;
process.on('uncaughtException', (fault) => {
  if (isFaulty) return; // only the first error is reported
  isFaulty = true;
  exitCode = end(fault);
  if (!stopForFault()) process.exit(exitCode);
});

try {
  await (await makeProgram(terminal, argv.slice(2))).parseAsync(argv);
} catch (fault) {
  if (!isFaulty) exitCode = end(fault);
}
// A thread may still be working, such as one that digests inputs of a refused run: the process does not wait for it.
stdout.write('', () => stderr.write('', () => setImmediate(() => process.exit(exitCode))));

/** Reports a failure. @returns its exit code */
function end(fault: unknown): ExitCode {
  if (isAnswered(fault)) return EXIT.done;
  const failure = failureOf(fault);
  reportFailure(failure, terminal);
  return failure.exitCode;
}

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
  if (fault.code === 'EPIPE') return; // a reader that goes away, as `head` does, has read enough
  exitCode = EXIT.environment;
  terminal.errorText('error: the result could not be written to stdout: is the disk full?\n');
});
stderr.on('error', () => undefined); // there is nowhere left to say it
// Node would print the message of an error that nobody catches, and it might hold data.
let isFaulty = false;
process.on('uncaughtException', (fault) => {
  if (isFaulty) return; // the first one says what went wrong
  isFaulty = true;
  exitCode = end(fault);
  if (!stopForFault()) process.exit(exitCode);
});

try {
  await makeProgram(terminal).parseAsync(argv);
} catch (fault) {
  if (!isFaulty) exitCode = end(fault);
}
// A thread may still be at work, such as one that digests inputs of a run that has been refused: nobody waits for it.
stdout.write('', () => stderr.write('', () => setImmediate(() => process.exit(exitCode))));

/** Says what there is to say of a failure, and which exit code it comes to. */
function end(fault: unknown): ExitCode {
  if (isAnswered(fault)) return EXIT.done;
  const failure = failureOf(fault);
  reportFailure(failure, terminal);
  return failure.exitCode;
}

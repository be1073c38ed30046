#!/usr/bin/env node
import { EXIT, type ExitCode } from '../domain/problem.ts';
import { failureOf, isAnswered } from './exit.ts';
import { makeProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';
import { Terminal } from './terminal/terminal.ts';

const { stdout, stderr, env, argv } = process;
const terminal = new Terminal(stdout, stderr, env, argv.slice(2));

// A reader that goes away, as `head` does, is no reason to stop a run.
for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
// Node would print the message of an error that nobody catches, and it might hold data.
process.on('uncaughtException', (fault) => process.exit(end(fault)));

let exitCode: ExitCode = EXIT.done;
try {
  await makeProgram(terminal).parseAsync(argv);
} catch (fault) {
  exitCode = end(fault);
}
// A thread may still be at work, such as one that digests inputs of a run that has been refused: nobody waits for it.
stdout.write('', () => stderr.write('', () => process.exit(exitCode)));

/** Says what there is to say of a failure, and which exit code it comes to. */
function end(fault: unknown): ExitCode {
  if (isAnswered(fault)) return EXIT.done;
  const failure = failureOf(fault);
  reportFailure(failure, terminal);
  return failure.exitCode;
}

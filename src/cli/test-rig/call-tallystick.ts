import { EXIT } from '../../domain/problem.ts';
import { failureOf, isAnswered } from '../exit.ts';
import { makeProgram } from '../program.ts';
import { reportFailure } from '../report-failure.ts';
import { Terminal } from '../terminal/terminal.ts';
import type { Ended } from './tallystick.ts';

let isUnderWay = false;

/**
 * Carries out a command line in this process, where all code is loaded and compiled already: about half the processor time of a process of its
 * own. The provider of a `run` is a process here too. What a process is, such as its signals and its end, is for `tallystick`
 * (tallystick.ts) to show.
 *
 * The environment variables of this process are those of the command while it runs.
 *
 * @throws Error for a second one at the same time
 */
export async function callTallystick(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  if (isUnderWay) throw new Error('one command at a time: they share their environment variables');
  isUnderWay = true;
  let [stdout, stderr] = ['', ''];
  const own = { ...process.env };
  const take = (environment: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, environment);
  };
  take({ PATH: own['PATH'] ?? '', ...variables });
  try {
    const terminal = new Terminal(
      { write: (text) => (stdout += text) },
      { write: (text) => (stderr += text) },
      process.env,
      args,
    );
    const code = await makeProgram(terminal, args)
      .then((program) => program.parseAsync(args, { from: 'user' }))
      .then(
        () => EXIT.done,
        (fault: unknown) => {
          if (isAnswered(fault)) return EXIT.done;
          const failure = failureOf(fault);
          reportFailure(failure, terminal);
          return failure.exitCode;
        },
      );
    return { code, stdout, stderr };
  } finally {
    take(own);
    isUnderWay = false;
  }
}

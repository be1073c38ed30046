import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { TOOL, toolVersion } from '../tool.ts';
import { addCommands, type Commands } from './commands-on-demand.ts';
import type { Terminal } from './terminal/terminal.ts';

const EXIT_CODES = `
Exit codes: 0 done; 1 a data or safety gate said no, nothing was published; 2 usage or pipeline file;
3 key or environment; 4 engine; 70 a fault of this program; 130 interrupted.`;

/** The command line with the commands that its arguments need. */
export async function makeProgram(terminal: Terminal, args: readonly string[]): Promise<CommandUnknownOpts> {
  const program: CommandUnknownOpts = new Command(TOOL)
    .description(
      'Joins GP, hospital and community records by keyed tokens, and releases de-identified Arrow files.',
    )
    .version(toolVersion(), '--version', 'print the version')
    .helpOption('--help', 'show how to use a command')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  if (args[0] === '--version') return program;
  const commands: Commands = {
    run: async () => (await import('./commands/run.ts')).runCommand(terminal),
    tokenise: async () => (await import('./commands/tokenise.ts')).tokeniseCommand(terminal),
    link: async () => (await import('./commands/link.ts')).linkCommand(terminal),
    evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand(terminal),
    plan: async () => (await import('./commands/plan.ts')).planCommand(terminal),
    'opt-out': async (rest) => (await import('./commands/opt-out.ts')).optOutCommand(terminal, rest),
    validate: async () => (await import('./commands/validate.ts')).validateCommand(terminal),
    schema: async () => (await import('./commands/schema.ts')).schemaCommand(terminal),
    synth: async () => (await import('./commands/synth.ts')).synthCommand(terminal),
    keygen: async () => (await import('./commands/keygen.ts')).keygenCommand(terminal),
    inspect: async () => (await import('./commands/inspect.ts')).inspectCommand(terminal),
    verify: async () => (await import('./commands/verify.ts')).verifyCommand(terminal),
    diff: async () => (await import('./commands/diff.ts')).diffCommand(terminal),
    runs: async () => (await import('./commands/runs.ts')).runsCommand(terminal),
    statement: async () => (await import('./commands/statement.ts')).statementCommand(terminal),
    check: async () => (await import('./commands/check.ts')).checkCommand(terminal),
    doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(terminal),
    completion: async () =>
      (await import('./commands/completion.ts')).completionCommand(terminal, () => program),
  };
  await addCommands(program, commands, args, ['completion']);
  return program;
}

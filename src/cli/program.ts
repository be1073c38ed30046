import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { TOOL, toolVersion } from '../tool.ts';
import { checkCommand } from './commands/check.ts';
import { completionCommand } from './commands/completion.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { inspectCommand } from './commands/inspect.ts';
import { keygenCommand } from './commands/keygen.ts';
import { linkCommand } from './commands/link.ts';
import { optOutCommand } from './commands/opt-out.ts';
import { planCommand } from './commands/plan.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { schemaCommand } from './commands/schema.ts';
import { statementCommand } from './commands/statement.ts';
import { synthCommand } from './commands/synth.ts';
import { tokeniseCommand } from './commands/tokenise.ts';
import { validateCommand } from './commands/validate.ts';
import { verifyCommand } from './commands/verify.ts';
import type { Terminal } from './terminal/terminal.ts';

const EXIT_CODES = `
Exit codes: 0 done; 1 a data or safety gate said no, nothing was published; 2 usage or pipeline file;
3 key or environment; 4 engine; 70 a fault of this program; 130 interrupted.`;

/** The command line with all its commands. */
export function makeProgram(terminal: Terminal): CommandUnknownOpts {
  const program: CommandUnknownOpts = new Command(TOOL)
    .description(
      'Joins GP, hospital and community records by keyed tokens, and releases de-identified Arrow files.',
    )
    .version(toolVersion(), '--version', 'print the version')
    .helpOption('--help', 'show how to use a command')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addCommand(runCommand(terminal))
    .addCommand(tokeniseCommand(terminal))
    .addCommand(linkCommand(terminal))
    .addCommand(evaluateCommand(terminal))
    .addCommand(planCommand(terminal))
    .addCommand(optOutCommand(terminal))
    .addCommand(validateCommand(terminal))
    .addCommand(schemaCommand(terminal))
    .addCommand(synthCommand(terminal))
    .addCommand(keygenCommand(terminal))
    .addCommand(inspectCommand(terminal))
    .addCommand(verifyCommand(terminal))
    .addCommand(diffCommand(terminal))
    .addCommand(runsCommand(terminal))
    .addCommand(statementCommand(terminal))
    .addCommand(checkCommand(terminal))
    .addCommand(doctorCommand(terminal))
    .addCommand(completionCommand(terminal, () => program));
  return program;
}

import inspector from 'node:inspector';
import { environment } from '../domain/problem.ts';

/** Options of Node that open the inspector, such as --inspect=0.0.0.0:9229 and --inspect-brk. */
const ASKS_FOR_INSPECTOR = /(?:^|\s)--inspect(?:-brk|-wait)?(?:[=\s]|$)/;

/**
 * Refuses to open a key while Node's inspector is open. The inspector needs no password, every user of the machine can reach its
 * port, and SIGUSR1 opens it: `cli/main.ts` ignores that signal, but not before its first line. An inspector that was requested
 * on the command line is allowed, because whoever started the program wanted it; `doctor` warns of it.
 *
 * @throws TallystickError (exit 3)
 */
export function assertNoDebugger(
  url: string | undefined = inspector.url(),
  options: readonly string[] = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''],
): void {
  if (url === undefined || options.some((one) => ASKS_FOR_INSPECTOR.test(one))) return;
  throw environment({
    message: 'somebody opened a debugger in this process, and could read the key through it',
    wayOut: 'find out who sent SIGUSR1 to it, and start it again',
  });
}

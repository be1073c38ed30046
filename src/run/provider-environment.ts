type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Variables that the provider's process gets: where the system looks for libraries, without which neither Node nor the engine
 * may start, and the time zone, so that `run` and `tokenise` have the same. Node adds those of the channel. Anything else, such
 * as a password of the scheduler, has no business where identifiers are; the pipeline file's variables are expanded already.
 */
const PASSED_ON = ['LD_LIBRARY_PATH', 'TZ'] as const;

/** Options of Node that the provider's process may get: how large its heap may grow, and that SIGUSR1 opens no debugger. */
const OPTION = /^--(?:max[-_](?:old|semi)[-_]space[-_]size(?:[-_]percentage)?=\d+|disable-sigusr1)$/;

const NO_DEBUGGER = '--disable-sigusr1';

/** The environment of the provider's process, from this one's. */
export function providerVariables(own: Variables): NodeJS.ProcessEnv {
  const passed = PASSED_ON.map((name) => [name, own[name]] as const);
  // Node hands this one on by itself, unless it is named here
  return { ...Object.fromEntries(passed), NODE_V8_COVERAGE: undefined };
}

/**
 * Node's options for the provider's process, from this one's. Debuggers, reports, heap snapshots and code to be loaded are
 * not handed on.
 *
 * @param nodeOptions what NODE_OPTIONS holds
 * @param supportsFlag whether this Node has --disable-sigusr1 (22.14, 23.7 and newer): it ignores the signal before the first line of the program, too
 */
export function providerOptions(
  nodeOptions: string,
  execArgv: readonly string[],
  supportsFlag = process.allowedNodeEnvironmentFlags.has(NO_DEBUGGER),
): string[] {
  const own = [...nodeOptions.split(/\s+/), ...execArgv].filter((option) => OPTION.test(option));
  return [...new Set([...own, ...(supportsFlag ? [NO_DEBUGGER] : [])])];
}

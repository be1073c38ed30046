import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { bug, engineFault, environment, type TallystickError } from '../domain/problem.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { faultOf } from '../program/carried-fault.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { systemErrorCode } from '../write/write-error.ts';
import type { ProvidedStore, ProviderMessage, ProviderOrder } from './provider-channel.ts';
import { providerOptions, providerVariables } from './provider-environment.ts';

/**
 * Has the provider fill a store in a process of its own, and returns once that process has ended: by then, what its memory
 * held is gone.
 *
 * The process ends by SIGKILL: when it has had its last word, when the run is aborted, when this process ends. All that it
 * leaves is in the private folder of the run, and nothing can keep it from ending. Nothing leaves it but its messages: what it
 * prints is printed nowhere, for Node and the engine quote data when they fail.
 *
 * @throws whatever the provider threw; TallystickError (exit 3) where the process cannot be started, (exit 4) where it was killed
 */
export async function startProvider(
  pipeline: Pipeline,
  releaseKeyId: string,
  storeDirectory: string,
  { privateDirectory, runDate, threads, memory, progress, log, signal }: RunSettings,
): Promise<ProvidedStore> {
  signal.throwIfAborted();
  const child = forkProvider();
  const kill = () => child.kill('SIGKILL');
  process.prependListener('exit', kill); // before others remove the private folder
  signal.addEventListener('abort', kill);
  try {
    const heard = hear(child, { log, progress }, kill);
    const order = { pipeline, releaseKeyId, storeDirectory, privateDirectory, runDate, threads, memory };
    child.send(order satisfies ProviderOrder, () => undefined); // that it was not sent is met when the process ends
    const end = await endOf(child);
    signal.throwIfAborted();
    const last = heard();
    if (last === null) throw endedUnheard(end);
    if (last.say === 'failed') throw faultOf(last.fault);
    return last.store;
  } finally {
    signal.removeEventListener('abort', kill);
    process.off('exit', kill);
  }
}

/** How a process ended: one of the two is null. */
interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function forkProvider(): ChildProcess {
  const { env, execArgv } = process;
  try {
    return fork(createRequire(import.meta.url).resolve('#provider-process'), [], {
      env: providerVariables(env),
      execArgv: providerOptions(env['NODE_OPTIONS'] ?? '', execArgv),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  } catch (fault) {
    throw notStarted(fault);
  }
}

/** Passes on what the provider logs and shows. @returns its last word so far */
function hear(
  child: ChildProcess,
  { log, progress }: Pick<RunSettings, 'log' | 'progress'>,
  onLast: () => void,
): () => Extract<ProviderMessage, { say: 'done' | 'failed' }> | null {
  let last: ReturnType<ReturnType<typeof hear>> = null;
  let rows = 0;
  child.on('message', (message: ProviderMessage) => {
    switch (message.say) {
      case 'log':
        return log(message.event);
      case 'begin':
        rows = 0;
        return progress.begin(message.stage, () => rows, message.rowsExpected);
      case 'rows':
        rows = message.rowsDone;
        return;
      case 'end':
        return progress.end();
      case 'done':
      case 'failed':
        last ??= message;
        onLast();
    }
  });
  return () => last;
}

/** Waits for the end of a process, and for the messages that were still on their way then. */
function endOf(child: ChildProcess): Promise<End> {
  return new Promise((done, fail) => {
    child.once('error', (fault) => fail(notStarted(fault)));
    child.once('exit', (code, signal) => {
      const end = () => done({ code, signal });
      if (child.connected) child.once('disconnect', end);
      else end();
    });
  });
}

function notStarted(fault: unknown): TallystickError {
  return environment({
    message: `the process that reads the extracts could not be started (${systemErrorCode(fault) ?? 'no reason is given'})`,
    wayOut: 'look at the limits of processes, memory and open files (ulimit -a)',
  });
}

function endedUnheard({ code, signal }: End): TallystickError {
  if (signal === null)
    return bug(`the process that reads the extracts ended with exit code ${code}, and without a word`);
  return engineFault({
    message: `the process that reads the extracts was killed (${signal}); nothing was published`,
    wayOut:
      'it may have run out of memory: look at the log of the machine, and let it use less with --memory or --threads',
  });
}

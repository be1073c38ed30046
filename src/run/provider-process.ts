/*
 * The provider of a run, in a process of its own: `start-provider` starts it, and `package.json` names it.
 *
 * What must be done before anything else is loaded is done here, for an `import` line would be carried out first, as in
 * `cli/main.ts`: SIGUSR1 must not open a debugger.
 *
 * A terminal sends Ctrl-C to this process as well, and so do schedulers. The process that started this one decides how to stop:
 * it ends this one, which leaves nothing but files in the private folder of the run. So signals are ignored here. When the parent
 * process ends, for whatever reason, the channel closes, and this process ends at once. `process.exit`
 * would wait for threads of the engine (`cli/process/end-at-once.ts`).
 */
for (const signal of ['SIGUSR1', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const endAtOnce = () => process.kill(process.pid, 'SIGKILL');
process.once('disconnect', endAtOnce);
if (process.connected !== true) endAtOnce();

const send = (message: object) => process.send!(message);
const fail = async (fault: unknown) => {
  const { carryFault } = await import('../program/carried-fault.ts');
  send({ say: 'failed', fault: carryFault(fault) });
};
process.on('uncaughtException', fail);

try {
  const { tuneV8 } = await import('../program/tune-v8.ts');
  tuneV8();
  const { serveProvider } = await import('./serve-provider.ts');
  process.once('message', (order) => serveProvider(order as Parameters<typeof serveProvider>[0], send));
} catch (fault) {
  await fail(fault);
}

export {};

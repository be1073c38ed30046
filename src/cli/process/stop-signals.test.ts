import { afterEach, describe, expect, it, vi } from 'vitest';
import { listenForStop, stopForFault } from './stop-signals.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('stop signals', () => {
  it('abort with exit code 130 as the reason', () => {
    const onFirst = vi.fn();
    const stop = listenForStop(onFirst);
    process.emit('SIGTERM');
    stop.close();
    expect(stop.signal.aborted).toBe(true);
    expect(stop.signal.reason).toMatchObject({ exitCode: 130 });
    expect(onFirst).toHaveBeenCalledOnce();
  });

  it('end the process at once on a second signal, but not on the echo that npm sends', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => true);
    const onExit = vi.fn();
    process.once('exit', onExit);
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
    const stop = listenForStop(() => undefined);
    process.emit('SIGINT');
    now.mockReturnValue(1020);
    process.emit('SIGINT');
    expect(kill).not.toHaveBeenCalled();
    now.mockReturnValue(3000);
    process.emit('SIGINT');
    expect(onExit).toHaveBeenCalledOnce();
    expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGINT');
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
    stop.close();
  });

  it('are not needed to stop the work after another error', () => {
    expect(stopForFault()).toBe(false);
    const stop = listenForStop(() => undefined);
    expect(stopForFault()).toBe(true);
    expect(stop.signal.aborted).toBe(true);
    stop.close();
    expect(stopForFault()).toBe(false);
  });

  it('leave no listeners', () => {
    const before = process.listenerCount('SIGINT');
    listenForStop(() => undefined).close();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { listenForStop } from './stop-signals.ts';

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

  it('end the process at once when a second one comes, but not for the echo that npm sends', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
    const stop = listenForStop(() => undefined);
    process.emit('SIGINT');
    now.mockReturnValue(1020);
    process.emit('SIGINT');
    expect(exit).not.toHaveBeenCalled();
    now.mockReturnValue(3000);
    process.emit('SIGINT');
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
    stop.close();
  });

  it('leave nothing behind', () => {
    const before = process.listenerCount('SIGINT');
    listenForStop(() => undefined).close();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

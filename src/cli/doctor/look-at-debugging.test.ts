import { describe, expect, it } from 'vitest';
import { lookAtDebugging, waysOutOfMemory } from './look-at-debugging.ts';

describe('options of Node that reveal the content of memory', () => {
  it.each([
    ['--inspect', 'open a debugger without a password'],
    ['--inspect=0.0.0.0:9229', 'open a debugger without a password'],
    ['--enable-source-maps --inspect-brk', 'open a debugger without a password'],
    ['"--inspect-wait"', 'open a debugger without a password'],
    ['--report-on-signal', 'write diagnostic reports'],
    ['--report-uncaught-exception', 'write diagnostic reports'],
    ['--report_on_fatalerror', 'write diagnostic reports'],
    ['--heapsnapshot-signal=SIGUSR2', 'write heap snapshots'],
    ['--heapsnapshot-near-heap-limit=3', 'write heap snapshots'],
    ['--heap-prof', 'write heap snapshots'],
    ['--abort-on-uncaught-exception', 'leave a core dump'],
  ])('%s causes a warning', (options, what) => {
    expect(waysOutOfMemory(options, [])).toEqual([what]);
    expect(waysOutOfMemory('', options.split(' '))).toEqual([what]);
    expect(lookAtDebugging(options, [], false)[0]).toMatchObject({ verdict: 'warning' });
  });

  it.each([
    '',
    '--inspect-port=0',
    '--max-old-space-size=4096',
    '--disable-sigusr1',
    '--import ./inspect.js',
  ])('%j causes none', (options) => {
    expect(waysOutOfMemory(options, [])).toEqual([]);
    expect(lookAtDebugging(options, [], false)[0]).toMatchObject({ verdict: 'ok' });
  });

  it('are fewer with --disable-sigusr1, which is recommended where Node has it', () => {
    expect(lookAtDebugging('', [], true)[1]?.wayOut).toContain('NODE_OPTIONS=--disable-sigusr1');
    expect(lookAtDebugging('', [], false)[1]).not.toHaveProperty('wayOut');
    expect(lookAtDebugging('', ['--disable-sigusr1'], true)[1]).toEqual({
      what: 'debugger signal',
      verdict: 'ok',
      found: 'SIGUSR1 is disabled',
    });
  });
});

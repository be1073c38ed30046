import { describe, expect, it } from 'vitest';
import { readBenchSettings } from './bench-settings.ts';

describe('readBenchSettings', () => {
  it('has a default for everything except the number of patients', () => {
    expect(readBenchSettings(['--patients', '1000'])).toEqual({
      patients: 1000,
      runs: 5,
      threads: 2,
      memory: '1GiB',
      data: null,
      runDate: '2026-04-01',
      isJson: false,
    });
  });

  it('accepts every option', () => {
    const options = ['--runs', '7', '--threads', '4', '--memory', '2GiB', '--data', 'there'];
    const others = ['--run-date', '2026-05-01', '--json', '--patients', '20'];
    expect(readBenchSettings([...options, ...others])).toEqual({
      patients: 20,
      runs: 7,
      threads: 4,
      memory: '2GiB',
      data: 'there',
      runDate: '2026-05-01',
      isJson: true,
    });
  });

  it.each([
    [[], '--patients needs a whole number from 1'],
    [['--patients', '0'], '--patients needs a whole number from 1'],
    [['--patients', '10', '--runs', '2.5'], '--runs needs a whole number from 1'],
    [['--patients', '10', '--threads', '-1'], /--threads/],
    [['--patients', '10', '--warp', '9'], /--warp/],
  ])('refuses %j', (args, message) => {
    expect(() => readBenchSettings(args)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { type MeasuredPair, median, readRunReport, summarise } from './bench-result.ts';
import { markdownReport } from './markdown-report.ts';
import type { Measurement } from './measure-process.ts';

const TOKEN_RATE = { perSecond: 6_000_000, createHmacPerSecond: 600_000 };

function run(wallSeconds: number, tokenise: number, mebibytes: number): Measurement {
  const report = { rowsIn: 8000, stages: { tokenise, write: 0.5 }, runId: 'x' };
  return {
    wallSeconds,
    cpuSeconds: wallSeconds * 1.5,
    peakMemoryBytes: mebibytes * 2 ** 20,
    stdout: JSON.stringify(report),
  };
}

function pair(runSeconds: number, floorSeconds: number, tokenise: number, mebibytes: number): MeasuredPair {
  return { run: run(runSeconds, tokenise, mebibytes), floor: { ...run(floorSeconds, 0, 10), stdout: '' } };
}

const PAIRS = [pair(4, 2, 1, 300), pair(9, 3, 2, 500), pair(5, 2, 3, 400)];

describe('summarise', () => {
  it('is computed for each pair, not from the medians', () => {
    expect(summarise(1000, PAIRS, TOKEN_RATE)).toEqual({
      patients: 1000,
      rows: 8000,
      ratio: { median: 2.5, min: 2, max: 3 },
      rowsPerSecond: 1600,
      peakMemoryBytes: 500 * 2 ** 20,
      stages: { tokenise: 2, write: 0.5 },
      tokenRate: TOKEN_RATE,
    });
  });

  it('refuses a text that is not the output of a run', () => {
    expect(() => readRunReport('{"rowsIn": 8000}')).toThrow(TypeError);
    expect(() => readRunReport('{"stages": {}}')).toThrow(TypeError);
    expect(() => readRunReport('published')).toThrow(SyntaxError);
  });
});

describe('median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });
});

describe('markdownReport', () => {
  it('shows both sides, every stage with its share of the run, and the time outside all stages', () => {
    const report = markdownReport(summarise(1000, PAIRS, TOKEN_RATE), PAIRS);
    const cells = report.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells).toContainEqual(['1,000 patients, 8,000 rows, 3 pairs of processes']);
    expect(cells).toContainEqual(['', 'run / floor', '2.50', '2.00', '3.00', '']);
    expect(cells).toContainEqual(['', 'floor, seconds', '2.00', '2.00', '3.00', '']);
    expect(cells).toContainEqual(['', 'run, peak MiB', '400', '300', '500', '']);
    expect(cells).toContainEqual(['', 'tokenise', '2.00', '40 %', '']);
    expect(cells).toContainEqual(['', 'start, end and between, less overlaps', '2.50', '50 %', '']);
    expect(cells).toContainEqual(['', 'kernel, texts put together', '6.00', '']);
  });
});

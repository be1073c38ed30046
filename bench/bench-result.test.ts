import { describe, expect, it } from 'vitest';
import { type Aside, type MeasuredPair, readRunReport, summarise, threadCost } from './bench-result.ts';
import { markdownReport } from './markdown-report.ts';
import type { Measurement } from './measure-process.ts';
import { median } from './median.ts';

const ASIDE: Aside = {
  firstProgress: 0.7,
  threads: {
    tokenise: [
      { threads: 1, wallSeconds: 4, cpuSeconds: 4.4 },
      { threads: 2, wallSeconds: 3, cpuSeconds: 4.8 },
    ],
    link: [{ threads: 1, wallSeconds: 5, cpuSeconds: 5 }],
  },
  alone: [
    { stage: 'tokenise', wallSeconds: 2, cpuSeconds: 3, aloneSeconds: 1 },
    { stage: 'link', wallSeconds: 1, cpuSeconds: 1, aloneSeconds: 1 },
  ],
  tokenRate: { perSecond: 6_000_000, createHmacPerSecond: 600_000 },
  cells: { postcode: 13.8 } as Aside['cells'],
};

function run(wallSeconds: number, tokenise: number, mebibytes: number): Measurement {
  const report = { rowsIn: 8000, stages: { tokenise, write: 0.5 }, runId: 'x' };
  return {
    wallSeconds,
    cpuSeconds: wallSeconds * 1.5,
    peakMemoryBytes: mebibytes * 2 ** 20,
    stdout: JSON.stringify(report),
    stderr: '',
  };
}

function pair(runSeconds: number, floorSeconds: number, tokenise: number, mebibytes: number): MeasuredPair {
  return { run: run(runSeconds, tokenise, mebibytes), floor: { ...run(floorSeconds, 0, 10), stdout: '' } };
}

const PAIRS = [pair(4, 2, 1, 300), pair(9, 3, 2, 500), pair(5, 2, 3, 400)];

describe('summarise', () => {
  it('is computed for each pair, not from the medians', () => {
    expect(summarise(1000, PAIRS, ASIDE)).toEqual({
      patients: 1000,
      rows: 8000,
      ratio: { median: 2.5, min: 2, max: 3 },
      rowsPerSecond: 1600,
      peakMemoryBytes: 500 * 2 ** 20,
      stages: { tokenise: 2, write: 0.5 },
      // half of the processor time is alone, and the median of the runs is 7.5 s of it
      aloneShare: 0.5,
      moreCores: [
        { cores: 2, speedUp: 1.33, seconds: 5.63 },
        { cores: 8, speedUp: 1.78, seconds: 4.22 },
        { cores: 16, speedUp: 1.88, seconds: 3.98 },
        { cores: 32, speedUp: 1.94, seconds: 3.87 },
      ],
      aside: ASIDE,
    });
  });

  it('says nothing of more cores where no thread could be watched', () => {
    const { aloneShare, moreCores } = summarise(1000, PAIRS, { ...ASIDE, alone: [] });
    expect([aloneShare, moreCores]).toEqual([null, []]);
  });

  it('refuses a text that is not the output of a run', () => {
    expect(() => readRunReport('{"rowsIn": 8000}')).toThrow(TypeError);
    expect(() => readRunReport('{"stages": {}}')).toThrow(TypeError);
    expect(() => readRunReport('published')).toThrow(SyntaxError);
  });
});

describe('threadCost', () => {
  it('is the median of each figure', () => {
    const runs = [3, 1, 2].map((wallSeconds) => ({ wallSeconds, cpuSeconds: 10 * wallSeconds }));
    expect(threadCost(2, runs)).toEqual({ threads: 2, wallSeconds: 2, cpuSeconds: 20 });
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
    const report = markdownReport(summarise(1000, PAIRS, ASIDE), PAIRS);
    const cells = report.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells).toContainEqual(['1,000 patients, 8,000 rows, 3 pairs of processes']);
    expect(cells).toContainEqual(['', 'run / floor', '2.50', '2.00', '3.00', '']);
    expect(cells).toContainEqual(['', 'floor, seconds', '2.00', '2.00', '3.00', '']);
    expect(cells).toContainEqual(['', 'run, peak MiB', '400', '300', '500', '']);
    expect(cells).toContainEqual(['', 'tokenise', '2.00', '40 %', '']);
    expect(cells).toContainEqual(['', 'start, end and between, less overlaps', '2.50', '50 %', '']);
    expect(cells).toContainEqual(['', 'kernel, texts put together', '6.00', '']);
    expect(cells).toContainEqual(['first line of progress after 0.70 s']);
    expect(cells).toContainEqual(['', 'tokenise, 1 thread', '4.00', '4.40', '1.10', '']);
    expect(cells).toContainEqual(['', 'tokenise, 2 threads', '3.00', '4.80', '1.60', '']);
    expect(cells).toContainEqual(['', 'tokenise', '2.00', '3.00', '1.00', '33 %', '']);
    expect(cells).toContainEqual(['', '16', '1.88', '3.98', '']);
    expect(cells).toContainEqual(['', 'postcode', '13.8', '']);
  });

  it('says what was not measured', () => {
    const report = markdownReport(
      summarise(1000, PAIRS, { ...ASIDE, firstProgress: null, alone: [] }),
      PAIRS,
    );
    expect(report).toContain('the first line of progress was not timed');
    expect(report).toContain('one thread alone: not measured');
  });
});

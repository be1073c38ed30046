import { describe, expect, it } from 'vitest';
import { aloneByStage, aloneShare, amdahl, marksOf } from './alone.ts';
import { type Moment, watchThreads } from './watch-threads.ts';

const moment = (at: number, cpuSeconds: number, runnable: number): Moment => ({
  at,
  wallSeconds: 0.05,
  cpuSeconds,
  runnable,
});

describe('aloneByStage', () => {
  const marks = [
    { at: 100, stage: 'tokenise' },
    { at: 200, stage: 'link' },
  ];

  it('gives a moment to the stage of the line of the log that follows it', () => {
    const moments = [moment(50, 0.05, 1), moment(100, 0.1, 2), moment(150, 0.05, 1), moment(201, 0.02, 1)];
    const stages = aloneByStage([{ moments, marks }], 2);
    expect(stages.map(({ stage }) => stage)).toEqual(['tokenise', 'link', 'gates of the run, and publish']);
    expect(stages[0]!.wallSeconds).toBeCloseTo(0.1);
    expect(stages[0]!.cpuSeconds).toBeCloseTo(0.15);
    // one moment of one core, one of two: a third of 0.15
    expect(stages[0]!.aloneSeconds).toBeCloseTo(0.05);
    expect(stages[1]!.aloneSeconds).toBeCloseTo(0.05);
    expect(aloneShare(stages)).toBeCloseTo((0.05 + 0.05 + 0.02) / 0.22);
  });

  it('counts no more threads than there are cores, and no moment at which nothing could run', () => {
    const moments = [moment(1, 0.1, 5), moment(2, 0.1, 1), moment(3, 0.1, 1), moment(4, 0, 0)];
    const of = (cores: number) => aloneByStage([{ moments, marks }], cores)[0]!.aloneSeconds;
    expect(of(2)).toBeCloseTo((0.3 * 2) / 4);
    expect(of(8)).toBeCloseTo((0.3 * 2) / 7);
  });

  it('is the mean of the runs; what no moment saw counts as alone', () => {
    const [stage] = aloneByStage(
      [
        { moments: [moment(1, 0.1, 0)], marks },
        { moments: [moment(1, 0.3, 0)], marks },
      ],
      2,
    );
    expect(stage!.cpuSeconds).toBeCloseTo(0.2);
    expect(stage!.aloneSeconds).toBeCloseTo(0.2);
  });
});

describe('amdahl', () => {
  it('is as many times as there are cores where nothing is alone, once where all is', () => {
    expect([amdahl(0, 8), amdahl(1, 8), amdahl(0.5, 1)]).toEqual([8, 1, 1]);
    expect(amdahl(0.25, 16)).toBeCloseTo(3.368, 3);
  });
});

describe('marksOf', () => {
  it('reads the lines of a stage, under the names of all that they end', () => {
    const log = [
      '{"level":"info","time":"2026-04-01T00:00:01.500Z","stage":"tokenise","table":"t","message":"tokenised"}',
      '{"level":"warn","time":"2026-04-01T00:00:02.000Z","message":"a notice"}',
      '{"level":"debug","time":"2026-04-01T00:00:03.000Z","stage":"link","message":"x"}',
      '',
    ].join('\n');
    expect(marksOf(log)).toEqual([
      { at: Date.parse('2026-04-01T00:00:01.500Z'), stage: 'start, opt-out lists, tokenise' },
      { at: Date.parse('2026-04-01T00:00:03.000Z'), stage: 'link' },
    ]);
  });
});

describe.runIf(process.platform === 'linux')('watchThreads', () => {
  it('sees the processor time of a process, and that its thread can run', async () => {
    const watched = watchThreads(process.pid);
    const end = Date.now() + 400;
    while (Date.now() < end) {
      for (let count = 0; count < 1e6; count += 1) Math.sqrt(count);
      await new Promise((done) => setImmediate(done));
    }
    const moments = watched.stop();
    expect(moments.length).toBeGreaterThan(1);
    expect(moments.every(({ runnable }) => runnable >= 1)).toBe(true);
    expect(moments.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)).toBeGreaterThan(0);
  });
});

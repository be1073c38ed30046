import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchFolder, type Published } from '../../run/test-rig/bench-folder.ts';
import { flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';

/** 40 MB: the engine gives each thread pieces of a file from some 32 MB on. */
const ROWS = 160_000;
const NOTE = 'x'.repeat(230);
/** One row in this many is faulty, and a prime, so that faults fall on all positions in all pieces. */
const FAULTY = 997;

let folder: BenchFolder;
const expected: string[] = [];

beforeAll(() => {
  folder = BenchFolder.make();
  const lines = ['nhs,ward,note'];
  let line = 2;
  for (let row = 0; row < ROWS; row += 1) {
    const nhs = NHS_NUMBERS[row % NHS_NUMBERS.length];
    const fault = row % FAULTY === 0 ? (row / FAULTY) % 4 : -1;
    // every third note has a newline in it, so that physical lines and records run apart
    const note = row % 3 === 0 ? `"${NOTE.slice(0, 100)}\n${NOTE.slice(100)}"` : NOTE;
    if (fault === 0) lines.push(`${nhs},w`);
    else if (fault === 1) lines.push(`${nhs},${'w'.repeat(65)},${note}`);
    else if (fault === 2) lines.push(`${nhs},w,${note},more`);
    else if (fault === 3) lines.push(`${nhs},"w"w,${NOTE}`);
    else lines.push(`${nhs},w${row % 50},${note}`);
    if (fault >= 0) {
      const reasons = [
        ',too few columns',
        'ward,too long for its role',
        ',too many columns',
        ',unbalanced quote',
      ];
      expected.push(`stays.csv,${line},${reasons[fault]}`);
    }
    line += lines.at(-1)!.includes('\n') ? 2 : 1;
  }
  folder.put('stays.csv', `${lines.join('\n')}\n`);
});
afterAll(() => folder.remove());

describe('a file that several threads read at once', () => {
  const published: Published[] = [];

  it.each([1, 4])('gives the exact line of every faulty row with %i threads', async (threads) => {
    const done = await folder.publish(flatPipeline({ quarantine: '1%' }), { threads });
    expect(done.quarantine).toEqual(expected);
    expect(done.result.receipts[0]).toMatchObject({ rowsIn: ROWS, rowsOut: ROWS - expected.length });
    published.push(done);
  });

  it('gives the same bytes, and so the same run, with one thread and with four', () => {
    for (const paper of ['release/manifest.json', 'operator/receipts.json']) {
      const [one, four] = published.map(({ text }) => text(paper));
      expect(four).toBe(one);
    }
    expect(published[1]?.result.outcome).toBe('unchanged');
  });
});

import { expect, it } from 'vitest';
import { growthReport } from './growth-report.ts';

it('compares the processor time a row', () => {
  const small = { patients: 1000, rows: 8000, wallSeconds: 2, cpuSeconds: 4, peakMemoryBytes: 300 * 2 ** 20 };
  const large = {
    patients: 10_000,
    rows: 80_000,
    wallSeconds: 30,
    cpuSeconds: 60,
    peakMemoryBytes: 450 * 2 ** 20,
  };
  const cells = growthReport([small, large])
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells).toContainEqual(['', '1,000', '8,000', '2.0', '4.0', '500.00', '1.00', '300', '']);
  expect(cells).toContainEqual(['', '10,000', '80,000', '30.0', '60.0', '750.00', '1.50', '450', '']);
});

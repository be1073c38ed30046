import { KERNEL_WAYS, type KernelWay, timeKernelWays } from './kernel-ways.ts';

/*
 * The cost of a token, in one process and interleaved. For work on the kernel; its README.md keeps the numbers.
 */

const ROUNDS = 400;

for (const [way, samples] of timeKernelWays(Object.keys(KERNEL_WAYS) as KernelWay[], ROUNDS)) {
  const at = (part: number): number => samples[Math.floor(part * (samples.length - 1))]!;
  const [median, low, high] = [at(0.5), at(0.1), at(0.9)].map((value) => value.toFixed(1));
  const perSecond = (1000 / at(0.5)).toFixed(2);
  console.log(`${way.padEnd(42)} ${median} ns (10th-90th percentile ${low}-${high}), ${perSecond} million/s`);
}

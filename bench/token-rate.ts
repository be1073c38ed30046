import { timeKernelWays } from './kernel-ways.ts';

/** Tokens a second of one thread. */
export interface TokenRate {
  /** by the program's kernel, including the assembly of texts from their columns */
  readonly perSecond: number;
  /** by `createHmac`, over the same texts, assembled beforehand */
  readonly createHmacPerSecond: number;
}

const ROUNDS = 200;

/** Kernel and `createHmac` over the same texts in one process, taking turns: medians. */
export function measureTokenRate(): TokenRate {
  const kernel = 'fill nhs|dob|sex|postcode and hash';
  const times = timeKernelWays([kernel, 'createHmac'], ROUNDS);
  const perSecond = (samples: readonly number[]): number =>
    Math.round(1e9 / samples[Math.floor(samples.length / 2)]!);
  return {
    perSecond: perSecond(times.get(kernel)!),
    createHmacPerSecond: perSecond(times.get('createHmac')!),
  };
}

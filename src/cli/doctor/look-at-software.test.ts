import { describe, expect, it } from 'vitest';
import { lookAtNode } from './look-at-software.ts';

describe('the version of Node', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.18.3', 'failed'],
    ['18.20.0', 'failed'],
  ])('%s is %s', (version, verdict) => {
    expect(lookAtNode(version).verdict).toBe(verdict);
  });
});

import { expect, it } from 'vitest';
import { CODE_FAMILIES } from './test-rig/code-families.ts';
import { shareStopped } from './test-rig/measure-family.ts';

/** Ids that cannot be distinguished from identifiers: documented in this folder's README.md. */
const TAKEN =
  /^(?:base64 of 16 bytes|local ids: (?:a letter and )?10 digits|local ids: 8 letters and digits)$/;
const HARMLESS = CODE_FAMILIES.filter(({ name }) => !TAKEN.test(name));

it.each(HARMLESS)('a column of $name does not stop a run', (family) => {
  expect(shareStopped(family, 30, 20, 5)).toBe(0);
  expect(shareStopped(family, 2_000, 1, 5)).toBe(0);
});

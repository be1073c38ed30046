import {
  BATCH,
  BLOCK_BYTES,
  DIGEST_AT,
  FIRST_AT,
  FIRST_GUARD_AT,
  GUARD_BYTES,
  INITIAL_STATE_AT,
  INNER_BLOCK_AT,
  KEY_BYTES,
  KEYS_AT,
  LENGTHS_AT,
  OUTER_BLOCK_AT,
  PAGE_BYTES,
  ROUND_CONSTANTS_AT,
  SECOND_AT,
  SLOT_BYTES,
  SLOTS_AT,
  STATE_AT,
  STATE_BYTES,
} from './memory-layout.ts';

/** Address and bytes of each region that every kernel has. */
const REGIONS: readonly (readonly [at: number, bytes: number])[] = [
  [SLOTS_AT, BATCH * SLOT_BYTES],
  [LENGTHS_AT, BATCH * 4],
  [FIRST_AT, BATCH * 8],
  [SECOND_AT, BATCH * 8],
  [INNER_BLOCK_AT, BLOCK_BYTES],
  [OUTER_BLOCK_AT, BLOCK_BYTES],
  [DIGEST_AT, STATE_BYTES],
  [STATE_AT, STATE_BYTES],
  [INITIAL_STATE_AT, STATE_BYTES],
  [ROUND_CONSTANTS_AT, 64 * 4],
];

/** Address of key slot `slot`; each is followed by a guard. */
export const keyAt = (slot: number): number => KEYS_AT + slot * (KEY_BYTES + GUARD_BYTES);

/** Pages that a kernel with `keyCount` keys needs. */
export const pagesFor = (keyCount: number): number => Math.ceil(keyAt(keyCount) / PAGE_BYTES);

/** Addresses of all guards of a kernel with `keyCount` keys, in ascending order. */
export function guardsAt(keyCount: number): readonly number[] {
  const keys = Array.from({ length: keyCount }, (_, slot) => [keyAt(slot), KEY_BYTES] as const);
  return [FIRST_GUARD_AT, ...[...REGIONS, ...keys].map(([at, bytes]) => at + bytes)];
}

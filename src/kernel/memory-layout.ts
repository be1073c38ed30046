/*
 * The layout of the memory of the hash kernel and of the scanner, for both sides: this file is compiled as TypeScript for the host and as
 * AssemblyScript for the kernel. So it holds integer constants only.
 *
 * There is a guard before the first region and after each one. Regions and guards are whole numbers of 16 bytes, and everything
 * starts on a multiple of 16. Of the hash kernel the keys come last, because only their number varies.
 */

/** Bytes one message slot takes: one SHA-256 block. */
export const SLOT_BYTES = 64;
/** The longest message the batch path takes: a block less the end marker (1 byte) and the length (8 bytes). */
export const MAX_MESSAGE_BYTES = 55;
/** Messages in one batch: DuckDB's vector size (STANDARD_VECTOR_SIZE). */
export const BATCH = 2048;

/** A vector holds one 32-bit word of each of four messages. */
export const LANES = 4;
export const VECTOR_BYTES = 16;
/** Eight state words as vectors, one word a vector, the same in every lane or one message a lane. */
export const STATE_BYTES = 8 * VECTOR_BYTES;
/** Sixteen message words as vectors. */
export const BLOCK_BYTES = 16 * VECTOR_BYTES;
/** The states after a key's inner and outer pad block, one after the other. */
export const KEY_BYTES = 2 * STATE_BYTES;
/** Bytes of the guard between two regions: see guards.ts. */
export const GUARD_BYTES = 16;
/** WebAssembly memory comes in pages of 64 KiB. */
export const PAGE_BYTES = 65536;

/** The guard before the first region, in either memory. */
export const FIRST_GUARD_AT = 0;
/** Messages as the caller wrote them: BATCH x 64 bytes. */
export const SLOTS_AT = FIRST_GUARD_AT + GUARD_BYTES;
/** Their lengths in bytes: BATCH x int32. */
export const LENGTHS_AT = SLOTS_AT + BATCH * SLOT_BYTES + GUARD_BYTES;
/** Bytes 0-7 of each digest: BATCH x 8 bytes. */
export const FIRST_AT = LENGTHS_AT + BATCH * 4 + GUARD_BYTES;
/** Bytes 8-15 of each digest: BATCH x 8 bytes. */
export const SECOND_AT = FIRST_AT + BATCH * 8 + GUARD_BYTES;
/** The block the inner hash is about to compress: padded, words turned to host order, one message a lane. */
export const INNER_BLOCK_AT = SECOND_AT + BATCH * 8 + GUARD_BYTES;
/** The block of the outer hash: the inner digest (first half), and padding that never changes (second half). */
export const OUTER_BLOCK_AT = INNER_BLOCK_AT + BLOCK_BYTES + GUARD_BYTES;
/** The result of the outer hash. */
export const DIGEST_AT = OUTER_BLOCK_AT + BLOCK_BYTES + GUARD_BYTES;
/** The running state of a hash of more than one block. */
export const STATE_AT = DIGEST_AT + STATE_BYTES + GUARD_BYTES;
/** SHA-256's initial state. */
export const INITIAL_STATE_AT = STATE_AT + STATE_BYTES + GUARD_BYTES;
/** The 64 round constants, 32 bits each. */
export const ROUND_CONSTANTS_AT = INITIAL_STATE_AT + STATE_BYTES + GUARD_BYTES;
/** The keys' states: KEY_BYTES and a guard for each. */
export const KEYS_AT = ROUND_CONSTANTS_AT + 64 * 4 + GUARD_BYTES;

/** Bytes of text that are scanned at once: few enough to stay in a core's second cache, with their positions. */
export const SCAN_BYTES = 65536;
/** Bytes that one step of the scanner reads. The text is followed by space for a last step. */
export const STEP_BYTES = 64;
/** Positions that are written at once, needed or not. The positions are followed by space for them. */
export const POSITIONS_AT_ONCE = 8;

/** The text. Bytes after it are ignored. */
export const TEXT_AT = FIRST_GUARD_AT + GUARD_BYTES;
/** The guard after the text. */
export const TEXT_GUARD_AT = TEXT_AT + SCAN_BYTES + STEP_BYTES;
/** Positions in the text: uint32. */
export const POSITIONS_AT = TEXT_GUARD_AT + GUARD_BYTES;
/** The guard after the positions. */
export const POSITIONS_GUARD_AT = POSITIONS_AT + (SCAN_BYTES + POSITIONS_AT_ONCE) * 4;
/** Bytes of a scanner's memory. */
export const SCANNER_BYTES = POSITIONS_GUARD_AT + GUARD_BYTES;

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

/** Bytes of text that may be scanned at once: few enough to stay in a core's second cache, with the positions of common rows. */
export const SCAN_BYTES = 524288;
/** Bytes that one step of the scanner looks at. The text is followed by room for a last step. */
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

/** The longest text that a dictionary takes: no code, flag or category that is delivered as one is longer. */
export const MAX_ENTRY_BYTES = 64;
/** Texts of a dictionary: a power of two, beyond the codes that one table of a GP system uses (SNOMED CT has some 350,000 in all). */
export const MAX_ENTRIES = 131072;
/** Slots of its hash table: a power of two, so that half of them at least are free. */
export const TABLE_SLOTS = 2 * MAX_ENTRIES;
/** Slots that are looked at for one text. Where texts crowd together, as made-up ones may, the rest are not taken. */
export const MAX_PROBES = 64;
/** Bytes of all its texts, each filled up to a multiple of eight: three times that for each. */
export const ENTRY_TEXT_BYTES = 24 * MAX_ENTRIES;
/** Rows of one text: each has two cells or more, and a byte behind each. */
export const MAX_ROWS = SCAN_BYTES / 2;
/** Instead of a code: a cell that the caller must read itself. */
export const NO_CODE = 0xffffffff;

/** One code a row: uint32. */
export const CODES_AT = POSITIONS_GUARD_AT + GUARD_BYTES;
/** The guard behind the codes. */
export const CODES_GUARD_AT = CODES_AT + MAX_ROWS * 4;
/** How many texts the dictionary has, and how many bytes of ENTRY_TEXT_BYTES are in use: two uint32, and eight bytes that are free. */
export const DICTIONARY_AT = CODES_GUARD_AT + GUARD_BYTES;
/** The guard behind them. */
export const DICTIONARY_GUARD_AT = DICTIONARY_AT + 16;
/** The hash table: of each slot a code and one, or zero: uint32. */
export const TABLE_AT = DICTIONARY_GUARD_AT + GUARD_BYTES;
/** The guard behind the hash table. */
export const TABLE_GUARD_AT = TABLE_AT + TABLE_SLOTS * 4;
/** By code, where its text begins among the texts, and its bytes: two uint32. */
export const ENTRIES_AT = TABLE_GUARD_AT + GUARD_BYTES;
/** The guard behind the entries. */
export const ENTRIES_GUARD_AT = ENTRIES_AT + MAX_ENTRIES * 8;
/** The texts, one behind the other, each filled up with zeros to a multiple of eight bytes. */
export const ENTRY_TEXTS_AT = ENTRIES_GUARD_AT + GUARD_BYTES;
/** The guard behind the texts. */
export const ENTRY_TEXTS_GUARD_AT = ENTRY_TEXTS_AT + ENTRY_TEXT_BYTES;

/** The length of a cell with quotes in it: so is none that is real. */
export const QUOTES_INSIDE = 0xffffffff;
/** What a column kernel finds a cell to be; column-reader.ts names them for callers. */
export const PLAIN_CELL = 0;
export const EMPTY_CELL = 1;
export const OTHER_CELL = 2;
/** Characters of the longest date and time that a kernel reads: two vectors. */
export const MAX_PATTERN_BYTES = 32;
/** Bytes of a date pattern: see date-pattern.ts. */
export const PATTERN_BYTES = 2 * MAX_PATTERN_BYTES + 2 * VECTOR_BYTES;
/** Characters of the longest postcode, without its space. */
export const POSTCODE_CHARACTERS_AT_MOST = 7;
/** Bytes of the table of postcode shapes: a byte for each byte that may be in each position, then one for each length. */
export const POSTCODE_SHAPES_BYTES = POSTCODE_CHARACTERS_AT_MOST * 256 + 16;
/** Powers of ten from 1 on: one for each number of digits behind a point. */
export const TEN_POWERS = 16;

/** Where each cell is that is read now, as an address, and how many bytes it has: two uint32. */
export const CELLS_AT = ENTRY_TEXTS_GUARD_AT + GUARD_BYTES;
/** The guard behind the cells. */
export const CELLS_GUARD_AT = CELLS_AT + BATCH * 8;
/** Their values: four to sixteen bytes each. */
export const VALUES_AT = CELLS_GUARD_AT + GUARD_BYTES;
/** The guard behind the values. */
export const VALUES_GUARD_AT = VALUES_AT + BATCH * 16;
/** What each cell is: a byte. */
export const STATES_AT = VALUES_GUARD_AT + GUARD_BYTES;
/** The guard behind the states. */
export const STATES_GUARD_AT = STATES_AT + BATCH;
/** The date pattern in use. */
export const PATTERN_AT = STATES_GUARD_AT + GUARD_BYTES;
/** The guard behind the date pattern. */
export const PATTERN_GUARD_AT = PATTERN_AT + PATTERN_BYTES;
/** The shapes of postcodes: see postcode-shapes.ts. */
export const POSTCODE_SHAPES_AT = PATTERN_GUARD_AT + GUARD_BYTES;
/** The guard behind the shapes. */
export const POSTCODE_SHAPES_GUARD_AT = POSTCODE_SHAPES_AT + POSTCODE_SHAPES_BYTES;
/** The powers of ten: float64. */
export const TEN_POWERS_AT = POSTCODE_SHAPES_GUARD_AT + GUARD_BYTES;
/** The guard behind the powers. */
export const TEN_POWERS_GUARD_AT = TEN_POWERS_AT + TEN_POWERS * 8;
/** Bytes of the memory of a scanner with a dictionary and column kernels. */
export const COLUMN_SCANNER_BYTES = TEN_POWERS_GUARD_AT + GUARD_BYTES;

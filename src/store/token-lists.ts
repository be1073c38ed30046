/** A store's opt-outs: kind, source, halves of a token. */
export const OPT_OUT_FILE = 'opt-outs.csv';
/** Tokens that come from the kept register alone (`decided-tokens.ts`). */
export const DECIDED_FILE = 'opt-outs.tokens';
/** Tuples of the busiest postcodes: the halves of each token. */
export const BUSY_FILE = 'busy-postcodes.csv';
/** Witnesses, from rows that stay above the boundary: tuple, NHS number, local id, opt-out. */
export const WITNESS_FILE = 'witnesses.csv';

/** The files of a store that hold tokens as text. */
export const TOKEN_LISTS: ReadonlySet<string> = new Set([OPT_OUT_FILE, BUSY_FILE, WITNESS_FILE]);

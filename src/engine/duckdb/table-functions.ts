/** Names of the functions by which SQL reads registered tables. */
export const READ_STORE = 'read_store';
export const READ_TEXTS = 'read_texts';

/** The column of `READ_TEXTS`. */
export const TEXT_VALUE = 'value';

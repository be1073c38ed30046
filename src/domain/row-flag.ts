/** Replaces the fault of a row that holds an opt-out code where none is expected: the run stops. */
export const OPT_OUT_CODE_FOUND = -1;

/** The result of tokenising a row, as bits of one TINYINT. */
export const ROW_FLAG = {
  /** the row crosses the boundary */
  keep: 1,
  /** this row holds the tokens that link its subject */
  first: 2,
  nhsNumber: 4,
  sexBirthDatePostcode: 8,
  /** born on 1 January, which often means an unknown day and month */
  firstOfJanuary: 16,
  /** the row has a subject */
  subject: 32,
  /** its postcode is shared by too many people */
  ignoredPostcode: 64,
} as const;

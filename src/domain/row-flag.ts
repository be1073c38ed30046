/** Stands in the place of a row's fault where one of its cells holds an opt-out code and none is expected: the run stops. */
export const OPT_OUT_CODE_FOUND = -1;

/** What tokenising says about a row, as bits of one TINYINT. */
export const ROW_FLAG = {
  /** the row crosses the boundary */
  keep: 1,
  /** the tokens that link this row's subject stand on this row */
  first: 2,
  nhsNumber: 4,
  sexBirthDatePostcode: 8,
  /** born on 1 January, a common stand-in for an unknown day and month */
  firstOfJanuary: 16,
  /** the row has a subject */
  subject: 32,
  /** its postcode is one of those that too many people share */
  ignoredPostcode: 64,
} as const;

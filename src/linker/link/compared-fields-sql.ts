/*
 * On which fields two subjects of one NHS number, `s` and `r`, agree: SQL conditions over tokens that are bound to the number.
 */

/** Subjects `s` and `r` both have it, and it is the same. NULL, where one has none, is as good as false. */
export const same = (part: string) => `s.agree_${part} = r.agree_${part}`;
export const BOTH_DATED = 's.agree_year IS NOT NULL AND r.agree_year IS NOT NULL';
export const WHOLE_DATE = `(${same('year')} AND ${same('month')} AND ${same('day')})`;
/** Month and day have tokens of one kind, so that they can be found swapped. */
export const PARTIAL_DATE = `((${same('year')} AND ${same('month')}) OR (${same('year')} AND ${same('day')})
    OR (${same('month')} AND ${same('day')})
    OR (${same('year')} AND s.agree_month = r.agree_day AND s.agree_day = r.agree_month))`;

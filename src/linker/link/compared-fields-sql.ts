/*
 * On which fields two subjects of one NHS number, `s` and `r`, agree: SQL conditions over tokens that are bound to the number.
 */

/** Subjects `s` and `r` both have it, and it is the same. NULL, where one has none, is as good as false. */
export const sameField = (part: string) => `s.compared_${part} = r.compared_${part}`;
export const BOTH_DATED = 's.compared_year IS NOT NULL AND r.compared_year IS NOT NULL';
export const WHOLE_DATE = `(${sameField('year')} AND ${sameField('month')} AND ${sameField('day')})`;
/** Month and day have tokens of one kind, so that they can be found swapped. */
export const PARTIAL_DATE = `((${sameField('year')} AND ${sameField('month')}) OR (${sameField('year')} AND ${sameField('day')})
    OR (${sameField('month')} AND ${sameField('day')})
    OR (${sameField('year')} AND s.compared_month = r.compared_day AND s.compared_day = r.compared_month))`;

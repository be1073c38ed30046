import { yearsBetween } from './calendar.ts';

/** Columns for diagnoses and procedures. */
export const DIAGNOSES = 20;
export const PROCEDURES = 24;

export const EPISODES_HEADER = [
  'FORENAME,SURNAME,NEWNHSNO,NHSNOIND,LOPATID,HOMEADD,DOB,SEX,ETHNOS,PROCODE,GPPRAC,ADMIDATE,DISDATE,EPISTART,EPIEND',
  'ADMIMETH,DISMETH,EPIKEY,EPIORDER,STARTAGE',
  ...Array.from({ length: DIAGNOSES }, (_, nth) => `DIAG_${String(nth + 1).padStart(2, '0')}`),
  ...Array.from({ length: PROCEDURES }, (_, nth) => `OPERTN_${String(nth + 1).padStart(2, '0')}`),
  'LSOA11,SUSRECID',
].join(',');

/** The HES form of a missing date (domain.md, 3). */
export const NULL_DATE = '01/01/1800';

/**
 * The eight-character form: the outward part padded, so that the inward part starts at position 6
 * (domain.md, 2).
 */
export function eightWide(postcode: string): string {
  const [outward = '', inward = ''] = postcode.split(' ');
  return outward.padEnd(5) + inward;
}

/**
 * Upper limits in days of the STARTAGE codes for the first year, 7001 (under a day) to 7007 (HES data
 * dictionary).
 */
const INFANT_AGE_LIMITS = [0, 6, 28, 89, 181, 272];

/**
 * Age at the start of an episode: whole years, 7001 .. 7007 in the first; empty when the birth date is
 * later.
 */
export function startAge(birthDay: number, startDay: number): string {
  if (birthDay > startDay) return '';
  const years = yearsBetween(birthDay, startDay);
  if (years > 0) return String(years);
  const days = startDay - birthDay;
  const band = INFANT_AGE_LIMITS.findIndex((limit) => days <= limit);
  return String(7001 + (band < 0 ? INFANT_AGE_LIMITS.length : band));
}

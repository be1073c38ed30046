import type { MatchField } from '../domain/match-rank.ts';
import type { Subject } from './subjects.ts';

/** Whether two subjects agree on a field: both have a valid value, and the values are equal. */
export function agreeOn(field: MatchField, one: Subject, other: Subject): boolean {
  switch (field) {
    case 'nhs-number':
      return isSame(one.nhsNumber, other.nhsNumber);
    case 'sex':
      return isSame(one.sex, other.sex);
    case 'postcode':
      return isSame(one.postcode, other.postcode);
    case 'date-of-birth':
      return isSame(one.birthDate, other.birthDate);
    case 'partial-date-of-birth':
      return (
        one.birthDate !== null && other.birthDate !== null && isPartlySame(one.birthDate, other.birthDate)
      );
    case 'local-patient-id':
      return [...one.localPatientIds].some((id) => id !== null && other.localPatientIds.has(id));
  }
}

function isSame(one: string | null, other: string | null): boolean {
  return one !== null && one === other;
}

/** Two of year, month and day are equal, or the year is equal with day and month swapped. */
function isPartlySame(one: string, other: string): boolean {
  const [year, month, day] = one.split('-');
  const [otherYear, otherMonth, otherDay] = other.split('-');
  const same = [year === otherYear, month === otherMonth, day === otherDay].filter(Boolean).length;
  return same >= 2 || (year === otherYear && month === otherDay && day === otherMonth);
}

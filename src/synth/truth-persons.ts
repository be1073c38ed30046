import { type DateTable, renderDates } from './calendar.ts';
import type { ExtractFile } from './extract-file.ts';
import type { Household, OptOut } from './household.ts';

export const TRUTH_HEADER = 'table,record_id,person';
export const PERSONS_HEADER = 'person,nhs_number,date_of_birth,sex,postcode,type1_opted_out,type2_opted_out';

/**
 * The true persons: ten digits, YYYY-MM-DD, 1 or 2, postcode without space, true or false. The postcode is
 * that of the home that the practice should have; `type2_opted_out` covers the national opt-out. Opt-outs are as
 * of the run day.
 */
export class TruthPersons {
  private readonly file: ExtractFile;
  private readonly dates: DateTable = renderDates('iso');

  constructor(file: ExtractFile) {
    this.file = file;
  }

  write(household: Household): void {
    const postcode = household.home.postcode.replace(' ', '');
    for (const person of household.people) {
      const row = this.file.buffer;
      row.startRow();
      row.integer(person.index + 1);
      row.comma();
      row.ascii(person.nhsNumber);
      row.comma();
      row.date(this.dates, person.birthDay);
      row.comma();
      row.integer(person.sex);
      row.comma();
      row.ascii(postcode);
      row.comma();
      row.ascii(isInForce(person.type1OptOut));
      row.comma();
      row.ascii(isInForce(person.type2OptOut));
      row.endRow();
    }
  }
}

function isInForce(optOut: OptOut | undefined): 'true' | 'false' {
  return optOut !== undefined && optOut.withdrawnDay === undefined ? 'true' : 'false';
}

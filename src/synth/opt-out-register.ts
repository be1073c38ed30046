import { type DateTable, renderDates } from './calendar.ts';
import type { ErrorModel } from './error-model.ts';
import type { ExtractFile } from './extract-file.ts';
import type { OptOut, Person } from './household.ts';
import type { Misrecorder } from './misrecord.ts';
import type { Random } from './random.ts';

export const REGISTER_HEADER = 'nhs_number,type,event,date';

/** The register of opt-outs: every event that is not coded in the GP record, against the true NHS number. */
export class OptOutRegister {
  private readonly file: ExtractFile;
  private readonly misrecorder: Misrecorder;
  private readonly errors: ErrorModel;
  private readonly random: Random;
  private readonly dates: DateTable = renderDates('iso');

  constructor(file: ExtractFile, misrecorder: Misrecorder, errors: ErrorModel, random: Random) {
    this.file = file;
    this.misrecorder = misrecorder;
    this.errors = errors;
    this.random = random;
  }

  /** Writes a person's events. */
  write({ nhsNumber, type1OptOut, type2OptOut }: Person): void {
    this.writeOptOut(nhsNumber, type1OptOut);
    this.writeOptOut(nhsNumber, type2OptOut);
  }

  private writeOptOut(nhsNumber: string, optOut: OptOut | undefined): void {
    if (optOut === undefined || optOut.isCoded) return;
    const { type, registeredDay, withdrawnDay } = optOut;
    const isUndated = withdrawnDay === undefined && this.random.chance(this.errors.undatedOptOutShare);
    this.writeEvent(nhsNumber, type, 'registered', isUndated ? undefined : registeredDay);
    if (withdrawnDay !== undefined) this.writeEvent(nhsNumber, type, 'withdrawn', withdrawnDay);
  }

  private writeEvent(nhsNumber: string, type: string, event: string, day: number | undefined): void {
    const row = this.file.buffer;
    row.startRow();
    row.ascii(this.misrecorder.writeNhsNumber(nhsNumber));
    row.comma();
    row.ascii(type);
    row.comma();
    row.ascii(event);
    row.comma();
    if (day !== undefined) row.date(this.dates, day);
    row.endRow();
  }
}

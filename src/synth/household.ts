import type { Name } from './names.ts';
import type { Home } from './places.ts';

/** 1 male, 2 female: a person's true sex. Sources may have another value, or none. */
export type Sex = 1 | 2;

/** The death day of people who have not died: later than any date. */
export const ALIVE = 1 << 30;

/** One refusal to let records be used: registered on a day, perhaps withdrawn on a later one. */
export interface OptOut {
  /** `1` and `2` as the practice records them; `national` replaced `2` on 25 May 2018 (domain.md, 4). */
  readonly type: '1' | '2' | 'national';
  readonly registeredDay: number;
  /** Undefined: still in force. */
  readonly withdrawnDay: number | undefined;
  /** Recorded as coded events in the GP record, not in the register. */
  readonly isCoded: boolean;
}

/** A synthetic person as they are, before any source writes them down. Days are day numbers (calendar.ts). */
export interface Person {
  /** 0, 1, 2 ... in order of generation; `person` in the truth files is this plus one. */
  readonly index: number;
  /** Ten digits. */
  readonly nhsNumber: string;
  readonly forename: Name;
  readonly surname: Name;
  readonly birthDay: number;
  /** ALIVE when they have not died. */
  readonly deathDay: number;
  /** Completed years at the run date, or at death. */
  readonly age: number;
  readonly sex: Sex;
  /** One of the 16+1 codes A .. S, Z. */
  readonly ethnicCategory: string;
  readonly type1OptOut: OptOut | undefined;
  readonly type2OptOut: OptOut | undefined;
}

export interface EarlierHome {
  readonly home: Home;
  readonly fromDay: number;
  /** The day of the move. */
  readonly toDay: number;
}

/** One confinement: twins are born of one. */
export interface Birth {
  readonly day: number;
  readonly babies: Person[];
  /** Undefined where no woman of the household can be the mother. */
  readonly mother: Person | undefined;
}

/** People who share a home. A resident of an institution is a household of one. */
export interface Household {
  readonly people: readonly Person[];
  readonly home: Home;
  /** Latest first. */
  readonly earlierHomes: readonly EarlierHome[];
  /** Births in the years that the hospital extract covers. */
  readonly births: readonly Birth[];
  /**
   * The household's current home, unknown to its practice; chosen when a source first writes it.
   */
  laterHome: Home | undefined;
}

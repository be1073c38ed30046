import type { Random } from './random.ts';
import { encodeText } from './row-buffer.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** The patients for whom a code can be recorded. */
export type Fits = 'anyone' | 'women' | 'men' | 'children' | 'older';

export interface Measurement {
  readonly low: number;
  readonly high: number;
  /** 0 or 1 digit after the point. */
  readonly decimals: 0 | 1;
  readonly unit: string;
}

/** One entry of a code list. */
export interface ClinicalCode {
  readonly code: string;
  readonly fits: Fits;
}

export interface Patient {
  readonly sex: 1 | 2;
  readonly age: number;
}

/** The number of draws before an unfit code is replaced by the list's commonest one that fits anyone. */
const TRIES = 8;

/**
 * A code list from which common codes are drawn far more often than rare ones, and only for patients whom they fit.
 */
export class CodeList<Code extends ClinicalCode> {
  private readonly codes: readonly Code[];
  private readonly choice: WeightedChoice;
  private readonly fallback: Code;

  /**
   * @param codes commonest first; at least one fits anyone
   * @param rankOffset popularity falls as 1 / (rank + offset): the larger, the flatter
   */
  constructor(codes: readonly Code[], rankOffset: number) {
    this.codes = codes;
    this.choice = new WeightedChoice(codes.map((_, rank) => 1 / (rank + rankOffset)));
    this.fallback = codes.find((code) => code.fits === 'anyone')!;
  }

  draw(patient: Patient, random: Random): Code {
    for (let tried = 0; tried < TRIES; tried++) {
      const code = this.codes[this.choice.pick(random)]!;
      if (isFit(code.fits, patient)) return code;
    }
    return this.fallback;
  }
}

/**
 * Whether a code is possible for the patient: in the truth no man is pregnant, so that a wrong link reveals
 * itself.
 */
function isFit(fits: Fits, { sex, age }: Patient): boolean {
  switch (fits) {
    case 'anyone':
      return true;
    case 'women':
      return sex === 2 && age >= 15 && age <= 50;
    case 'men':
      return sex === 1 && age >= 40;
    case 'children':
      return age < 16;
    case 'older':
      return age >= 40;
  }
}

/** A simple code list entry, encoded for writing: `CODE` or `CODE:women`. */
export interface WrittenCode extends ClinicalCode {
  readonly written: Uint8Array;
}

/** Reads a list such as `I10:older J459 O800:women`. */
export function readCodes(list: string): WrittenCode[] {
  return list.split(/\s+/).map((entry) => {
    const [code, fits = 'anyone'] = entry.split(':');
    return { code: code!, fits: fits as Fits, written: encodeText(code!) };
  });
}

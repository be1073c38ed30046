import { dayNumber } from './calendar.ts';
import type { ErrorModel } from './error-model.ts';
import type { OptOut } from './household.ts';
import type { Random } from './random.ts';

/** Type 1 came with the care.data programme, in the autumn of 2013. */
const TYPE_1_SINCE = dayNumber({ year: 2013, month: 9, day: 1 });
/** Type 2 is in force from this day (domain.md, 4). */
const TYPE_2_SINCE = dayNumber({ year: 2016, month: 4, day: 29 });
/** The national opt-out replaced type 2 on this day (domain.md, 4). */
const NATIONAL_SINCE = dayNumber({ year: 2018, month: 5, day: 25 });

/** A type 1 opt-out at the configured rate, between birth and `lastDay` (run day or death). */
export function drawType1OptOut(
  birthDay: number,
  lastDay: number,
  errors: ErrorModel,
  random: Random,
): OptOut | undefined {
  if (!random.chance(errors.type1)) return undefined;
  const firstDay = Math.max(TYPE_1_SINCE, birthDay);
  if (firstDay > lastDay) return undefined;
  const registeredDay = random.between(firstDay, lastDay);
  const withdrawnDay = drawWithdrawal(registeredDay, lastDay, errors, random);
  return { type: '1', registeredDay, withdrawnDay, isCoded: random.chance(errors.codedOptOutShare) };
}

/**
 * A type 2 or national opt-out at the configured rate. Only practices recorded codes, and only for type 2:
 * people born since are always in the register. A coded one is dated before the national opt-out began.
 */
export function drawType2OptOut(
  birthDay: number,
  lastDay: number,
  errors: ErrorModel,
  random: Random,
): OptOut | undefined {
  if (!random.chance(errors.type2)) return undefined;
  const firstDay = Math.max(TYPE_2_SINCE, birthDay);
  if (firstDay > lastDay) return undefined;
  const isCoded = random.chance(errors.codedOptOutShare) && firstDay < NATIONAL_SINCE;
  const registeredDay = random.between(firstDay, isCoded ? Math.min(lastDay, NATIONAL_SINCE - 1) : lastDay);
  const withdrawnDay = drawWithdrawal(registeredDay, lastDay, errors, random);
  return { type: registeredDay < NATIONAL_SINCE ? '2' : 'national', registeredDay, withdrawnDay, isCoded };
}

/** A day strictly after registration: on the same day the opt-out would stay in force (domain.md, 4, a tie). */
function drawWithdrawal(
  registeredDay: number,
  lastDay: number,
  errors: ErrorModel,
  random: Random,
): number | undefined {
  if (!random.chance(errors.withdrawnShare) || registeredDay >= lastDay) return undefined;
  return random.between(registeredDay + 1, lastDay);
}

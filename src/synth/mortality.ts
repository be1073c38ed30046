import { ALIVE } from './household.ts';
import type { Random } from './random.ts';

/** Patients who died longer ago than this are no longer in the extracts. */
const DEATH_WINDOW_DAYS = 1826; // five years

/**
 * Yearly risk of death at age 0, and its growth by year of age (Gompertz): 0.05 % at 30, 0.8 % at 60, 5 % at
 * 80 and 13 % at 90, which follows the national life tables from 30 on closely enough.
 */
const RISK_AT_BIRTH = 0.00003;
const GROWTH_PER_YEAR = 1.0975;
const HIGHEST_RISK = 0.5;
const OLDEST = 110;

/** Risk of having died within the window, by the age reached at its end. */
const WINDOW_RISKS: readonly number[] = (() => {
  const risks: number[] = [];
  let risk = RISK_AT_BIRTH;
  for (let age = 0; age <= OLDEST; age++) {
    const survival = 1 - Math.min(risk, HIGHEST_RISK);
    risks.push(1 - survival * survival * survival * survival * survival);
    risk *= GROWTH_PER_YEAR;
  }
  return risks;
})();

/** Day of death within the window before the run day, or ALIVE. Never before birth. */
export function drawDeathDay(age: number, birthDay: number, runDay: number, random: Random): number {
  if (!random.chance(WINDOW_RISKS[Math.min(age, OLDEST)]!)) return ALIVE;
  return random.between(Math.max(birthDay, runDay - DEATH_WINDOW_DAYS), runDay);
}

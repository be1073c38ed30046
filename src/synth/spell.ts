import { ALIVE, type Household, type Person } from './household.ts';
import type { Random } from './random.ts';

/** One stay in hospital, from admission to discharge, under one trust. */
export interface Spell {
  readonly kind: 'planned' | 'emergency' | 'dialysis' | 'delivery' | 'birth';
  readonly admissionDay: number;
  /** The last day of the stay; undefined while the patient is still in on the run day. */
  readonly dischargeDay: number | undefined;
  readonly isFatal: boolean;
  /** Index in the list of trusts. */
  readonly trust: number;
  /** Of a delivery or birth: whether it was of twins. */
  readonly isOfTwins: boolean;
}

/** The hospital extract covers five years. */
const SPELL_WINDOW_DAYS = 1826;

/**
 * Share of people with any ordinary spell in the window, by lower age. With the rates below: 1.1 episodes a
 * person.
 */
const SPELL_SHARES: readonly (readonly [age: number, share: number])[] = [
  [80, 0.64],
  [65, 0.5],
  [40, 0.3],
  [18, 0.19],
  [5, 0.11],
  [0, 0.24],
];
/** After one spell another, with this probability each time. */
const NEXT_SPELL = 0.6;
const MOST_SPELLS = 30;
/** People on dialysis attend for years; their rows are the long tail of every hospital extract. */
const DIALYSIS_SHARE = 0.0035;
const DIALYSIS_SPELLS = 45;
const EMERGENCY_SHARE = 0.4;
const DAY_CASE_SHARE = { planned: 0.8, emergency: 0.3 } as const;
/** Of nights in hospital: the share followed by another. */
const NEXT_NIGHT = 0.78;
const LONGEST_STAY_DAYS = 60;
const DIED_IN_HOSPITAL = 0.45;
const BORN_IN_HOSPITAL = 0.9;
/** The provider: the local trust, the next one, or any (a specialist centre, or away from home). */
const LOCAL_TRUST = 0.85;
const NEIGHBOURING_TRUST = 0.1;

/**
 * Draws hospital stays. In the truth no stay overlaps another of the same person, and none after
 * death.
 */
export class SpellDraw {
  private readonly runDay: number;
  private readonly trustCount: number;
  private readonly random: Random;

  constructor(runDay: number, trustCount: number, random: Random) {
    this.runDay = runDay;
    this.trustCount = trustCount;
    this.random = random;
  }

  /** All stays of each of a household's people, in the people's order; each list as drawn, not by date. */
  drawAll(household: Household): Spell[][] {
    const spells: Spell[][] = household.people.map(() => []);
    const localTrust = Math.floor(household.home.position * this.trustCount);
    for (const birth of household.births) {
      if (!this.random.chance(BORN_IN_HOSPITAL)) continue;
      const isOfTwins = birth.babies.length > 1;
      const nights = this.random.run(0.5, 4);
      const stay = { admissionDay: birth.day, trust: localTrust, isOfTwins };
      for (const baby of birth.babies) {
        add(spells[household.people.indexOf(baby)]!, this.end({ ...stay, kind: 'birth' }, nights, baby));
      }
      const { mother } = birth;
      if (mother === undefined) continue;
      add(spells[household.people.indexOf(mother)]!, this.end({ ...stay, kind: 'delivery' }, nights, mother));
    }
    for (const [index, person] of household.people.entries()) {
      this.addFatal(spells[index]!, person, localTrust);
      this.addOrdinary(spells[index]!, person, localTrust);
    }
    return spells;
  }

  private addFatal(spells: Spell[], person: Person, localTrust: number): void {
    const { random } = this;
    if (person.deathDay === ALIVE || !random.chance(DIED_IN_HOSPITAL)) return;
    const admissionDay = Math.max(person.birthDay, person.deathDay - random.run(0.85, LONGEST_STAY_DAYS));
    const trust = this.chooseTrust(localTrust);
    const days = person.deathDay - admissionDay;
    add(spells, this.end({ kind: 'emergency', admissionDay, trust, isOfTwins: false }, days, person));
  }

  /** Spreads the stays over equal slots of the window, so that they are in order and do not overlap. */
  private addOrdinary(spells: Spell[], person: Person, localTrust: number): void {
    const { random } = this;
    const isOnDialysis = person.age >= 18 && random.chance(DIALYSIS_SHARE);
    const share = SPELL_SHARES.find(([age]) => person.age >= age)![1];
    if (!isOnDialysis && !random.chance(share)) return;
    const lastDay = Math.min(this.runDay, person.deathDay);
    const firstDay = Math.max(person.birthDay, this.runDay - SPELL_WINDOW_DAYS + 1);
    const wanted = isOnDialysis ? DIALYSIS_SPELLS : 1 + random.run(NEXT_SPELL, MOST_SPELLS);
    const slotDays = Math.max(1, Math.floor((lastDay - firstDay + 1) / wanted));
    for (let slot = 0; slot < wanted && firstDay + (slot + 1) * slotDays - 1 <= lastDay; slot++) {
      const slotStart = firstDay + slot * slotDays;
      const admissionDay = slotStart + random.below(slotDays);
      const kind = isOnDialysis ? 'dialysis' : random.chance(EMERGENCY_SHARE) ? 'emergency' : 'planned';
      const isDayCase = kind === 'dialysis' || random.chance(DAY_CASE_SHARE[kind]);
      const nights = isDayCase ? 0 : 1 + random.run(NEXT_NIGHT, LONGEST_STAY_DAYS);
      const isLastSlot = slot === wanted - 1;
      const days = isLastSlot ? nights : Math.min(nights, slotStart + slotDays - 1 - admissionDay);
      const trust = isOnDialysis ? localTrust : this.chooseTrust(localTrust);
      add(spells, this.end({ kind, admissionDay, trust, isOfTwins: false }, days, person));
    }
  }

  /** Ends a stay after a number of days, or with death, or leaves it open. */
  private end(stay: Omit<Spell, 'dischargeDay' | 'isFatal'>, days: number, { deathDay }: Person): Spell {
    const dischargeDay = stay.admissionDay + days;
    if (dischargeDay >= deathDay) return { ...stay, dischargeDay: deathDay, isFatal: true };
    return { ...stay, dischargeDay: dischargeDay > this.runDay ? undefined : dischargeDay, isFatal: false };
  }

  private chooseTrust(localTrust: number): number {
    const { random } = this;
    if (random.chance(LOCAL_TRUST)) return localTrust;
    if (random.chance(NEIGHBOURING_TRUST / (1 - LOCAL_TRUST))) return (localTrust + 1) % this.trustCount;
    return random.below(this.trustCount);
  }
}

/** Adds a stay unless the person is already in hospital on one of its days. */
function add(spells: Spell[], spell: Spell): void {
  const lastDay = spell.dischargeDay ?? ALIVE;
  const isFree = spells.every(
    (other) => spell.admissionDay > (other.dischargeDay ?? ALIVE) || other.admissionDay > lastDay,
  );
  if (isFree) spells.push(spell);
}

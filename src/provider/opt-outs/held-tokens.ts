import { type Exemption, type HeldReason, isExempt, mustReachElsewhere } from '../../domain/held-reason.ts';
import { ANY_SOURCE, type OptOutToken } from '../../store/opt-out-list.ts';
import { type TokenText, tokenWords } from '../../store/token-text.ts';
import { type GpStops, noStops, stopsAbove } from '../tokenise/gp-stops.ts';
import type { DecidedTokens } from './decide-kept.ts';
import type { TokensByType } from './timelines.ts';
import type { UnnumberedOptOut } from './unread-opt-outs.ts';

/** A patient, as a row of one source has it. */
export type RecordedPatient = Pick<UnnumberedOptOut, 'source' | 'patientKey' | 'isRead'>;

/** Who is held on the run date, by reason. */
export interface HeldTokens {
  /** NHS number tokens */
  readonly nhsNumbers: TokensByType;
  /** patient-key tokens of patients without a valid NHS number */
  readonly patients: TokensByType;
  /** patient-key tokens, of reasons that hold the records of one registration */
  readonly registrations: TokensByType;
}

/** Whose the patient-key tokens are. */
export interface TokenOwners {
  readonly patientOf: ReadonlyMap<TokenText, RecordedPatient>;
  /** NHS number token of each patient-key token; absent where it has no valid number */
  readonly nhsNumberOf: ReadonlyMap<TokenText, TokenText>;
}

/** The reasons that are applied to tokens, in order: those that are recorded, and not switched off for the agreement. */
export function appliedReasons(
  reasons: readonly HeldReason[],
  exempt: readonly Exemption[],
): readonly HeldReason[] {
  return reasons.filter(({ name }) => !isExempt(name, exempt));
}

/**
 * What stops GP rows above the boundary. Of reasons that act below it, only those are noted that come before one that stops: they are
 * what a stopped row may count as instead.
 */
export function stopsOf(
  reasons: readonly HeldReason[],
  exempt: readonly Exemption[],
  held: HeldTokens,
  decided: readonly DecidedTokens[],
): GpStops {
  const stops = noStops(reasons);
  const last = reasons.findLastIndex(stopsAbove);
  const applied = new Set(appliedReasons(reasons, exempt));
  for (const [index, reason] of reasons.entries()) {
    if (!applied.has(reason)) continue;
    const { name, scope } = reason;
    const bit = stops.sets.maskOf(name);
    const patients = [...(held.patients.get(name) ?? []), ...(held.registrations.get(name) ?? [])];
    if (index <= last) {
      for (const token of held.nhsNumbers.get(name) ?? [])
        stops.nhsNumbers.addBits(...tokenWords(token), bit);
      for (const { type, words } of decided) if (type === name) stops.nhsNumbers.addBitsToAll(words, bit);
      for (const token of patients) stops.keys.addBits(...tokenWords(token), bit);
    }
    if (scope !== 'person') continue;
    for (const token of patients) stops.unnumbered.masks.addBits(...tokenWords(token), bit);
  }
  return stops;
}

/** The opt-out list of the store: what acts below the boundary. A reason that holds one registration has stopped all its rows above it. */
export function listOf(
  reasons: readonly HeldReason[],
  held: HeldTokens,
  { patientOf, nhsNumberOf }: TokenOwners,
): OptOutToken[] {
  const list: OptOutToken[] = [];
  for (const { name, scope } of reasons) {
    if (scope === 'source-records') continue;
    const numbers = held.nhsNumbers.get(name) ?? [];
    const add = (token: TokenText) => list.push({ kind: name, source: patientOf.get(token)!.source, token });
    for (const token of numbers) list.push({ kind: name, source: ANY_SOURCE, token });
    for (const token of held.patients.get(name) ?? []) add(token);
    if (scope !== 'person') continue;
    // a patient's number may turn out to be another person's: below the boundary the opt-out must find her by her key as well
    const met = new Set(numbers);
    for (const [token, number] of nhsNumberOf) if (met.has(number)) add(token);
  }
  return list;
}

/** Patients without a valid NHS number whose records elsewhere must be reached. */
export function unnumberedOf(
  reasons: readonly HeldReason[],
  { patients }: HeldTokens,
  { patientOf }: TokenOwners,
): UnnumberedOptOut[] {
  return reasons
    .filter(mustReachElsewhere)
    .flatMap((reason) =>
      (patients.get(reason.name) ?? []).map((token) => ({ reason, token, ...patientOf.get(token)! })),
    );
}

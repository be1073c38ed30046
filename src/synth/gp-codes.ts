import { type ClinicalCode, CodeList, type Fits, type Measurement } from './clinical-code.ts';
import type { OptOut } from './household.ts';
import type { Random } from './random.ts';
import { encodeText } from './row-buffer.ts';
import { COMMON_CONCEPTS, SENSITIVE_CONCEPTS } from './snomed-list.ts';
import { withVerhoeff } from './verhoeff.ts';

/** A concept with the ways its three code columns are filled in, each written as `snomed,read v2,ctv3`. */
export interface Concept extends ClinicalCode {
  readonly inSnomed: Uint8Array;
  /** With the legacy codes a migrated record keeps beside the concept. */
  readonly withLegacy: Uint8Array;
  readonly measurement: Measurement | undefined;
}

/** Further concepts, so that there are about 300: rare ones, invented in the shape of the UK extension. */
const MADE_UP_CONCEPTS = 150;

/**
 * The Zipf offset: the commonest concept is about one event in 36, the rarest one in 2,500. Sensitive
 * concepts come after the everyday ones, so they are about one event in 60.
 */
const RANK_OFFSET = 8;

export const concepts = new CodeList<Concept>(
  [
    ...readConcepts(COMMON_CONCEPTS),
    ...readConcepts(SENSITIVE_CONCEPTS),
    ...makeUpConcepts(MADE_UP_CONCEPTS),
  ],
  RANK_OFFSET,
);

/**
 * Codes of opt-out events (domain.md, 4), as `[snomed, read v2, ctv3]`. Type 1 withdrawal in all three
 * terminologies and type 2 withdrawal in SNOMED are unconfirmed there.
 */
const OPT_OUT_CODES = {
  '1': {
    registered: ['827241000000103', '9Nu0', 'XaZ89'],
    withdrawn: ['827261000000102', '9Nu1', 'XaZ8A'],
  },
  '2': {
    registered: ['881561000000100', '9Nu4', 'XaaVL'],
    withdrawn: ['881581000000109', '9Nu5', 'XaaVM'],
  },
} as const;

/**
 * Share of coded opt-outs that carry the SNOMED concept; the rest are Read v2 or CTV3 only, half of them
 * each.
 */
const OPT_OUT_IN_SNOMED = 0.7;
const WITH_TRAILING_DOT = 0.5;

/** The three code columns of an opt-out event, written `snomed,read v2,ctv3` with one of them filled in. */
export function drawOptOutCode(
  type: OptOut['type'],
  event: 'registered' | 'withdrawn',
  random: Random,
): string {
  const [snomed, readV2, ctv3] = OPT_OUT_CODES[type === '1' ? '1' : '2'][event];
  if (random.chance(OPT_OUT_IN_SNOMED)) return `${snomed},,`;
  const dot = random.chance(WITH_TRAILING_DOT) ? '.' : '';
  return random.chance(0.5) ? `,${readV2}${dot},` : `,,${ctv3}${dot}`;
}

function readConcepts(list: string): Concept[] {
  return list
    .trim()
    .split('\n')
    .map((line) => {
      const [concept, readV2, ctv3, fits, measurement] = line.split('|');
      return describeConcept(concept!, readV2!, ctv3!, fits as Fits, readMeasurement(measurement!));
    });
}

function describeConcept(
  code: string,
  readV2: string,
  ctv3: string,
  fits: Fits,
  measurement: Measurement | undefined,
): Concept {
  return {
    code,
    fits,
    inSnomed: encodeText(`${code},,`),
    withLegacy: encodeText(`${code},${readV2},${ctv3}`),
    measurement,
  };
}

/** Reads `95-178 mmHg` or `2.8-8.1 mmol/L`; an empty text is no measurement. */
function readMeasurement(text: string): Measurement | undefined {
  const parts = /^([\d.]+)-([\d.]+) (.+)$/.exec(text);
  if (parts === null) return undefined;
  const decimals = parts[1]!.includes('.') ? 1 : 0;
  return { low: Number(parts[1]), high: Number(parts[2]), decimals, unit: parts[3]! };
}

/** Item, namespace 1000000 (UK), partition 10 (concept in an extension), check digit. */
function makeUpConcepts(count: number): Concept[] {
  return Array.from({ length: count }, (_, nth) => {
    const code = withVerhoeff(`${90_017 + nth * 61}100000010`);
    const readV2 = nth % 3 === 0 ? `9${'bcdefghkmn'[nth % 10]}${nth % 10}..` : '';
    return describeConcept(code, readV2, '', 'anyone', undefined);
  });
}

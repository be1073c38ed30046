import type { HeldReason } from '../../domain/held-reason.ts';
import { LongRefusal, MOST_KEPT } from '../../domain/long-refusal.ts';
import type { Problem } from '../../domain/problem.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import { type TokenText, tokenBytes } from '../../store/token-text.ts';
import type { FaultyRecord, QuarantinedRow } from '../extract/locate-faults.ts';
import type { GpStops } from '../tokenise/gp-stops.ts';

/** A reason that must reach records elsewhere, of a patient of whom no valid NHS number is known. */
export interface UnnumberedOptOut {
  readonly reason: HeldReason;
  readonly source: string;
  /** as it is written; held in this process's memory alone */
  readonly patientKey: string;
  /** of the patient key */
  readonly token: TokenText;
  /** a row of the patients table has this key, and as many cells as it should */
  readonly isRead: boolean;
}

/**
 * Coded or flagged opt-outs that act on whole persons, and protections, of patients whose own row cannot be read. The opt-out is recorded for the NHS number, and the
 * row that has it is in quarantine: the patient's records of other sources would be released.
 *
 * A readable row without a valid number is another matter: it is linked, and its opt-out acts on whom it is linked to.
 */
export class UnreadOptOuts {
  readonly #optOuts: readonly UnnumberedOptOut[];
  /** by patient key, where a row in quarantine has a cell like it */
  readonly #locations = new Map<string, FaultyRecord['location'][]>();

  constructor(optOuts: readonly UnnumberedOptOut[], { source, kind }: TableSpec) {
    this.#optOuts = kind === 'patients' ? optOuts.filter((one) => one.source === source) : [];
    for (const { patientKey } of this.#optOuts) this.#locations.set(patientKey, []);
  }

  /** Notes where a row of a patient with such an opt-out is in quarantine. */
  look({ fields, location }: FaultyRecord): void {
    if (this.#locations.size === 0) return;
    const cells = new Set(fields.map((field) => trimBlanks(field.toString('utf8'))));
    for (const cell of cells) this.#locations.get(cell)?.push(location);
  }

  /**
   * To be asked once the table has been read.
   *
   * @param kind of the patient key's token
   * @param quarantined the table's rows in quarantine
   * @throws LongRefusal (exit 1) with the rows in question
   */
  check(
    kind: Parameters<GpStops['letThrough']['get']>[0],
    stops: GpStops,
    quarantined: readonly QuarantinedRow[],
  ): void {
    const isAnyKeyUnknown = stops.letThrough.has(kind);
    const lost = this.#optOuts.filter(
      ({ token, isRead }) => stops.quarantined.hasBytes(tokenBytes(token)) || (!isRead && isAnyKeyUnknown),
    );
    if (lost.length === 0) return;
    const problems = lost.flatMap((one): Problem[] => {
      const locations = this.#locations.get(one.patientKey)!;
      // the key is on no row: any row that lost its key may be the patient's
      const rows = locations.length > 0 ? locations : quarantined.map(({ file, line }) => ({ file, line }));
      return rows.slice(0, MOST_KEPT).map((location) => ({
        ...location,
        message: `${locations.length > 0 ? 'is' : 'may be'} the row of a patient with ${wordsOf(one.reason)}, and cannot be read: nobody knows whose NHS number ${one.reason.group === 'person' ? 'the opt-out' : 'it'} is for`,
        wayOut: 'have the row repaired: a run without it could release what its patient refused',
      }));
    });
    throw new LongRefusal([
      ...problems.slice(0, MOST_KEPT),
      ...(lost.length > 1 ? [{ message: `${lost.length} patients are in question` }] : []),
    ]);
  }
}

/** As a sentence names it. */
function wordsOf({ name, group }: HeldReason): string {
  if (name === 'type-2') return 'a coded type 2 opt-out';
  if (name === 'national') return 'a coded national opt-out';
  return group === 'person' ? `an opt-out of the type ${name}` : `the mark ${name}`;
}

import { differBeyondChance, type Limits, severityOf } from '../../domain/expectation.ts';
import type { Severity } from '../../domain/finding.ts';
import { eachChosenRow, type RowColumns } from './chosen-rows.ts';
import { LookedRows, type Meeting } from './looked-rows.ts';

/** Stored rows of one file. */
export interface StoredPart {
  /** path of the part */
  readonly part: string;
  readonly rows: number;
}

/** How the rows of a table are distinguished. */
export interface RowIdentity extends RowColumns {
  /** whether rows that are alike in all of these are certainly one record */
  readonly isCertain: boolean;
}

/** Two files that share rows; indexes in the list of files. */
export interface SharedRows {
  readonly lookedIn: number;
  readonly foundIn: number;
  /** rows of the first that were looked for in the second, and those that are there */
  readonly sampled: number;
  readonly found: number;
  readonly severity: Severity;
}

/** A file of at most twice so many rows is looked for as a whole, and of others so many rows at least, and twice as many at most. */
const SAMPLE = 2000;
/** Files whose samples are in memory at once: of these rows some 200,000, at 100 bytes each. All files are read for each such group. */
const FILES_AT_ONCE = 50;
/** Where two rows have the same values, their patients aside, more often than this, rows that are alike prove nothing. */
const MOST_BY_CHANCE = 0.05;

/**
 * Finds the files of one table that share more of their rows than `limits`, in any order.
 *
 * Where no column identifies records, rows that are alike may be two records: a patient may have the same values
 * in two months. So there
 *
 * - only rows that occur once in either file are shared. A table of few distinct rows has next to none of these;
 * - a share of about c or less is nothing, c being the chance that two rows of a file have the same values, their patients aside: so much have two files of the same
 *   patients in common without any record in both. A share beyond that is a warning, and stops the run only if c is at most 5 %, where chance is no explanation;
 * - files of one length in which each row occurs as often as in the other are one delivery, whatever they hold.
 *
 * Memory holds the samples of 50 files; the files themselves are read batch by batch.
 *
 * @param files two or more
 * @returns those that share the largest part of a sample first
 */
export function sharedRows(
  files: readonly StoredPart[],
  identity: RowIdentity,
  limits: Limits,
): readonly SharedRows[] {
  const shared: (SharedRows & { readonly part: number })[] = [];
  for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
    const looked = sample(files, from, identity);
    for (const [index, { part }] of files.entries()) {
      const meetings = looked.meet(index, (take) =>
        eachChosenRow(
          part,
          identity,
          (low, high) => looked.isElsewhere(index, low, high),
          (_low, _high, row) => take(row),
        ),
      );
      for (const meeting of meetings) {
        const judged = judge(meeting, looked, files, identity, limits);
        if (judged !== null) shared.push({ ...judged, part: meeting.found / judged.sampled });
      }
    }
  }
  return shared
    .sort((a, b) => b.part - a.part || a.lookedIn - b.lookedIn || a.foundIn - b.foundIn)
    .map(({ part: _, ...one }) => one);
}

/** Samples of up to 50 files from index `from` on: one in so many first halves, which are at random. */
function sample(files: readonly StoredPart[], from: number, identity: RowIdentity): LookedRows {
  const looked = new LookedRows();
  for (let index = from; index < Math.min(from + FILES_AT_ONCE, files.length); index += 1) {
    const { part, rows } = files[index]!;
    const every = rows <= 2 * SAMPLE ? 1 : 2 ** Math.floor(Math.log2(rows / SAMPLE));
    eachChosenRow(
      part,
      identity,
      (low) => (low & (every - 1)) === 0,
      (...row) => looked.add(index, ...row),
    );
  }
  return looked;
}

function judge(
  { lookedIn, foundIn, ...meeting }: Meeting,
  looked: LookedRows,
  files: readonly StoredPart[],
  identity: RowIdentity,
  limits: Limits,
): SharedRows | null {
  const [sampled, byChance] = [looked.sampledOf(lookedIn), looked.chanceOf(lookedIn)];
  const isOneLength = files[lookedIn]!.rows === files[foundIn]!.rows;
  const isCertain = identity.isCertain || (isOneLength && meeting.asOften === sampled);
  const found = isCertain ? meeting.found : meeting.once;
  const severity = severityOf(found / sampled, limits);
  const chance = { part: byChance * sampled, of: sampled };
  const isMore = found > chance.part && differBeyondChance({ part: found, of: sampled }, chance);
  if (severity === null || !(isCertain || isMore)) return null;
  const isProof = isCertain || byChance <= MOST_BY_CHANCE;
  return { lookedIn, foundIn, sampled, found, severity: isProof ? severity : 'warn' };
}

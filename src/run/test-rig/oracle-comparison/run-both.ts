import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type ExitCode, TallystickError } from '../../../domain/problem.ts';
import type { Receipt } from '../../../domain/receipt.ts';
import type { ImplausibleCounts } from '../../../linker/result.ts';
import { runReference } from '../../../oracle/run-reference.ts';
import type { ColumnOutcomes } from '../../../oracle/standardise.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { type BenchFolder, RUN_DATE } from '../bench-folder.ts';
import { type Row, readRows } from '../read-rows.ts';

/** The keys of every oracle comparison and golden case. Equal bytes would be no key, and refused. */
const FIXED_KEYS = { linkage: keyNamed('linkage'), release: keyNamed('release') };

function keyNamed(name: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`${name} key of golden cases`).digest());
}

/** The result that both engines must have, in the same words: either a refusal, or all that was published. The words
 * of a refusal are each engine's own: only its exit code is compared. */
export type Meaning =
  | { readonly exitCode: ExitCode; readonly message: string }
  | {
      readonly tables: Readonly<Record<string, readonly Row[]>>;
      readonly receipts: readonly Receipt[];
      /** file, line, column, reason */
      readonly quarantine: readonly (readonly string[])[];
      readonly outcomes: readonly ColumnOutcomes[];
      readonly persons: Readonly<Record<string, number>>;
      /** persons who are held, by all of their reasons */
      readonly combinations: Readonly<Record<string, number>>;
      readonly implausible: Implausible | null;
    };

/** What each rule of implausible links came to, by match rank. */
export type Implausible = Pick<ImplausibleCounts, 'links' | 'implausible' | 'rules'>;

/** Replaces the folder's random keys. */
export function putFixedKeys(folder: BenchFolder): void {
  folder.put('linkage.key', Buffer.from(FIXED_KEYS.linkage));
  folder.put('release.key', Buffer.from(FIXED_KEYS.release));
}

/** The pipeline's meaning by the reference engine. */
export function meaningByReference(pipeline: Pipeline): Meaning {
  try {
    const { tables, receipts, quarantine, outcomes, persons, combinations, implausible } = runReference(
      pipeline,
      RUN_DATE,
      FIXED_KEYS,
    );
    return {
      tables: tables as Record<string, Row[]>,
      receipts,
      quarantine: quarantine.map(({ file, line, column, reason }) => [file, String(line), column, reason]),
      outcomes,
      persons: {
        released: persons['released'] ?? 0,
        typeTwoOptOut: persons['type-2'] ?? 0,
        nationalOptOut: persons['national'] ?? 0,
        heldBack: (persons['contradicted'] ?? 0) + (persons['unknown-number'] ?? 0),
      },
      combinations,
      implausible: implausible === null ? null : countsOf(implausible),
    };
  } catch (error) {
    return refusal(error);
  }
}

/** How many subjects only a witness keeps from being linked, by the reference engine. */
export function keptByWitnesses(pipeline: Pipeline): number {
  return runReference(pipeline, RUN_DATE, FIXED_KEYS).keptByWitnesses;
}

/** The pipeline's meaning by the program itself, read back from what it published. */
export async function meaningByProgram(
  folder: BenchFolder,
  pipeline: Pipeline,
  threads = 2,
): Promise<Meaning> {
  const { result, error } = await folder.run(pipeline, { threads, memory: '512MiB' });
  if (result === null) return refusal(error);
  const tables: Record<string, Row[]> = {};
  for (const { file } of result.files) {
    tables[file.replace('.arrow', '')] = await readRows(join(result.release, file));
  }
  const read = (file: string) => readFileSync(join(result.directory, file), 'utf8');
  const { receipts, linkage } = JSON.parse(read('operator/receipts.json')) as {
    receipts: { standardised: ColumnOutcomes[] };
    linkage?: { implausible?: ImplausibleCounts };
  };
  const { released, typeTwoOptOut, nationalOptOut, heldBack } = result.persons;
  return {
    tables,
    receipts: result.receipts,
    quarantine: (parse(read('operator/quarantine.csv')) as string[][]).slice(1),
    outcomes: receipts.standardised,
    persons: { released, typeTwoOptOut, nationalOptOut, heldBack },
    combinations: result.optOuts.effect.persons.combinations,
    implausible: linkage?.implausible === undefined ? null : countsOf(linkage.implausible),
  };
}

function countsOf({ links, implausible, rules }: Implausible): Implausible {
  return { links, implausible, rules };
}

/** A refusal is compared by its exit code; an error that is none is a fault of the test's subject. */
function refusal(error: unknown): Meaning {
  if (error instanceof TallystickError) return { exitCode: error.exitCode, message: error.message };
  throw error;
}

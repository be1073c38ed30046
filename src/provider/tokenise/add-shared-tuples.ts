import { join } from 'node:path';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { subjectsPart } from '../../store/subject-columns.ts';
import { eachStoredTuple } from './stored-tokens.ts';
import type { SubjectParts } from './subject-parts.ts';
import type { TokenisedTable } from './tokenise-table.ts';
import { textOf, type Witnesses } from './witnesses.ts';

/**
 * Makes a witness of every patient whose number or sex cannot be read, and who may share sex, birth date and postcode with another
 * patient of the same source (src/linker/link/README.md, "Two patients of one table"). To be asked once every table has been read.
 *
 * Costs nothing where there are no such patients; else one look at the tuples of the source's patients and their addresses.
 */
export function addSharedTuples(
  { sources }: Pipeline,
  witnesses: Witnesses,
  tables: readonly TokenisedTable[],
  subjects: SubjectParts,
  storeDirectory: string,
): void {
  for (const { name, addresses } of sources) {
    const shared = witnesses.patientsOf(name);
    if (shared.size === 0) continue;
    const own = tables.filter(({ stored }) => stored.source === name && stored.table === addresses?.name);
    const paths = own.flatMap(({ stored }) => stored.parts.map((part) => join(storeDirectory, part)));
    eachStoredTuple(
      join(storeDirectory, subjectsPart(name)),
      { paths, subjects: subjects.of(name) },
      (subject, tuple) => shared.meet(subject, tuple),
    );
    shared.eachShared((tuple, number) => witnesses.add(textOf(...tuple), number));
  }
}

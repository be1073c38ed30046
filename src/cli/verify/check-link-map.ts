import { statSync } from 'node:fs';
import { digestFile } from '../../write/digest-file.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import { linkMapOf } from '../../write/run-place.ts';
import type { Check } from './check.ts';

/** Checks that an existing link map belongs to the run. It may have been deleted: the run is complete without it. */
export async function checkLinkMap(directory: string, { run, linkage }: OperatorRecord): Promise<Check[]> {
  const named = linkage?.map;
  if (named === undefined) return [];
  const file = linkMapOf(directory, run.id);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return [];
  const { bytes, sha256 } = await digestFile(file);
  const isOwn = bytes === named.bytes && sha256 === named.sha256;
  return [
    {
      check: 'link map: bytes and sha256',
      problems: isOwn ? [] : [{ file, message: 'is damaged, or the link map of another run' }],
    },
  ];
}

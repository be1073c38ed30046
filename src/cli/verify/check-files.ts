import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestFile } from '../../write/digest-file.ts';
import { WriteError } from '../../write/write-error.ts';
import type { Check } from './check.ts';

/**
 * Checks that every listed file exists, with its bytes and its digest, and that there are no other files.
 *
 * @param directory a folder of a run
 * @param listedIn the file of this folder that lists the others
 */
export async function checkFiles(
  directory: string,
  listedIn: string,
  listed: readonly { readonly file: string; readonly bytes: number; readonly sha256: string }[],
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { file, bytes, sha256 } of listed) {
    checks.push({
      check: `${file}: bytes and sha256`,
      problems: await problemsOf(join(directory, file), bytes, sha256),
    });
  }
  const known = new Set([listedIn, ...listed.map(({ file }) => file)]);
  checks.push(checkNothingElse(`no file beside ${listedIn} is unlisted`, directory, known));
  return checks;
}

/** Checks that a folder has only known files. */
export function checkNothingElse(check: string, directory: string, known: ReadonlySet<string>): Check {
  const unlisted = readdirSync(directory).filter((name) => !known.has(name));
  return {
    check,
    problems: unlisted.map((name) => ({
      file: join(directory, name),
      message: 'does not belong to this run',
      wayOut: 'remove it: it did not pass the gates',
    })),
  };
}

async function problemsOf(file: string, bytes: number, sha256: string): Promise<Check['problems']> {
  try {
    const found = await digestFile(file);
    if (found.bytes !== bytes) {
      return [{ file, message: `has ${found.bytes} bytes; the manifest says ${bytes}` }];
    }
    return found.sha256 === sha256 ? [] : [{ file, message: 'its bytes have changed: the sha256 differs' }];
  } catch (fault) {
    if (fault instanceof WriteError) return [{ file, message: 'is listed, and cannot be read' }];
    throw fault;
  }
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestFile } from '../../write/digest-file.ts';
import { MANIFEST_FILE } from '../../write/run-manifest.ts';
import { WriteError } from '../../write/write-error.ts';
import type { Check } from './check.ts';
import type { ReadManifest } from './read-manifest.ts';

/** Every file that is listed is there, with its bytes and its digest; and nothing else is. */
export async function checkFiles(directory: string, manifest: ReadManifest): Promise<Check[]> {
  const listed = [...manifest.outputs, ...manifest.papers];
  const checks: Check[] = [];
  for (const { file, bytes, sha256 } of listed) {
    checks.push({
      check: `${file}: bytes and sha256`,
      problems: await problemsOf(join(directory, file), bytes, sha256),
    });
  }
  const known = new Set([MANIFEST_FILE, ...listed.map(({ file }) => file)]);
  const unlisted = readdirSync(directory).filter((name) => !known.has(name));
  checks.push({
    check: 'no file is unlisted',
    problems: unlisted.map((name) => ({
      file: join(directory, name),
      message: 'is not in the manifest',
      wayOut: 'whoever put it here did not pass the gates with it',
    })),
  });
  return checks;
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

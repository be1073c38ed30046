import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bug, environment } from '../../domain/problem.ts';
import { DigestingFile } from '../../write/digesting-file.ts';
import { makeFolders } from '../../write/make-folders.ts';
import type { Notice } from './notice.ts';
import type { OptOutHistories } from './opt-out-histories.ts';
import { WORDS, WordIndex } from './token-words.ts';

/** Lists of pseudonyms: for the recipient, and nobody else on this machine. */
const MODES = { folder: 0o700, file: 0o600 };

/**
 * Writes the notices, two files each, and reads them back: no token of the register is in them. Nothing is overwritten, and
 * nothing is written where any of the files exists already.
 *
 * @returns the paths, in the order of the notices
 * @throws TallystickError (exit 3) where a file exists already
 * @throws WriteError where one cannot be written
 */
export async function writeNotices(
  folder: string,
  notices: readonly Notice[],
  histories: OptOutHistories,
): Promise<string[]> {
  const files = notices.flatMap(({ files }) =>
    Object.entries(files).map(([name, text]) => ({ path: join(folder, name), text })),
  );
  const there = files.filter(({ path }) => existsSync(path));
  if (there.length > 0) {
    throw environment(
      ...there.map(({ path }) => ({
        file: path,
        message: 'there is a notice of this release already',
        wayOut: 'name another folder with --notice: no notice was written',
      })),
    );
  }
  makeFolders(folder, MODES.folder);
  const isToken = tokensOf(histories);
  const written: string[] = [];
  for (const { path, text } of files) {
    const file = await DigestingFile.create(path, MODES.file);
    try {
      file.write([Buffer.from(text, 'utf8')]);
      await file.finish();
      const back = await readFile(path, 'utf8');
      if (back !== text || hashesIn(back).some(isToken)) throw bug('a notice is not fit to be handed over');
    } catch (fault) {
      await file.discard();
      throw fault;
    }
    written.push(path);
  }
  return written;
}

function hashesIn(text: string): string[] {
  return text.match(/[0-9a-f]{32}/g) ?? [];
}

function tokensOf({ tokens, persons }: OptOutHistories): (hash: string) => boolean {
  const index = new WordIndex(tokens, persons);
  for (let person = 0; person < persons; person += 1) index.put(person);
  return (hash) => {
    const words = new Uint32Array(new Uint8Array(Buffer.from(hash, 'hex')).buffer);
    if (words.length !== WORDS) return false;
    return index.find(words[0]!, words[1]!, words[2]!, words[3]!) >= 0;
  };
}

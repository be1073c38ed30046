import { resolve } from 'node:path';
import { TallystickError, usage } from '../../domain/problem.ts';
import { findIdentifier } from '../../gates/identifier-shapes.ts';
import { parsePipeline } from '../../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readPlainFile } from '../../read-plain-file.ts';

/**
 * Reads and checks a pipeline file.
 *
 * @param file as typed, and as named in messages
 * @param unneededKey a key whose variable need not be set, because this command never opens it
 * @throws TallystickError (exit 2) for a file that cannot be read, or with every fault in it
 */
export function loadPipeline(file: string, runDate: string, unneededKey?: 'linkage' | 'release'): Pipeline {
  let text: string;
  try {
    text = readPlainFile(file, file, usage).toString('utf8');
  } catch (fault) {
    if (fault instanceof TallystickError) throw fault;
    throw usage({ file, message: 'the pipeline file cannot be read', wayOut: 'check the path' });
  }
  return parsePipeline(text, {
    file: resolve(file),
    runDate,
    variables: process.env,
    shownAs: file,
    identifierIn: (name) => findIdentifier(name, [], null, 'prose'),
    ...(unneededKey === undefined ? {} : { unneededKey }),
  });
}

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { usage } from '../../domain/problem.ts';
import { generateKeyFile } from '../../keys/generate-key-file.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { shownPath } from './shown-path.ts';

/**
 * Makes missing keys for a pipeline of synthetic data, so that it can be tried with one command.
 *
 * @param file the name of the pipeline file in messages
 * @throws TallystickError (exit 2) for a pipeline that reads real data: its keys are made once, with care, by `keygen`
 */
export function makeDemoKeys(pipeline: Pipeline, file: string, warn: (message: string) => void): void {
  if (!pipeline.synthetic) {
    throw usage({
      file,
      message:
        '--demo-keys is for synthetic data only, and this pipeline file does not say that its data are synthetic',
      wayOut: 'make real keys with `tallystick keygen`, and keep them where only the job can read them',
    });
  }
  for (const path of [pipeline.keys.linkage, pipeline.keys.release]) {
    if (existsSync(path)) continue;
    mkdirSync(dirname(dirname(path)), { recursive: true, mode: 0o755 });
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    generateKeyFile(path);
  }
  const folder = shownPath(dirname(pipeline.keys.linkage));
  warn(`the keys in ${folder} are throw-away keys for this demonstration: never use them for real data`);
}

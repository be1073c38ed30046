import { join } from 'node:path';
import { WriteError } from './write-error.ts';

/** Which published run: `OUT/<name>/<run id>`. */
export interface RunPlace {
  /** The output directory. */
  readonly out: string;
  /** The pipeline's name. */
  readonly name: string;
  readonly runId: string;
}

/** The paths of one run, all in one directory, so that every move between them is one rename on one file system. */
export interface RunPaths {
  /** `OUT/<name>`: the published runs of this pipeline. */
  readonly home: string;
  readonly lock: string;
  /** Where the run stands once it is published. */
  readonly published: string;
  /** Where it is written until then. */
  readonly partial: string;
  /** Where a run of the same id waits while it is being replaced. */
  readonly replaced: string;
  /** A symbolic link to the run that was published last. */
  readonly latest: string;
  /** The link before it is renamed to `latest`. */
  readonly nextLatest: string;
}

/** A path segment that no shell, no `..` and no hidden name can hide in. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const LEFTOVER = /^\.(?<runId>.+)\.(?<what>partial|replaced|next)-(?<pid>\d+)$/;

/** @throws WriteError `bad-name` when the name or the run id cannot be a directory of its own */
export function runPaths({ out, name, runId }: RunPlace, pid: number): RunPaths {
  if (!SEGMENT.test(name))
    throw new WriteError('bad-name', out, 'the pipeline name cannot be a directory name');
  const home = join(out, name);
  if (!SEGMENT.test(runId) || runId === 'latest') {
    throw new WriteError('bad-name', home, 'the run id cannot be a directory name');
  }
  return {
    home,
    lock: join(home, '.lock'),
    published: join(home, runId),
    partial: join(home, `.${runId}.partial-${pid}`),
    replaced: join(home, `.${runId}.replaced-${pid}`),
    latest: join(home, 'latest'),
    nextLatest: join(home, `.latest.next-${pid}`),
  };
}

/** What a process that died in the middle of a run can have left in `OUT/<name>`. */
export interface Leftover {
  readonly runId: string;
  readonly what: 'partial' | 'replaced' | 'next';
  readonly pid: number;
}

/** Recognises a leftover by its name; null for anything else. */
export function parseLeftover(fileName: string): Leftover | null {
  const groups = LEFTOVER.exec(fileName)?.groups;
  if (!groups) return null;
  const { runId, what, pid } = groups as { runId: string; what: Leftover['what']; pid: string };
  return { runId, what, pid: Number(pid) };
}

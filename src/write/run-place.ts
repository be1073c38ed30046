import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
  /** The run's link map, which stays with whoever links, and what it is until the run is published. */
  readonly linkMap: string;
  readonly partialLinkMap: string;
  /** Says whose the partial run is, and that its owner lives. */
  readonly mark: string;
}

/** The folder of a run that is handed over. */
export const RELEASE_FOLDER = 'release';
/** The folder of a run that stays with whoever runs the pipeline. */
export const OPERATOR_FOLDER = 'operator';
/** In a folder that a run writes in: whose it is. */
export const OWNER_FILE = '.owner';
/** The link to the latest run. */
export const LATEST = 'latest';
/** The folder of the link maps of all runs of a pipeline, beside the runs. */
export const LINK_MAPS = 'links';

/** A path segment that no shell, no `..` and no hidden name can hide in. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const LINK_MAP_SUFFIX = '.parquet';
const LEFTOVER = /^\.(?<runId>.+)\.(?<what>partial|replaced|next|pruned)-(?<owner>[0-9a-f]+)$/;

/** A run id is its run date and the beginning of a digest. */
const RUN_ID = /^(\d{4}-\d{2}-\d{2})-[0-9a-f]{12}$/;

/** The run date (YYYY-MM-DD) that a run id begins with; null for the name of anything else. */
export function dateOfRunId(name: string): string | null {
  return RUN_ID.exec(name)?.[1] ?? null;
}

/** @throws WriteError `bad-name` when the name or the run id cannot be a directory of its own */
export function runPaths({ out, name, runId }: RunPlace, owner: string): RunPaths {
  if (!SEGMENT.test(name))
    throw new WriteError('bad-name', out, 'the pipeline name cannot be a directory name');
  const home = join(out, name);
  if (!SEGMENT.test(runId) || [LINK_MAPS, LATEST].includes(runId)) {
    throw new WriteError('bad-name', home, 'the run id cannot be a directory name');
  }
  return {
    home,
    lock: join(home, '.lock'),
    published: join(home, runId),
    partial: join(home, `.${runId}.partial-${owner}`),
    replaced: join(home, `.${runId}.replaced-${owner}`),
    latest: join(home, LATEST),
    nextLatest: join(home, `.latest.next-${owner}`),
    linkMap: join(home, LINK_MAPS, linkMapName(runId)),
    mark: join(home, `.${runId}.partial-${owner}`, OWNER_FILE),
    partialLinkMap: join(home, LINK_MAPS, `.${runId}.partial-${owner}`),
  };
}

/** What a run is called while it is being deleted. */
export function prunedName(runId: string, owner: string): string {
  return `.${runId}.pruned-${owner}`;
}

/** The name of a run's link map among the others. */
export function linkMapName(runId: string): string {
  return `${runId}${LINK_MAP_SUFFIX}`;
}

/** The run that a file among the link maps belongs to, by its name; null for anything else. */
export function runOfLinkMap(fileName: string): string | null {
  const runId = fileName.slice(0, -LINK_MAP_SUFFIX.length);
  return fileName === linkMapName(runId) && SEGMENT.test(runId) ? runId : null;
}

/**
 * Where the link map of a published run stands, if it was kept.
 *
 * @param directory the run's folder; `latest` is followed
 * @param runId the id that its manifest gives
 * @throws WriteError `bad-name` for an id that would lead out of the folder of link maps
 */
export function linkMapOf(directory: string, runId: string): string {
  if (!SEGMENT.test(runId)) throw new WriteError('bad-name', directory, 'its run id is none');
  return join(dirname(realpathSync(directory)), LINK_MAPS, linkMapName(runId));
}

/** What a process that died in the middle of a run can have left in `OUT/<name>`. */
export interface Leftover {
  readonly runId: string;
  readonly what: 'partial' | 'replaced' | 'next' | 'pruned';
  /** the process, by what it drew */
  readonly owner: string;
}

/** Recognises a leftover by its name; null for anything else. */
export function parseLeftover(fileName: string): Leftover | null {
  const groups = LEFTOVER.exec(fileName)?.groups;
  if (!groups) return null;
  const { runId, what, owner } = groups as { runId: string; what: Leftover['what']; owner: string };
  return { runId, what, owner };
}

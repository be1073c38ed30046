import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WriteError } from './write-error.ts';

/** Identifies a published run: `OUT/<name>/<run id>`. */
export interface RunPlace {
  /** The output directory. */
  readonly out: string;
  /** The pipeline's name. */
  readonly name: string;
  readonly runId: string;
}

/** The paths of one run, all in one directory, so that every move between them is a rename within one file system. */
export interface RunPaths {
  /** `OUT/<name>`: the published runs of this pipeline. */
  readonly home: string;
  readonly lock: string;
  /** The run's folder once it is published. */
  readonly published: string;
  /** The folder in which it is written until then. */
  readonly partial: string;
  /** The temporary name of a run with the same id while it is being replaced. */
  readonly replaced: string;
  /** A symbolic link to the run that was published last. */
  readonly latest: string;
  /** The link before it is renamed to `latest`. */
  readonly nextLatest: string;
  /** The run's link map, which stays with the operator, and its temporary name until the run is published. */
  readonly linkMap: string;
  readonly partialLinkMap: string;
  /** The mark that names the owner of the partial run and shows that it is alive. */
  readonly mark: string;
}

/** The name of the release folder. */
export const RELEASE_FOLDER = 'release';
/** The name of the operator folder. */
export const OPERATOR_FOLDER = 'operator';
/** The name of the owner mark in a folder that a run writes in. */
export const OWNER_FILE = '.owner';
/** The name of the link to the latest run. */
export const LATEST = 'latest';
/** The folder of the link maps of all runs of a pipeline, beside the runs. */
export const LINK_MAPS = 'links';

/** A path segment without shell characters, `..` or a leading dot. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const LINK_MAP_SUFFIX = '.parquet';
const LEFTOVER = /^\.(?<runId>.+)\.(?<what>partial|replaced|next|pruned)-(?<owner>[0-9a-f]+)$/;

/** A run id consists of the run date and the first digits of a digest. */
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

/** The name of a run while it is being deleted. */
export function prunedName(runId: string, owner: string): string {
  return `.${runId}.pruned-${owner}`;
}

/** The file name of a run's link map. */
export function linkMapName(runId: string): string {
  return `${runId}${LINK_MAP_SUFFIX}`;
}

/** The run id in the name of a link map; null for any other name. */
export function runOfLinkMap(fileName: string): string | null {
  const runId = fileName.slice(0, -LINK_MAP_SUFFIX.length);
  return fileName === linkMapName(runId) && SEGMENT.test(runId) ? runId : null;
}

/**
 * The path of the link map of a published run, whether or not it exists.
 *
 * @param directory the run's folder; `latest` is followed
 * @param runId the id that its manifest gives
 * @throws WriteError `bad-name` for an id that would lead out of the folder of link maps
 */
export function linkMapOf(directory: string, runId: string): string {
  if (!SEGMENT.test(runId)) throw new WriteError('bad-name', directory, 'its run id is none');
  return join(dirname(realpathSync(directory)), LINK_MAPS, linkMapName(runId));
}

/** The kinds of leftovers in `OUT/<name>` of a process that died during a run. */
export interface Leftover {
  readonly runId: string;
  readonly what: 'partial' | 'replaced' | 'next' | 'pruned';
  /** the random id of the process */
  readonly owner: string;
}

/** Recognises a leftover by its name; null for anything else. */
export function parseLeftover(fileName: string): Leftover | null {
  const groups = LEFTOVER.exec(fileName)?.groups;
  if (!groups) return null;
  const { runId, what, owner } = groups as { runId: string; what: Leftover['what']; owner: string };
  return { runId, what, owner };
}

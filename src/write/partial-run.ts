import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TallystickError } from '../domain/problem.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { DigestingFile, type FileDigest } from './digesting-file.ts';
import { startBeating, stopBeating } from './heartbeat.ts';
import { clearLinkMaps, copyLinkMap, dropPartialMap, putLinkMap } from './kept-link-map.ts';
import { type LatestRun, movesLatest, pointLatest, readLatest } from './latest-run.ts';
import { type OperatorRecord, RECORD_FILE, recordText } from './operator-record.ts';
import { ownerText } from './owner-mark.ts';
import { systemProcesses } from './process-probe.ts';
import { type Moves, type PublishOutcome, putInPlace, systemMoves } from './published-run.ts';
import { type LockOptions, RunLock } from './run-lock.ts';
import { MANIFEST_FILE, manifestText, type RunManifest } from './run-manifest.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER, type RunPaths, type RunPlace, runPaths } from './run-place.ts';
import { sealTree, syncPath } from './sync-directory.ts';
import { asWriteError, WriteError } from './write-error.ts';

/** Nobody else looks into a run that has not passed its gates. */
const PARTIAL_MODE = 0o700;
/**
 * At most, for the umask may take more away. What is handed over can be read by the owner and the group: de-identified is not
 * anonymous, so other users of the host are kept out until somebody decides otherwise. What the operator keeps is the owner's.
 */
const MODES = {
  [RELEASE_FOLDER]: { file: 0o644, directory: 0o750 },
  [OPERATOR_FOLDER]: { file: 0o600, directory: 0o700 },
} as const;
/** `OUT/<name>`, where there is none yet. */
const HOME_MODE = 0o755;

/** The folders of a run: what is handed over, and what stays. */
export type RunFolder = keyof typeof MODES;

export interface PartialRunOptions extends LockOptions {
  readonly moves?: Moves;
  /** lets `latest` point at this run, even if the run that it points at is of a later date */
  readonly setLatest?: boolean;
  /** the lock of this place, if the caller took it earlier; it is given back as if it had been taken here */
  readonly lock?: RunLock;
}

/** A run that stands in its place. */
export interface PublishedRun {
  readonly directory: string;
  readonly outcome: PublishOutcome;
  /** the run that `latest` points at now */
  readonly latest: LatestRun;
}

/**
 * A run that is being written, in a hidden directory beside the published ones. It ends in `publish` or in `abandon`;
 * if the process dies instead, the published runs are as they were, and the next run clears up.
 */
export class PartialRun {
  readonly #paths: RunPaths;
  readonly #lock: RunLock;
  readonly #moves: Moves;
  /** as it was when this run began; null where this run is to be the latest whatever its date */
  readonly #latest: LatestRun | null;

  private constructor(paths: RunPaths, lock: RunLock, moves: Moves, latest: LatestRun | null) {
    this.#paths = paths;
    this.#lock = lock;
    this.#moves = moves;
    this.#latest = latest;
  }

  /**
   * Takes the lock of `OUT/<name>`, clears up after dead runs and makes the hidden directory.
   *
   * @throws WriteError `locked` when another run is at it, `permission`, `bad-name`
   * @throws TallystickError (exit 1) where the latest run is damaged
   */
  static async open(place: RunPlace, options: PartialRunOptions = {}): Promise<PartialRun> {
    const { notice = () => {}, processes = systemProcesses, moves = systemMoves } = options;
    const paths = runPaths(place, processes.owner);
    await makeHome(paths.home);
    const lock = options.lock ?? (await RunLock.take(paths.lock, options));
    let latest: LatestRun | null;
    try {
      latest = await readLatest(paths);
      const alive = await clearLeftovers(paths.home, processes, notice, options);
      await clearLinkMaps(paths.home, alive, notice);
      await mkdir(paths.partial, { mode: PARTIAL_MODE });
      const text = ownerText(processes, options.now);
      await writeFile(paths.mark, text, { mode: MODES[OPERATOR_FOLDER].file });
      startBeating(paths.mark, text);
      for (const folder of [RELEASE_FOLDER, OPERATOR_FOLDER] as const) {
        await mkdir(join(paths.partial, folder), { mode: MODES[folder].directory });
      }
    } catch (error) {
      await lock.release();
      throw error instanceof TallystickError ? error : asWriteError(paths.home, error);
    }
    return new PartialRun(paths, lock, moves, options.setLatest === true ? null : latest);
  }

  /** The hidden directory. */
  get directory(): string {
    return this.#paths.partial;
  }

  /** Where a file of the run is written, for writers of their own such as `ArrowFileWriter`. */
  pathOf(folder: RunFolder, file: string): string {
    return join(this.#paths.partial, folder, file);
  }

  /** Writes a text file of the run; directories on the way are made. @throws WriteError */
  async writeText(folder: RunFolder, file: string, text: string): Promise<FileDigest> {
    const path = this.pathOf(folder, file);
    const modes = MODES[folder];
    await mkdir(dirname(path), { recursive: true, mode: modes.directory });
    const target = await DigestingFile.create(path, modes.file);
    try {
      target.write([Buffer.from(text, 'utf8')]);
      return await target.finish();
    } catch (error) {
      await target.discard();
      throw error;
    }
  }

  /**
   * Takes a copy of the run's link map, to stand beside the run once that is published and never in it.
   *
   * @param from a private file
   */
  keepLinkMap(from: string): Promise<FileDigest> {
    return copyLinkMap(from, this.#paths);
  }

  /**
   * Writes the manifest and the operator's record, brings everything to the disk, puts the run in its place, lets `latest`
   * point at it unless that is of a later date, and gives the lock back. After an error call `abandon`.
   *
   * @param record without what it says of the manifest, which is written here
   * @throws WriteError `bad-data` when a file that the manifest lists is not there in full
   */
  async publish(manifest: RunManifest, record: Omit<OperatorRecord, 'manifest'>): Promise<PublishedRun> {
    for (const { file, bytes } of manifest.outputs) await this.#checkSize(file, bytes);
    const written = await this.writeText(RELEASE_FOLDER, MANIFEST_FILE, manifestText(manifest));
    await this.writeText(OPERATOR_FOLDER, RECORD_FILE, recordText({ ...record, manifest: written }));
    await this.#seal();
    await this.#lock.assertHeld();
    const outcome = await putInPlace(this.#paths, this.#moves);
    await putLinkMap(this.#paths, this.#moves);
    const { id: runId, date: runDate } = manifest.run;
    const moves = movesLatest(this.#latest, runDate);
    if (moves) await pointLatest(this.#paths, this.#moves);
    await this.#lock.release();
    const latest = moves || this.#latest === null ? { runId, runDate } : this.#latest;
    return { directory: this.#paths.published, outcome, latest };
  }

  /** Removes what was written and gives the lock back. */
  async abandon(): Promise<void> {
    stopBeating(this.#paths.mark);
    try {
      await rm(this.#paths.partial, { recursive: true, force: true });
      await dropPartialMap(this.#paths);
    } finally {
      await this.#lock.release();
    }
  }

  /** The run's own folder is as open as its release, whose mode the system made under the umask. */
  async #seal(): Promise<void> {
    const { partial, mark } = this.#paths;
    stopBeating(mark);
    await rm(mark);
    for (const folder of [RELEASE_FOLDER, OPERATOR_FOLDER] as const) {
      await sealTree(join(partial, folder), MODES[folder]);
    }
    const { mode } = await stat(join(partial, RELEASE_FOLDER));
    await chmod(partial, mode & 0o7777);
    await syncPath(partial);
  }

  async #checkSize(file: string, bytes: number): Promise<void> {
    const path = this.pathOf(RELEASE_FOLDER, file);
    const there = await stat(path).catch((error: unknown) => {
      throw asWriteError(path, error);
    });
    if (there.size !== bytes)
      throw new WriteError('bad-data', path, 'its size is not the one in the manifest');
  }
}

/** Makes `OUT/<name>`, never wider than the umask and never open to others for writing. @throws WriteError */
export async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: HOME_MODE }).catch((error: unknown) => {
    throw asWriteError(home, error);
  });
}

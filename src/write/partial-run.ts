import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clearLeftovers } from './clear-leftovers.ts';
import { DigestingFile, type FileDigest } from './digesting-file.ts';
import { clearLinkMaps, copyLinkMap, dropPartialMap, putLinkMap } from './kept-link-map.ts';
import { type OperatorRecord, RECORD_FILE, recordText } from './operator-record.ts';
import { systemProcesses } from './process-probe.ts';
import {
  checkLatest,
  type Moves,
  type PublishOutcome,
  pointLatest,
  putInPlace,
  systemMoves,
} from './published-run.ts';
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
  /** the lock of this place, if the caller took it earlier; it is given back as if it had been taken here */
  readonly lock?: RunLock;
}

/** A run that stands in its place. */
export interface PublishedRun {
  readonly directory: string;
  readonly outcome: PublishOutcome;
}

/**
 * A run that is being written, in a hidden directory beside the published ones. It ends in `publish` or in `abandon`;
 * if the process dies instead, the published runs are as they were, and the next run clears up.
 */
export class PartialRun {
  readonly #paths: RunPaths;
  readonly #lock: RunLock;
  readonly #moves: Moves;

  private constructor(paths: RunPaths, lock: RunLock, moves: Moves) {
    this.#paths = paths;
    this.#lock = lock;
    this.#moves = moves;
  }

  /**
   * Takes the lock of `OUT/<name>`, clears up after dead runs and makes the hidden directory.
   *
   * @throws WriteError `locked` when another run is at it, `permission`, `bad-name`
   */
  static async open(place: RunPlace, options: PartialRunOptions = {}): Promise<PartialRun> {
    const { notice = () => {}, processes = systemProcesses, moves = systemMoves } = options;
    const paths = runPaths(place, processes.pid);
    await makeHome(paths.home);
    const lock = options.lock ?? (await RunLock.take(paths.lock, options));
    try {
      await checkLatest(paths);
      await clearLeftovers(paths.home, processes, notice);
      await clearLinkMaps(paths.home, processes, notice);
      await mkdir(paths.partial, { mode: PARTIAL_MODE });
      for (const folder of [RELEASE_FOLDER, OPERATOR_FOLDER] as const) {
        await mkdir(join(paths.partial, folder), { mode: MODES[folder].directory });
      }
    } catch (error) {
      await lock.release();
      throw asWriteError(paths.home, error);
    }
    return new PartialRun(paths, lock, moves);
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
   * point at it and gives the lock back. After an error call `abandon`.
   *
   * @param record without what it says of the manifest, which is written here
   * @throws WriteError `bad-data` when a file that the manifest lists is not there in full
   */
  async publish(manifest: RunManifest, record: Omit<OperatorRecord, 'manifest'>): Promise<PublishedRun> {
    for (const { file, bytes } of manifest.outputs) await this.#checkSize(file, bytes);
    const written = await this.writeText(RELEASE_FOLDER, MANIFEST_FILE, manifestText(manifest));
    await this.writeText(OPERATOR_FOLDER, RECORD_FILE, recordText({ ...record, manifest: written }));
    await this.#seal();
    const outcome = await putInPlace(this.#paths, this.#moves);
    await putLinkMap(this.#paths, this.#moves);
    await pointLatest(this.#paths, this.#moves);
    await this.#lock.release();
    return { directory: this.#paths.published, outcome };
  }

  /** Removes what was written and gives the lock back. */
  async abandon(): Promise<void> {
    try {
      await rm(this.#paths.partial, { recursive: true, force: true });
      await dropPartialMap(this.#paths);
    } finally {
      await this.#lock.release();
    }
  }

  /** The run's own folder is as open as its release, whose mode the system made under the umask. */
  async #seal(): Promise<void> {
    const { partial } = this.#paths;
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

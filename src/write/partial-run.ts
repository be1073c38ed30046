import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clearLeftovers } from './clear-leftovers.ts';
import { DigestingFile, type FileDigest } from './digesting-file.ts';
import { clearLinkMaps, copyLinkMap, dropPartialMap, putLinkMap } from './kept-link-map.ts';
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
import { type RunPaths, type RunPlace, runPaths } from './run-place.ts';
import { sealTree } from './sync-directory.ts';
import { asWriteError, WriteError } from './write-error.ts';

/** Nobody else looks into a run that has not passed its gates. */
const PARTIAL_MODE = 0o700;
/**
 * A published run: its files are readable, and its directory lets the owner and the group through. De-identified is
 * not anonymous, so other users of the host are kept out until somebody decides otherwise.
 */
const PUBLISHED_MODES = { file: 0o644, directory: 0o750 };

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
    await mkdir(paths.home, { recursive: true }).catch((error: unknown) => {
      throw asWriteError(paths.home, error);
    });
    const lock = options.lock ?? (await RunLock.take(paths.lock, options));
    try {
      await checkLatest(paths);
      await clearLeftovers(paths.home, processes, notice);
      await clearLinkMaps(paths.home, processes, notice);
      await mkdir(paths.partial, { mode: PARTIAL_MODE });
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
  pathOf(file: string): string {
    return join(this.#paths.partial, file);
  }

  /** Writes a text file of the run; directories on the way are made. @throws WriteError */
  async writeText(file: string, text: string): Promise<FileDigest> {
    const path = this.pathOf(file);
    await mkdir(dirname(path), { recursive: true, mode: PARTIAL_MODE });
    const target = await DigestingFile.create(path);
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
   * Writes the manifest, brings everything to the disk, puts the run in its place, lets `latest` point at it and gives
   * the lock back. After an error call `abandon`.
   *
   * @throws WriteError `bad-data` when a file that the manifest lists is not there in full
   */
  async publish<Receipts, OptOuts, Gate>(
    manifest: RunManifest<Receipts, OptOuts, Gate>,
  ): Promise<PublishedRun> {
    for (const { file, bytes } of manifest.outputs) await this.#checkSize(file, bytes);
    await this.writeText(MANIFEST_FILE, manifestText(manifest));
    await sealTree(this.#paths.partial, PUBLISHED_MODES);
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

  async #checkSize(file: string, bytes: number): Promise<void> {
    const path = this.pathOf(file);
    const there = await stat(path).catch((error: unknown) => {
      throw asWriteError(path, error);
    });
    if (there.size !== bytes)
      throw new WriteError('bad-data', path, 'its size is not the one in the manifest');
  }
}

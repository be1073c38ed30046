import { chmod, mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TallystickError } from '../domain/problem.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { DigestingFile, type FileDigest } from './digesting-file.ts';
import { startBeating, stopBeating } from './heartbeat.ts';
import { clearLinkMaps, copyLinkMap, dropPartialMap, putLinkMap } from './kept-link-map.ts';
import { type LatestRun, movesLatest, pointLatest, readLatest } from './latest-run.ts';
import { makeFolders } from './make-folders.ts';
import { type OperatorRecord, RECORD_FILE, recordText } from './operator-record.ts';
import { ownerText } from './owner-mark.ts';
import { systemProcesses } from './process-probe.ts';
import { type Moves, type PublishOutcome, putInPlace, systemMoves } from './published-run.ts';
import { type LockOptions, RunLock } from './run-lock.ts';
import { MANIFEST_FILE, manifestText, type RunManifest } from './run-manifest.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER, type RunPaths, type RunPlace, runPaths } from './run-place.ts';
import { sealTree, syncPath } from './sync-directory.ts';
import { asWriteError, WriteError } from './write-error.ts';

/** Nobody else may read a run that has not passed its gates. */
const PARTIAL_MODE = 0o700;
/**
 * The widest modes; the umask may remove more. Owner and group can read the release: de-identified is not anonymous, so other users
 * of the host are excluded until somebody decides otherwise. Only the owner can read the operator's folder.
 */
const MODES = {
  [RELEASE_FOLDER]: { file: 0o644, directory: 0o750 },
  [OPERATOR_FOLDER]: { file: 0o600, directory: 0o700 },
} as const;
/** The mode of `OUT/<name>`, where it is created. */
const HOME_MODE = 0o755;

/** The folders of a run: release and operator. */
export type RunFolder = keyof typeof MODES;

export interface PartialRunOptions extends LockOptions {
  readonly moves?: Moves;
  /** makes `latest` point at this run, even if it points at a run of a later date */
  readonly setLatest?: boolean;
  /**
   * when the published run of the same id was made, which this one replaces and is no newer than: `latest` stays where it is, and
   * the manifest keeps this time, by which runs of one date are ordered
   */
  readonly madeAt?: Date;
  /** the lock of this folder, if the caller took it earlier; it is released as if it had been taken here */
  readonly lock?: RunLock;
}

/** A published run. */
export interface PublishedRun {
  readonly directory: string;
  readonly outcome: PublishOutcome;
  /** the run that `latest` points at now */
  readonly latest: LatestRun;
}

/**
 * A run that is being written, in a hidden directory beside the published ones. It ends in `publish` or in `abandon`;
 * if the process dies instead, the published runs are unchanged, and the next run clears up.
 */
export class PartialRun {
  readonly #paths: RunPaths;
  readonly #lock: RunLock;
  readonly #moves: Moves;
  /** its target when this run began; null where this run becomes the latest whatever its date */
  readonly #latest: LatestRun | null;
  readonly #madeAt: Date | null;

  private constructor(
    paths: RunPaths,
    lock: RunLock,
    moves: Moves,
    latest: LatestRun | null,
    madeAt: Date | null,
  ) {
    this.#paths = paths;
    this.#lock = lock;
    this.#moves = moves;
    this.#latest = latest;
    this.#madeAt = madeAt;
  }

  /**
   * Takes the lock of `OUT/<name>`, clears up after dead runs and makes the hidden directory.
   *
   * @throws WriteError `locked` when another run holds the lock, `permission`, `bad-name`
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
    return new PartialRun(
      paths,
      lock,
      moves,
      options.setLatest === true ? null : latest,
      options.madeAt ?? null,
    );
  }

  /** The hidden directory. */
  get directory(): string {
    return this.#paths.partial;
  }

  /** The path of a file of the run, for other writers such as `ArrowFileWriter`. */
  pathOf(folder: RunFolder, file: string): string {
    return join(this.#paths.partial, folder, file);
  }

  /** Writes a text file of the run; missing folders are made. @throws WriteError */
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
   * Copies the run's link map, which will be beside the run once it is published, never in it.
   *
   * @param from a private file
   */
  keepLinkMap(from: string): Promise<FileDigest> {
    return copyLinkMap(from, this.#paths);
  }

  /**
   * Writes the manifest and the operator's record, syncs everything to the disk, moves the run to its place, makes `latest` point at
   * it unless `latest` has a later date, and releases the lock. After an error call `abandon`.
   *
   * @param record the record without its reference to the manifest, which is added here
   * @throws WriteError `bad-data` when a file in the manifest is missing or incomplete
   */
  async publish(manifest: RunManifest, record: Omit<OperatorRecord, 'manifest'>): Promise<PublishedRun> {
    for (const { file, bytes } of manifest.outputs) await this.#checkSize(file, bytes);
    const written = await this.writeText(RELEASE_FOLDER, MANIFEST_FILE, manifestText(manifest));
    await this.writeText(OPERATOR_FOLDER, RECORD_FILE, recordText({ ...record, manifest: written }));
    if (this.#madeAt !== null) {
      await utimes(this.pathOf(RELEASE_FOLDER, MANIFEST_FILE), this.#madeAt, this.#madeAt);
    }
    await this.#seal();
    await this.#lock.assertHeld();
    const outcome = await putInPlace(this.#paths, this.#moves);
    await putLinkMap(this.#paths, this.#moves);
    const { id: runId, date: runDate } = manifest.run;
    const moves = this.#madeAt === null && movesLatest(this.#latest, runDate);
    if (moves) await pointLatest(this.#paths, this.#moves);
    await this.#lock.release();
    const latest = moves || this.#latest === null ? { runId, runDate } : this.#latest;
    return { directory: this.#paths.published, outcome, latest };
  }

  /** Removes the partial run and releases the lock. */
  async abandon(): Promise<void> {
    stopBeating(this.#paths.mark);
    try {
      await rm(this.#paths.partial, { recursive: true, force: true });
      await dropPartialMap(this.#paths);
    } finally {
      await this.#lock.release();
    }
  }

  /** The run's own folder gets the mode of its release folder, which the umask has limited. */
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

/** Makes `OUT/<name>`, never wider than the umask allows, and never writable by others. @throws WriteError */
export async function makeHome(home: string): Promise<void> {
  try {
    makeFolders(home, HOME_MODE);
  } catch (error) {
    throw asWriteError(home, error);
  }
}

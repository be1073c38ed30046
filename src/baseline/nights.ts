import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, settleFindings, type Warning } from '../domain/finding.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { aboutBaseline } from './about-baseline.ts';
import type { Acceptance } from './acceptance.ts';
import { nightsBefore, withNight } from './baseline.ts';
import { baselineText, replaceBaseline, writeBaseline } from './baseline-file.ts';
import { compareLinked } from './compare-linked.ts';
import { compareOptedOut, compareOptOutLists } from './compare-opt-outs.ts';
import { compareRows } from './compare-rows.ts';
import { compareValid } from './compare-valid.ts';
import type { Delivery, Linkage, Measure, Night } from './night.ts';
import { type OpenBaseline, openBaseline } from './open-baseline.ts';

/** The nights with which a night was compared. */
export interface NightComparison {
  /** the number of earlier nights */
  readonly nights: number;
  /** true where nothing was published before; false where a new baseline was requested */
  readonly isFirstNight: boolean;
  /** run dates of the first and the last of them; null where there are none */
  readonly from: string | null;
  readonly to: string | null;
}

type Log = (event: { readonly level: 'warn'; readonly message: string }) => void;

/**
 * One night among the earlier nights of its pipeline: compared before and after linkage, and kept once it is published. Findings
 * depend on earlier nights, so they are printed and logged, and never part of what is published: the same inputs give the same
 * bytes.
 */
export class Nights {
  readonly #home: string;
  readonly #pipeline: Pipeline;
  readonly #key: KeyRing;
  readonly #acceptance: Acceptance;
  readonly #opened: OpenBaseline;
  readonly #delivery: Delivery;
  readonly #log: Log;
  readonly #warnings: Warning[] = [];
  #linkage: Linkage | null = null;
  #before: string | null | undefined;

  private constructor(
    home: string,
    pipeline: Pipeline,
    key: KeyRing,
    acceptance: Acceptance,
    opened: OpenBaseline,
    delivery: Delivery,
    log: Log,
  ) {
    this.#home = home;
    this.#pipeline = pipeline;
    this.#key = key;
    this.#acceptance = acceptance;
    this.#opened = opened;
    this.#delivery = delivery;
    this.#log = log;
  }

  /**
   * Opens the baseline and compares what was delivered with earlier nights.
   *
   * @param home `OUT/<name>`, whose lock is held
   * @throws TallystickError (exit 1) with everything that exceeds a limit, or for a baseline that cannot be trusted;
   * (exit 3) for keys that are not the pinned ones
   */
  static async open(
    home: string,
    pipeline: Pipeline,
    key: KeyRing,
    acceptance: Acceptance,
    delivery: Delivery,
    log: Log,
  ): Promise<Nights> {
    const opened = await openBaseline(home, pipeline.name, delivery.keyIds, key, acceptance);
    const nights = new Nights(home, pipeline, key, acceptance, opened, delivery, log);
    const { expect } = pipeline;
    nights.#settle([
      ...aboutBaseline(opened, delivery.date),
      ...nights.#judge('rows', compareRows(expect.rows, nights.#earlier, delivery)),
      ...nights.#judge('valid', compareValid(expect.valid, nights.#earlier, delivery)),
      ...nights.#judge(
        'opt-outs',
        compareOptOutLists(expect.optOuts, nights.#earlier, opened.baseline?.peaks ?? {}, delivery),
      ),
    ]);
    return nights;
  }

  /** Compares linkage rates. @throws TallystickError (exit 1) with everything that exceeds a limit */
  compareLinkage(linkage: Linkage): void {
    this.#linkage = linkage;
    const { expect } = this.#pipeline;
    this.#settle([
      ...this.#judge('linked', compareLinked(expect.linked, this.#earlier, linkage)),
      ...this.#judge('opt-outs', compareOptedOut(expect.optOuts, this.#earlier, linkage)),
    ]);
  }

  /** All findings that did not stop the run. */
  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  get comparison(): NightComparison {
    const earlier = this.#earlier;
    return {
      nights: earlier.length,
      isFirstNight: this.#opened.isFirstNight,
      from: earlier[0]?.date ?? null,
      to: earlier.at(-1)?.date ?? null,
    };
  }

  /**
   * Adds this night to the baseline, then publishes; restores the baseline if publishing fails. Call it when the run has passed
   * all gates. A process that dies in between leaves a night in the baseline that was not published, with which later nights are
   * compared like any other; the other order could leave a published run that is not in the baseline.
   */
  async keepWith<T>(runId: string, publish: () => Promise<T>): Promise<T> {
    await this.#keep(runId);
    try {
      return await publish();
    } catch (fault) {
      await this.#takeBack(runId);
      throw fault;
    }
  }

  async #keep(runId: string): Promise<void> {
    this.#before = await baselineText(this.#home);
    const { changes } = this.#acceptance;
    const night: Night = {
      ...this.#delivery,
      ...this.#linkage!,
      runId,
      accepted: [...new Set(changes)].sort(),
    };
    const { name, expect } = this.#pipeline;
    const { baseline, publishedUntil } = this.#opened;
    await writeBaseline(
      this.#home,
      withNight(baseline, name, night, publishedUntil, expect.nights),
      this.#key,
    );
  }

  /** Restores the baseline after a run that could not be published. It is left where the run's folder exists after all. */
  async #takeBack(runId: string): Promise<void> {
    if (this.#before === undefined || existsSync(join(this.#home, runId))) return;
    await replaceBaseline(this.#home, this.#before);
  }

  get #earlier(): readonly Night[] {
    const { baseline } = this.#opened;
    return baseline === null ? [] : nightsBefore(baseline, this.#delivery.date);
  }

  #settle(findings: readonly Finding[]): void {
    this.#warnings.push(...settleFindings(findings, this.#log));
  }

  /** Accepted stops become warnings, so that they can be read later. */
  #judge(measure: Measure, findings: readonly Finding[]): Finding[] {
    if (!this.#acceptance.changes.includes(measure)) return [...findings];
    return findings.map(({ wayOut: _, ...finding }) => ({
      ...finding,
      severity: 'warn',
      message: `${finding.message} (accepted by --accept-change ${measure})`,
    }));
  }
}

import type { NightComparison } from '../baseline/nights.ts';
import type { Warning } from '../domain/finding.ts';
import type { ImplausibleRule } from '../domain/implausible.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Waiver } from '../domain/waiver.ts';
import type { LinkageAudit } from './audit/linkage-audit.ts';
import type { OptOutEffect, WhatIf } from './opt-outs/effect.ts';

/** The result of a finished run: counts, paths and times, and nothing about any person. */
export interface RunResult {
  readonly name: string;
  readonly runId: string;
  readonly runDate: string;
  /** absolute path of the published run */
  readonly directory: string;
  /** absolute path of its folder that is handed over */
  readonly release: string;
  readonly outcome: 'published' | 'unchanged' | 'replaced';
  /** the run that `latest` points at: this one, or one of a later date */
  readonly latest: { readonly runId: string; readonly runDate: string };
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly receipts: readonly Receipt[];
  readonly persons: PersonCounts;
  readonly optOuts: OptOutResult;
  /** what checks found and the run did not stop for */
  readonly warnings: readonly Warning[];
  /** what the pipeline file left out of opt-outs, with its reasons */
  readonly waivers: readonly Waiver[];
  /** the earlier nights that this one was compared with */
  readonly comparedWith: NightComparison;
  /** null where nothing is declared by which a link would be implausible */
  readonly implausible: ImplausibleCounts | null;
  readonly audit: LinkageAudit;
  /** in the release folder */
  readonly files: readonly { readonly file: string; readonly rows: number; readonly bytes: number }[];
  /** seconds by the clock, from the first stage to the last */
  readonly seconds: number;
  /** seconds of each stage; stages may overlap */
  readonly stages: Readonly<Record<string, number>>;
}

/** What opt-outs, and all other reasons why persons are held, took out of the release. */
export interface OptOutResult {
  readonly effect: OptOutEffect;
  readonly whatIf: readonly WhatIf[];
  /** types that are switched off for this agreement */
  readonly exempt: readonly { readonly type: string; readonly basis: string; readonly because: string }[];
}

export interface PersonCounts {
  readonly released: number;
  readonly typeTwoOptOut: number;
  readonly nationalOptOut: number;
  readonly heldBack: number;
  /** released persons met in exactly one, two, three care settings */
  readonly metIn: Readonly<Record<'1' | '2' | '3', number>>;
  /** released persons by combination of care settings */
  readonly bySettings: Readonly<Record<string, number>>;
}

/** Links by the number of the match rank that made them; 0 is a link that no rank of the ladder holds of. */
export type CountByRank = Readonly<Record<string, number>>;

/** What no one person can have done (src/linker/link/implausible/README.md). A link is a subject that joins one before it in the order of trust. */
export interface ImplausibleCounts {
  /** of the rules and their figures */
  readonly version: string;
  /** implausible links were taken apart; false only counts them */
  readonly isQuarantined: boolean;
  /** all links, implausible or not */
  readonly links: CountByRank;
  /** links of which one rule holds or several */
  readonly implausible: CountByRank;
  /** links of which each rule holds; null for a rule that could not be asked, for want of a declaration */
  readonly rules: Readonly<Record<ImplausibleRule, CountByRank | null>>;
}

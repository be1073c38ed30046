import type { Waiver } from '../../domain/waiver.ts';

/** As much of a release's manifest as a comparison needs. */
export interface ComparedManifest {
  readonly tool: { readonly version: string };
  readonly run: { readonly name: string; readonly id: string; readonly date: string };
  readonly agreement: string;
  readonly recipient?: string | undefined;
  readonly keyIds: {
    readonly linkage: string;
    readonly release: string;
    readonly store?: string | undefined;
  };
  readonly rulesVersion: string;
  readonly outputs: readonly {
    readonly table: string;
    readonly columns: readonly ComparedColumn[];
  }[];
}

/** A released column. */
export interface ComparedColumn {
  readonly name: string;
  readonly type: string;
  readonly role: string;
  readonly rule: string;
  readonly source: string;
}

/** As much of the operator's record. */
export interface ComparedRecord {
  /** absent, as `lists` and `settings` are, in records of earlier versions */
  readonly pipeline?: { readonly sha256: string } | undefined;
  readonly lists?: Readonly<Record<string, string>> | undefined;
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly outputs: readonly { readonly table: string; readonly rows: number }[];
  readonly optOuts: {
    readonly register: Readonly<Record<string, number>> | null;
    readonly lists?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
    readonly nationalAllowed: number | null;
    readonly coded: number | null;
    readonly waived?: readonly Waiver[] | undefined;
  };
  readonly inputs: readonly {
    readonly source: string;
    readonly table: string;
    readonly sha256: string;
    readonly rows: number;
  }[];
  readonly receipts: {
    readonly rows: readonly {
      readonly stage: string;
      readonly source: string;
      readonly table: string;
      readonly rowsOut: number;
      readonly dropped: Readonly<Record<string, number>>;
    }[];
    readonly persons: {
      readonly released: number;
      readonly typeTwoOptOut: number;
      readonly nationalOptOut: number;
      readonly heldBack: number;
      readonly metIn: Readonly<Record<'1' | '2' | '3', number>>;
    };
    readonly standardised: readonly {
      readonly source: string;
      readonly table: string;
      readonly column: string;
      readonly outcomes: Readonly<Record<string, number>>;
    }[];
  };
  readonly linkage?: { readonly map?: ComparedMap | undefined } | undefined;
}

/** A published run: its release folder, and its operator's record if there is one. */
export interface ComparedRelease {
  readonly manifest: ComparedManifest;
  readonly record: ComparedRecord | null;
}

/** A whole run as one. Tables are those of the record, with their rows. */
export type ComparedRun = Omit<ComparedManifest, 'outputs'> & ComparedRecord;

/** The entry of the run's link map in the operator's record. */
export interface ComparedMap {
  readonly rows: number;
  readonly sha256: string;
  readonly optOuts: string;
  readonly rules: Readonly<Record<string, string>>;
}

/** As much of a published run's manifest and of the operator's record as a comparison needs. */
export interface ComparedRun {
  readonly tool: { readonly version: string };
  readonly run: { readonly name: string; readonly id: string; readonly date: string };
  readonly agreement: string;
  readonly keyIds: { readonly linkage: string; readonly release: string };
  readonly rulesVersion: string;
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

/** What the record says of the run's link map. */
export interface ComparedMap {
  readonly rows: number;
  readonly sha256: string;
  readonly optOuts: string;
  readonly rules: Readonly<Record<string, string>>;
}

/** Something that differs between two releases, or in what decided them. */
export interface ReleaseChange {
  readonly what:
    | 'pipeline'
    | 'agreement'
    | 'recipient'
    | 'linkage key'
    | 'release key'
    | 'store key'
    | 'version of tallystick'
    | 'version of the rules'
    | 'table'
    | 'order of columns'
    | 'column'
    | 'rule'
    | 'type'
    | 'role'
    | 'source'
    | 'pipeline file'
    | 'list'
    | 'setting'
    | 'waiver';
  /** which table, `table.column`, list, setting or waiver; null where a run has one only */
  readonly which: string | null;
  /** what it was, in words or as a digest; null where A has none */
  readonly a: string | null;
  readonly b: string | null;
}

/** Something that cannot be compared. */
export interface NotCompared {
  readonly what: string;
  readonly why: string;
}

/** What differs between two releases, as far as it is known without any link map. */
export interface ReleaseComparison {
  readonly changes: readonly ReleaseChange[];
  readonly notCompared: readonly NotCompared[];
}

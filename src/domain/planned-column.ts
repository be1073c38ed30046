/** The description of a released column that Arrow schema and data dictionary share. */
export interface PlannedColumn {
  readonly name: string;
  /** Arrow type, or one of two special texts: a fixed dictionary, and hashed ids */
  readonly type:
    | 'int8'
    | 'int16'
    | 'int32'
    | 'int64'
    | 'float64'
    | 'date32'
    | 'timestamp-us'
    | 'dictionary'
    | 'hex-token';
  readonly role: string;
  /** the code system of a code column, null for others */
  readonly system: string | null;
  /** `source.table.column`, or what it is derived from */
  readonly source: string;
  /** the rule in words */
  readonly rule: string;
  readonly description: string;
}

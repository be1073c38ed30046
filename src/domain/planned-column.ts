/** The description of a released column that SQL, Arrow schema and data dictionary share. */
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
  /** SQL for its values, over a stored row called `row`; text for a dictionary */
  readonly sql: string;
  /** ENUM type of the texts that a rule has made; null where they are kept as they are, and for other columns */
  readonly enumType: string | null;
  readonly role: string;
  /** the code system of a code column, null for others */
  readonly system: string | null;
  /** `source.table.column`, or what it is derived from */
  readonly source: string;
  /** the rule in words */
  readonly rule: string;
  readonly description: string;
}

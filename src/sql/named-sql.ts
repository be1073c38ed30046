/** One computed column: a plain SQL identifier, and the expression for it. */
export interface NamedSql {
  readonly name: string;
  readonly sql: string;
}

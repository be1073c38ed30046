/** The result of one check of this machine. */
export interface MachineFinding {
  readonly what: string;
  readonly verdict: 'ok' | 'warning' | 'failed';
  readonly found: string;
  readonly wayOut?: string;
}

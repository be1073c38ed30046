/** One thing that was looked at on this machine. */
export interface MachineFinding {
  readonly what: string;
  readonly verdict: 'ok' | 'warning' | 'failed';
  readonly found: string;
  readonly wayOut?: string;
}

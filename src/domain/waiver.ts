/** A protection that was left out, with the reason that the pipeline file gives. */
export interface Waiver {
  /** what was left out, in words */
  readonly what: string;
  readonly reason: string;
}

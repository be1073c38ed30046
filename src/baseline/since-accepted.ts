import type { Measure, Night } from './night.ts';

/** The nights since a change was last accepted, including that night; all nights where no change was accepted. */
export function sinceAccepted(nights: readonly Night[], measure: Measure): readonly Night[] {
  const last = nights.findLastIndex(({ accepted }) => accepted.includes(measure));
  return nights.slice(Math.max(0, last));
}

import type { Finding } from '../domain/finding.ts';
import { isOlderThanNewest } from './baseline.ts';
import type { OpenBaseline } from './open-baseline.ts';

/** Warnings about the nights with which a night is compared. */
export function aboutBaseline(
  { baseline, isFirstNight, isUnchecked }: OpenBaseline,
  date: string,
): Finding[] {
  const warn = (message: string): Finding => ({ check: 'night-baseline', severity: 'warn', message });
  if (baseline === null) {
    return isFirstNight
      ? []
      : [warn('a new baseline begins with this night: it was not compared with any other')];
  }
  return [
    ...(isUnchecked
      ? [
          warn(
            'the earlier nights were sealed with another release key, so it is unknown whether they were edited; from tonight on they are sealed with the new one',
          ),
        ]
      : []),
    ...(isOlderThanNewest(baseline, date)
      ? [
          warn(
            `the baseline holds nights up to ${baseline.nights.at(-1)?.date}: the night of ${date} is compared with those up to its own date, and is not kept`,
          ),
        ]
      : []),
  ];
}

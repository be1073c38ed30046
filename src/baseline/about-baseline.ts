import type { Finding } from '../domain/finding.ts';
import { isOlderThanNewest } from './baseline.ts';
import type { OpenBaseline } from './open-baseline.ts';

/** What has to be known of what a night is compared with: warnings only. */
export function aboutBaseline(
  { baseline, isFirstNight, isUnchecked }: OpenBaseline,
  date: string,
): Finding[] {
  const warn = (message: string): Finding => ({ check: 'night-baseline', severity: 'warn', message });
  if (baseline === null) {
    return isFirstNight ? [] : [warn('a new baseline begins with this night: it was compared with nothing')];
  }
  return [
    ...(isUnchecked
      ? [
          warn(
            'the earlier nights were kept under another release key, so that nobody can tell whether they were edited; from tonight on they are kept under the new one',
          ),
        ]
      : []),
    ...(isOlderThanNewest(baseline, date)
      ? [
          warn(
            `the baseline holds nights up to ${baseline.nights.at(-1)?.date}: this one of ${date} is compared with those up to its own date, and is not kept`,
          ),
        ]
      : []),
  ];
}

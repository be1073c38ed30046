import type { Finding } from '../../domain/finding.ts';
import { judgeOptOutDate, type OptOutEvent } from '../../domain/opt-out.ts';

/**
 * Says of how many opt-outs the date is not what it should be: it has not come yet, or it cannot be believed.
 *
 * @param events each as often as it occurs: once, or `times`
 * @param where where the events were recorded, in words
 */
export function judgeDates(
  events: readonly { readonly event: OptOutEvent; readonly times?: number }[],
  where: string,
  runDate: string,
): Finding[] {
  let coming = 0;
  const unbelievable = { registered: 0, withdrawn: 0 };
  for (const { event, times = 1 } of events) {
    const worth = judgeOptOutDate(event.date, runDate);
    if (worth === 'coming') coming += times;
    if (worth === 'unbelievable') unbelievable[event.kind] += times;
  }
  const warn = (message: string, wayOut: string): Finding => ({
    check: 'opt-out-dates',
    severity: 'warn',
    message,
    wayOut,
  });
  const { registered, withdrawn } = unbelievable;
  return [
    ...(coming === 0
      ? []
      : [
          warn(
            `${coming} opt-out events in ${where} are dated after the run date`,
            'each counts from its day on; see that none is a mistake',
          ),
        ]),
    ...(registered + withdrawn === 0
      ? []
      : [
          warn(
            `${registered + withdrawn} opt-out events in ${where} have a placeholder or an impossible date`,
            `${registered} registrations are in force whatever else is recorded, and ${withdrawn} withdrawals count for nothing`,
          ),
        ]),
  ];
}

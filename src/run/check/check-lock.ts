import { join } from 'node:path';
import { EXIT } from '../../domain/problem.ts';
import { lookAtLock } from '../../write/run-lock.ts';
import { attempt, type DeliveryFinding, failed, ok, warning } from './delivery-finding.ts';

const WHAT = 'lock';

/**
 * Whether another run is at it. Nothing is taken over.
 *
 * @param home `OUT/<name>`, which need not be there
 */
export async function checkLock(home: string): Promise<DeliveryFinding> {
  const file = join(home, '.lock');
  const sight = await attempt(WHAT, () => lookAtLock(file));
  if ('fault' in sight) return sight.fault;
  switch (sight.value.state) {
    case 'free':
      return ok(WHAT, 'no other run is publishing here');
    case 'alive':
      return failed(WHAT, EXIT.environment, [
        {
          file,
          message: `${sight.value.holder} has been publishing here`,
          wayOut: 'wait until it is done, or publish to another folder with --out',
        },
      ]);
    case 'dead':
      return ok(WHAT, `left by ${sight.value.holder}, which is gone: the next run takes it over`);
    case 'unknown':
      return warning(WHAT, {
        file,
        message: `is held by ${sight.value.holder}, of which nothing can be known from here`,
        wayOut: 'a run waits for a sign of life, and takes the lock over if there is none',
      });
  }
}

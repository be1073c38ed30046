import { canonicalCode } from '../domain/clinical-code.ts';
import { readListedCode } from '../domain/listed-code.ts';
import type { Complain } from './complain.ts';
import type { Path } from './locate.ts';
import type { OptOutSpec } from './pipeline.ts';
import type { PipelineFile } from './schema.ts';

/** The declared opt-out codes and look-alikes; each must be a code that a cell of its system can hold. */
export function completeOptOutCodes(
  given: PipelineFile['optOuts'],
  complain: Complain,
): Pick<OptOutSpec, 'codeOverrides' | 'lookAlikes'> {
  const keyOf = (one: Parameters<typeof readEntry>[0], path: Path) => readEntry(one, path, complain);
  const events = new Map<string, string>();
  const overrides = given.codeOverrides ?? [];
  for (const [index, override] of overrides.entries()) {
    const path = ['optOuts', 'codeOverrides', index, 'code'];
    const key = keyOf(override, path);
    if (key === null) continue;
    const event = `${override.type} ${override.event}`;
    if ((events.get(key) ?? event) !== event) {
      complain(
        path,
        'this is declared for another event already: an earlier entry has the same canonical form',
      );
    }
    events.set(key, event);
  }
  const lookAlikes = given.lookAlikes ?? [];
  for (const [index, lookAlike] of lookAlikes.entries()) {
    const path = ['optOuts', 'lookAlikes', index, 'code'];
    const key = damagedKey(lookAlike) ?? keyOf(lookAlike, path);
    if (key !== null && events.has(key)) complain(path, 'this is declared as an opt-out code too');
  }
  return {
    codeOverrides: overrides.map(({ event, ...rest }) => ({ ...rest, kind: event })),
    lookAlikes: lookAlikes.map(({ system, code }) => ({ system, code })),
  };
}

/** The key of a number that is no SNOMED CT identifier: a cell may hold it and resemble a damaged opt-out code. */
function damagedKey({ system, code }: Parameters<typeof readEntry>[0]): string | null {
  const digits = system === 'snomed' ? canonicalCode(system, code) : null;
  return digits === null ? null : `${system} ${digits}`;
}

function readEntry(
  { system, code }: { readonly system: 'read-v2' | 'ctv3' | 'snomed'; readonly code: string },
  path: Path,
  complain: Complain,
): string | null {
  const entry = readListedCode(system, code, 'exact');
  if (!('fault' in entry)) return `${system} ${entry.code}`;
  complain(path, entry.fault, 'no cell would ever match it');
  return null;
}

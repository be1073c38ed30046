import type { TokenKind } from '../../keys/recipes.ts';
import { type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import type { GpStops } from '../tokenise/gp-stops.ts';
import { eachStoredToken, type StoredTokens } from '../tokenise/stored-tokens.ts';
import { TokenSet } from '../tokenise/token-set.ts';

/**
 * Notes which keys of a GP table were let through, so that rows which point at any other stop above the boundary.
 *
 * To be asked for only where the table has quarantined rows whose key is unknown: whatever points at nothing that was
 * let through may point at one of those. It takes 34 to 68 bytes of memory for each row of the table.
 *
 * @param stored the stored rows
 * @param rows how many they are
 */
export function noteLetThrough(
  pipeline: Pipeline,
  plan: TokenPlan,
  stored: StoredTokens,
  rows: number,
  { letThrough }: GpStops,
): void {
  const key = keyPointedAt(plan, pipeline);
  if (key === null) return;
  const tokens = new TokenSet(rows);
  eachStoredToken(key.token, stored, (...token) => tokens.add(...token));
  letThrough.set(key.kind, tokens);
}

/** The key by which rows of other tables point at this table's; null where none do. */
function keyPointedAt(
  { table, subject, record }: TokenPlan,
  pipeline: Pipeline,
): { readonly token: 'subject' | 'record'; readonly kind: TokenKind } | null {
  if (table.kind === 'patients' && subject.by === 'patient-key')
    return { token: 'subject', kind: subject.key.kind };
  const isPointedAt = tablesOf(pipeline).some(({ columns }) =>
    columns.some(({ references }) => references === table.name),
  );
  return record === null || !isPointedAt ? null : { token: 'record', kind: record.kind };
}

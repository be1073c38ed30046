import type { OptOutCounts } from './token-store.ts';

/** Events by origin and type; an origin that is not declared has none. */
export function optOutEventsOf({
  register,
  nationalAllowed,
  coded,
  codedByOrigin,
  lists,
}: OptOutCounts): Record<string, number> {
  const each = (origin: string, counts: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(counts).map(([key, events]) => [`${origin}/${key}`, events]));
  return {
    ...each('register', register ?? {}),
    ...each('coded', codedByOrigin ?? {}),
    ...Object.assign(
      {},
      ...Object.entries(lists ?? {}).map(([name, counts]) => each(`list/${name}`, counts)),
    ),
    ...(nationalAllowed === null ? {} : { 'national/allowed': nationalAllowed }),
    ...(coded === null ? {} : { coded }),
  };
}

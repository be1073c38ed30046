import type { Delivery } from './night.ts';

/** What a series of counts, one for each night, is about. */
export type SeriesKind = 'events' | 'in-force' | 'events-by-origin' | 'in-force-by-origin';

/** The opt-out counts of a night that are compared, by `kind:key`. */
export function optOutSeries(night: Pick<Delivery, 'optOutEvents' | 'optOutsInForce' | 'optOutTally'>) {
  const { optOutEvents, optOutsInForce, optOutTally } = night;
  return {
    ...named('events', optOutEvents),
    ...named('in-force', optOutsInForce),
    ...named('events-by-origin', optOutTally.events),
    ...named('in-force-by-origin', optOutTally.inForce),
  };
}

function named(kind: SeriesKind, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [`${kind}:${key}`, count]));
}

/** A series, from its name. */
export function parseSeries(name: string): { readonly kind: SeriesKind; readonly key: string } {
  const colon = name.indexOf(':');
  return { kind: name.slice(0, colon) as SeriesKind, key: name.slice(colon + 1) };
}

/** In words, for messages. */
export function describeSeries(name: string): string {
  const { kind, key } = parseSeries(name);
  switch (kind) {
    case 'events':
      return describeEvents(key);
    case 'in-force': {
      const [type, known] = key.split('/');
      return known === 'number'
        ? `${type} opt-outs in force, by NHS number`
        : `coded ${type} opt-outs in force, by patient key`;
    }
    case 'events-by-origin':
      return `${describeOrigin(key)} events`;
    case 'in-force-by-origin':
      return `${describeOrigin(key)} opt-outs in force`;
  }
}

function describeEvents(key: string): string {
  const [origin, ofWhat, type] = key.split('/');
  if (origin === 'register') return `the register's ${ofWhat} events`;
  if (origin === 'list')
    return type === 'allowed'
      ? `the numbers that the list ${ofWhat} allows`
      : `the ${type} events of the list ${ofWhat}`;
  if (origin === 'national') return 'the numbers that the national reply allows';
  return type === undefined ? 'coded opt-out events' : `coded ${type} events of ${ofWhat}`;
}

/** The type and origin of a key of a tally: `flag/gp/type-1` is `type-1 (flag of gp)`. */
function describeOrigin(key: string): string {
  const [origin, name, type] = key.split('/');
  return `${type} (${origin} of ${name})`;
}

import { printableText } from '../domain/printable-text.ts';

/**
 * JSON text that depends on the value alone: two spaces, a newline at the end, keys in the order of `keyOrder` and,
 * wherever that does not say, sorted by code unit.
 *
 * @param keyOrder the order of an object's keys by where the object stands: `''` for the outermost, `outputs[]` for
 * the members of its list `outputs`, `outputs[].columns[]` below that
 * @throws TypeError on what JSON would drop or change without a word (undefined, NaN, bigint, Map, Date, functions);
 * it names the place and not the value
 */
export function stableJson(
  value: unknown,
  keyOrder: Readonly<Record<string, readonly string[]>> = {},
): string {
  return `${printableText(JSON.stringify(ordered(value, '', keyOrder), null, 2))}\n`;
}

function ordered(
  value: unknown,
  place: string,
  keyOrder: Readonly<Record<string, readonly string[]>>,
): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((member) => ordered(member, `${place}[]`, keyOrder));
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).sort(([a], [b]) => compareKeys(a, b, keyOrder[place] ?? []));
    return Object.fromEntries(
      entries.map(([key, member]) => [
        key,
        ordered(member, place === '' ? key : `${place}.${key}`, keyOrder),
      ]),
    );
  }
  throw new TypeError(`${place || 'the value'} cannot be written as JSON`);
}

/** Keys that have a place come first, in that order; the others follow, sorted. */
function compareKeys(a: string, b: string, order: readonly string[]): number {
  const [placeA, placeB] = [rank(a, order), rank(b, order)];
  if (placeA !== placeB) return placeA - placeB;
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(key: string, order: readonly string[]): number {
  const place = order.indexOf(key);
  return place === -1 ? order.length : place;
}

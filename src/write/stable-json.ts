import { printableText } from '../domain/printable-text.ts';

/**
 * JSON text that depends on the value alone: two spaces, a newline at the end, keys in the order of `keyOrder` and,
 * where that gives none, sorted by code unit.
 *
 * @param keyOrder the order of an object's keys by the path of the object: `''` for the outermost, `outputs[]` for
 * the members of its list `outputs`, and so on: `outputs[].columns[]`
 * @throws TypeError on values that JSON would silently drop or change (undefined, NaN, bigint, Map, Date, functions);
 * it names the path, not the value
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

/** Keys with a given order come first, in that order; the others follow, sorted. */
function compareKeys(a: string, b: string, order: readonly string[]): number {
  const [placeA, placeB] = [rank(a, order), rank(b, order)];
  if (placeA !== placeB) return placeA - placeB;
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(key: string, order: readonly string[]): number {
  const index = order.indexOf(key);
  return index === -1 ? order.length : index;
}

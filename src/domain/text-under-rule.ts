import { byRule, type ReleaseRule, unfit } from './release-rule.ts';

/**
 * A text under the rule of its column.
 *
 * @returns null where the rule leaves nothing of it
 * @throws TallystickError (exit 70) for a rule that does not fit a text
 */
export function textUnderRule(text: string, rule: ReleaseRule): string | null {
  const cannot = unfit('a text');
  return byRule<string | null>(rule, {
    keep: () => text,
    // by characters: a unit of UTF-16 may be half of one
    truncate: ({ length }) => Array.from(text).slice(0, length).join(''),
    map: ({ map, other }) => (Object.hasOwn(map, text) ? map[text]! : other),
    drop: cannot,
    year: cannot,
    month: cannot,
    'year-of-birth': cannot,
    'age-band': cannot,
  });
}

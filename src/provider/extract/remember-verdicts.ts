/** Cells that are remembered with their verdict. A column with more is one of identifiers. */
const MOST_REMEMBERED = 65_536;

/**
 * A rule that is asked once a distinct cell, as long as there are not too many of them.
 *
 * @param judge must depend on the text alone
 */
export function rememberVerdicts<T>(judge: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly verdict: T }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found.verdict;
    const verdict = judge(text);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(text, { verdict });
    return verdict;
  };
}

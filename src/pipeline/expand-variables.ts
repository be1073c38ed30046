import { type Document, isScalar, visit } from 'yaml';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${VAR}` and `${VAR:-default}` in every text value of the file, in place.
 * As in a shell, the default also replaces a variable that is set but empty.
 *
 * @returns the offsets and names of variables that have neither a value nor a default
 */
export function expandVariables(
  document: Document,
  variables: Readonly<Record<string, string | undefined>>,
): { offset: number; name: string }[] {
  const unset: { offset: number; name: string }[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
      const offset = node.range?.[0] ?? 0;
      node.value = node.value.replace(VARIABLE, (_, name: string, fallback: string | undefined) => {
        const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
        if (value !== undefined && value !== '') return value;
        if (fallback !== undefined) return fallback;
        unset.push({ offset, name });
        return '';
      });
    },
  });
  return unset;
}

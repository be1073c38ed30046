import { type Document, isScalar, visit } from 'yaml';

/**
 * Offsets of keys that appear twice in one mapping. The parser's own check compares each key with every other of its
 * mapping: 100,000 keys take it a minute.
 */
export function findRepeatedKeys(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const met = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (met.has(key.value)) offsets.push(key.range?.[0] ?? 0);
        met.add(key.value);
      }
    },
  });
  return offsets;
}

/** Offsets of keys such as `__proto__`, which an object does not store: their values would be lost silently. */
export function findLostKeys(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__') offsets.push(key.range?.[0] ?? 0);
    },
  });
  return offsets;
}

/**
 * Control characters except tab and line ends, and halves of surrogate pairs. None belongs in a text of this file: terminals obey
 * some, and no SQL text can hold NUL.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them
const UNUSABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/u;

/** Offsets of keys and values with a character that a pipeline file must not hold. */
export function findUnusableTexts(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && UNUSABLE.test(node.value)) offsets.push(node.range?.[0] ?? 0);
    },
  });
  return offsets;
}

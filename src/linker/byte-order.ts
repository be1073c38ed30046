/** Each text once, in the order of the bytes of its UTF-8. That of the units of UTF-16 differs only where one is half a character. */
export function inByteOrder(texts: readonly string[]): string[] {
  const distinct = [...new Set(texts)];
  if (!distinct.some((text) => HALF.test(text))) return distinct.sort();
  return distinct
    .map((text) => ({ text, bytes: Buffer.from(text) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ text }) => text);
}

const HALF = /[\ud800-\udfff]/;

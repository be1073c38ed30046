import { expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { findLostKeys, findRepeatedKeys, findUnusableTexts } from './check-document.ts';

const at = (find: (document: ReturnType<typeof parseDocument>) => number[], text: string) =>
  find(parseDocument(text, { uniqueKeys: false })).map((offset) => text.slice(offset, offset + 3));

test('a key that appears twice in one mapping is found, and equal keys of two mappings are not', () => {
  expect(at(findRepeatedKeys, 'abc: 1\nd: { abc: 2 }\nabc: 3\nabc: 4\n')).toEqual(['abc', 'abc']);
  expect(at(findRepeatedKeys, 'a: { xyz: 1, "xyz": 2 }')).toEqual(['"xy']);
});

test('a key that an object cannot hold is found, at any depth and in any spelling', () => {
  expect(at(findLostKeys, 'a: 1\nb: { __proto__: 1, c: [ { "__proto__": 2 } ] }\n__proto__: 3\n')).toEqual([
    '__p',
    '"__',
    '__p',
  ]);
  expect(at(findLostKeys, 'constructor: 1\na: __proto__\n')).toEqual([]);
});

test('100,000 keys are checked within the test’s time limit', () => {
  const text = Array.from({ length: 100_000 }, (_, key) => `k${key}: 1\n`).join('');
  const document = parseDocument(`${text}k7: 2\n`, { uniqueKeys: false });
  const start = performance.now();
  expect(findRepeatedKeys(document)).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(5_000);
});

test.each(['"\\0"', '"a\\u0000b"', '"\\e[2J"', '"\\x7f"', '"\\x9b1m"', '"\\ud800"'])(
  '%s is not accepted as text',
  (value) => {
    expect(parse(value)).toBeTypeOf('string');
    expect(at(findUnusableTexts, `key: ${value}`)).toEqual([value.slice(0, 3)]);
    expect(at(findUnusableTexts, `? ${value}\n: 1`)).toEqual([value.slice(0, 3)]);
  },
);

test.each(['"\\t"', '"a\\nb"', 'é', '😀', '"\\u200b"'])('%s is accepted as text', (value) => {
  expect(at(findUnusableTexts, `key: ${value}`)).toEqual([]);
});

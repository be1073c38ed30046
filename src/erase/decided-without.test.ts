import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { decidedTokensFile } from '../store/decided-tokens.ts';
import { decidedWithout } from './decided-without.ts';
import { FewTokens } from './few-tokens.ts';

it('a list of decided opt-outs without a person is the list in which the person never was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-decided-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tokens = [7, 1, 255, 128].map((byte) => new Uint8Array(16).fill(byte));
  const wordsOf = (indexes: readonly number[]) =>
    new Uint32Array(new Uint8Array(indexes.flatMap((index) => [...tokens[index]!])).buffer);
  const file = (...kinds: readonly (readonly [kind: string, indexes: readonly number[]])[]) =>
    decidedTokensFile(kinds.map(([kind, indexes]) => ({ kind, words: wordsOf(indexes) })));
  const path = join(folder, 'list');
  writeFileSync(path, file(['type-1', [0, 1, 2]], ['type-2', [2]], ['national', [1, 3]]));
  const { bytes, rows, left } = decidedWithout(path, new FewTokens([tokens[2]!]));
  expect({ rows, left }).toEqual({ rows: 4, left: 2 });
  expect(bytes.equals(file(['type-1', [0, 1]], ['type-2', []], ['national', [1, 3]]))).toBe(true);
});

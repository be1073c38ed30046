/** Lists in layouts of their own: random layouts are read as they were written, and damaged files are refused or read right. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TallystickError } from '../../domain/problem.ts';
import { readDeclared } from '../../oracle/opt-out-lists.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { Draw } from '../../run/test-rig/oracle-comparison/draw.ts';
import { readLaidOutList } from './read-laid-out-list.ts';
import { drawList, type RandomList } from './test-rig/random-list.ts';

const RUN_DATE = '2026-04-01';
const LAYOUTS = 2_000;
const FAULTS = 10_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-random-lists-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const drawn = () =>
  fc.gen().map((generate) => {
    const draw = new Draw(generate);
    return { draw, random: drawList(draw, join(folder, 'list')) };
  });

function read({ list }: RandomList) {
  const words = { what: 'opt-out list drawn', key: 'optOuts.lists (drawn)', repair: 'the list' };
  return readLaidOutList(list, list.layout, words, RUN_DATE, false);
}

/** The list as the oracle reads it; null where it refuses it. */
function readPlainly({ list }: RandomList) {
  const pipeline = { optOuts: { lists: [list] }, synthetic: false } as unknown as Pipeline;
  try {
    return readDeclared(pipeline, RUN_DATE)[0]!;
  } catch (fault) {
    if (fault instanceof TallystickError && fault.exitCode === 1) return null;
    throw fault;
  }
}

test('events that are written in any layout are read from it', async () => {
  await fc.assert(
    fc.asyncProperty(drawn(), async ({ random }) => {
      writeFileSync(random.list.file, random.bytes);
      const { entries, numbers } = await read(random);
      expect({ entries, numbers }).toEqual({ entries: random.entries, numbers: random.numbers });
      const plain = readPlainly(random);
      expect({ entries: plain?.entries, numbers: plain?.numbers }).toEqual({ entries, numbers });
    }),
    { numRuns: LAYOUTS },
  );
}, 120_000);

/** Damages a file in one of the ways in which files are damaged. */
function damage(draw: Draw, bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  const at = draw.number(0, bytes.length - 1);
  const to = Math.min(bytes.length, at + draw.number(1, 20));
  const [head, piece, tail] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (draw.oneOf(['cut', 'lose', 'twice', 'change', 'insert', 'swap'] as const)) {
    case 'cut':
      return head;
    case 'lose':
      return Buffer.concat([head, tail]);
    case 'twice':
      return Buffer.concat([head, piece, piece, tail]);
    case 'change':
      return Buffer.concat([head, Buffer.from([draw.number(0, 255)]), bytes.subarray(at + 1)]);
    case 'insert':
      return Buffer.concat([
        head,
        Buffer.from(draw.oneOf([',', '\n', '"', '\0', '\xff', 'é', ' ', '7'])),
        bytes.subarray(at),
      ]);
    default:
      return Buffer.concat([head, tail, piece]);
  }
}

/** The order of bytes of such a file is found out by what they would mean; the oracle takes one order for granted. */
function isWithoutMark(bytes: Buffer, encoding: string): boolean {
  return encoding === 'utf-16' && !['fffe', 'feff'].includes(bytes.toString('hex', 0, 2));
}

function hasBlankByQuote(bytes: Buffer, quote: string): boolean {
  const text = bytes.toString('latin1').replaceAll('\0', '');
  return [` ${quote}`, `${quote} `, `${quote}\r\r`, `\r${quote}`].some((one) => text.includes(one));
}

test('of 10,000 damaged lists each is refused with its line, or read as the plain rule reads it', async () => {
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(drawn(), async ({ draw, random }) => {
      const bytes = damage(draw, random.bytes);
      writeFileSync(random.list.file, bytes);
      let found: Awaited<ReturnType<typeof read>>;
      try {
        found = await read(random);
      } catch (fault) {
        if (!(fault instanceof TallystickError) || fault.exitCode !== 1) throw fault;
        refusals += 1;
        for (const { file, line, message } of fault.problems) {
          expect(file).toBe('list');
          // a fault of the whole file has no line
          if (!/^(?:is |the opt-out list|and \d+ more)/.test(message) || /is (?:not|no|an NHS)/.test(message))
            expect(line).toBeGreaterThan(0);
          expect(message).not.toMatch(/\d{10}/);
        }
        return;
      }
      const plain = readPlainly(random);
      // blanks outside quotes mean nothing, as in extracts; to the oracle's parser they are a part of the cell
      if (plain === null && hasBlankByQuote(bytes, random.list.layout.format.quote)) return;
      if (plain === null && isWithoutMark(bytes, random.list.layout.format.encoding)) return;
      const { entries, numbers } = found;
      expect(
        { entries: plain?.entries, numbers: plain?.numbers },
        JSON.stringify(bytes.toString('latin1')),
      ).toEqual({ entries, numbers });
    }),
    { numRuns: FAULTS },
  );
  expect(refusals).toBeGreaterThan(FAULTS / 4);
}, 240_000);

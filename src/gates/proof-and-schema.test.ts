import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBalanced } from '../domain/receipt.ts';
import { BenchFolder } from '../run/test-rig/bench-folder.ts';
import { flatPipeline } from '../run/test-rig/flat-source.ts';
import { ArrowFileWriter } from '../write/arrow-file-writer.ts';
import { openArrowFile } from '../write/arrow-read.ts';
import type { OutputColumn } from '../write/output-column.ts';
import { OptOutProof } from './opt-out-proof.ts';
import { allowedColumns, schemaFaults } from './schema-gate.ts';

const pseudonym = (digit: string) => digit.repeat(32);
const PERSONS = ['1', '2', '3', '4'].map((digit) => pseudonym(digit));

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-proof-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a person column whose row n is person `rows[n]`, in batches of two rows, and proves it. */
async function prove(rows: readonly number[], mayAppear: (pseudonym: string) => boolean) {
  files += 1;
  const path = join(folder, `${files}.arrow`);
  const type = { kind: 'fixed-text', width: 32, table: Buffer.from(PERSONS.join('')) } as const;
  const column: OutputColumn = { name: 'person', type, nullable: false, metadata: {} };
  const writer = await ArrowFileWriter.open(path, [column], {}, { batchRows: 64 });
  writer.append({ rows: rows.length, columns: [{ values: Int32Array.from(rows), validity: null }] });
  await writer.close();
  const arrow = await openArrowFile(path);
  const proof = new OptOutProof((bytes, index) =>
    mayAppear(Buffer.from(bytes.subarray(index, index + 32)).toString('latin1')),
  );
  for await (const batch of arrow.batches()) proof.batch(batch, 0);
  await arrow.close();
  return { persons: proof.persons, violations: proof.violations };
}

describe('the opt-out proof', () => {
  it('checks each person once, also across the end of a batch', async () => {
    const asked: string[] = [];
    const rows = [...Array(100).fill(0), 1, 1, 3];
    const result = await prove(rows, (one) => asked.push(one) > 0);
    expect(result).toEqual({ persons: 3, violations: 0 });
    expect(asked).toEqual([PERSONS[0], PERSONS[1], PERSONS[3]]);
  });

  it('finds a person who has opted out', async () => {
    expect(await prove([0, 1, 2], (one) => one !== PERSONS[2])).toEqual({ persons: 3, violations: 1 });
  });

  it('finds a person who is not in an allow list', async () => {
    const allowed = new Set([PERSONS[0]!]);
    expect(await prove([0, 0, 1, 2], (one) => allowed.has(one))).toEqual({ persons: 3, violations: 2 });
  });

  it('finds rows that are not sorted by person, whose order may be that of the source', async () => {
    expect(await prove([1, 0, 1], () => true)).toEqual({ persons: 3, violations: 1 });
  });
});

describe('the schema gate', () => {
  const bench = () => BenchFolder.make();
  const field = (name: string, role: string) => ({
    name,
    kind: 'int32' as const,
    nullable: true,
    metadata: new Map([['role', role]]),
    dictionary: null,
  });

  it('allows only the columns in the allow-list and those that the program adds', () => {
    const rig = bench();
    try {
      const allowed = allowedColumns(rig.parse(flatPipeline()), 'stays');
      expect([...allowed].sort()).toEqual(['match_rank', 'person', 'ward']);
      const compared = rig.parse({ ...flatPipeline(), link: { ranks: 'eight-step' } });
      expect(allowedColumns(compared, 'stays')).toContain('match_probability');
      const plain = flatPipeline() as { release: object };
      const weighted = rig.parse({ ...plain, release: { ...plain.release, linkageWeights: true } });
      expect(allowedColumns(weighted, 'stays')).toContain('linkage_weight');
      const fields = [field('person', 'pseudonym'), field('ward', 'category'), field('bed', 'category')];
      expect(schemaFaults(fields, allowed, 'stays')).toEqual(['stays.bed is not in the allow-list']);
    } finally {
      rig.remove();
    }
  });

  it.each([
    'nhs-number',
    'postcode',
    'date-of-birth',
    'sex',
    'patient-key',
    'local-patient-id',
    'name',
    'address',
    'contact',
    'free-text',
  ])('refuses a column with the role %s, whatever its name', (role) => {
    const faults = schemaFaults([field('ward', role)], new Set(['ward']), 'stays');
    expect(faults).toEqual([`stays.ward has the role ${role}`]);
  });

  it('allows coarse birth facts in persons only', () => {
    const fields = [field('sex', 'sex'), field('age_band', 'date-of-birth')];
    const allowed = new Set(['sex', 'age_band']);
    expect(schemaFaults(fields, allowed, 'persons')).toEqual([]);
    expect(schemaFaults(fields, allowed, 'stays')).toHaveLength(2);
  });
});

describe('receipts', () => {
  const receipt = { stage: 'release', source: 'acute', table: 'stays' } as const;

  it('pass when every row is accounted for', () => {
    const balanced = { ...receipt, rowsIn: 10, rowsOut: 7, dropped: { orphan: 2, 'held-back': 1 } };
    expect(assertBalanced([balanced])).toBeUndefined();
  });

  it.each([
    ['lost', 6],
    ['made', 8],
  ])('stop the run when a row was %s', (_, rowsOut) => {
    const unbalanced = { ...receipt, rowsIn: 10, rowsOut, dropped: { orphan: 3 } };
    expect(() => assertBalanced([unbalanced])).toThrow(
      /the release receipt of acute\.stays does not balance: 10 in, [68] out, \{"orphan":3\}/,
    );
  });
});

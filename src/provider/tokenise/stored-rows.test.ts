/** A part has of each row that crosses the boundary what is released or linked by, and of other rows nothing: not their subjects either. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import { type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import { BenchFolder, RUN_DATE } from '../../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import { splitPipeline } from '../../run/test-rig/split-source.ts';
import { PartReader } from '../../store/part-reader.ts';
import { PartWriter } from '../../store/part-writer.ts';
import { subjectsPart } from '../../store/subject-columns.ts';
import { planTokens } from '../../store/token-plan.ts';
import { RowReader } from '../extract/row-reader.ts';
import { TableColumns } from '../extract/table-columns.ts';
import { inputFileAt } from '../extract/test-rig/input-file.ts';
import { FORMAT } from '../extract/test-rig/read-rows.ts';
import { type Writing, writtenFile } from '../extract/test-rig/written-cells.ts';
import type { GpStops } from './gp-stops.ts';
import { SourceSubjects } from './source-subjects.ts';
import { StoredRows } from './stored-rows.ts';
import { holdKey, nobodyStops, oracle, tokeniser } from './test-rig/tokeniser.ts';

const WRITING: Writing = {
  delimiter: ',',
  quote: '"',
  end: '\n',
  quoted: [false, false, true],
  faultyEvery: 0,
};
const DAY_MS = 86_400_000;

let folder: BenchFolder;
let scanner: ColumnScanner;
let pipeline: Pipeline;
beforeAll(() => {
  folder = BenchFolder.make();
  scanner = new ColumnScanner();
  pipeline = folder.parse(splitPipeline());
});
beforeEach(() => scanner.clear());
afterAll(() => folder.remove());

type Row = Readonly<Record<string, string>>;
type StoredRow = Readonly<Record<string, string | number | null>>;
let parts = 0;

/** Reads files of a table, and what is then in the part of each. */
async function storedOf(tableName: string, files: readonly (readonly Row[])[], stops: GpStops) {
  const table = tablesOf(pipeline).find(({ name, kind }) => [name, kind].includes(tableName))!;
  const plan = planTokens(table, pipeline);
  const columns = new TableColumns(plan, pipeline, RUN_DATE);
  const one = tokeniser(plan, stops);
  parts += 1;
  const store = join(folder.path, `store-${parts}`);
  mkdirSync(store);
  const subjects = await SourceSubjects.open(table.source, pipeline, store);
  const stored = new StoredRows(plan, pipeline, columns, { tokeniser: one, subjects });
  const reader = new RowReader(scanner, columns.readers, 4096);
  const names = table.columns.map(({ name }) => name);
  const read: { rows: StoredRow[]; dictionaries: Record<string, readonly string[]> }[] = [];
  for (const rows of files) {
    const text = writtenFile(
      names,
      rows.map((row) => names.map((name) => row[name] ?? '')),
      WRITING,
    );
    const file = inputFileAt(folder.put('rows.csv', text));
    const path = join(store, `${read.length}.arrow`);
    const writer = await PartWriter.open(path, stored.columns);
    stored.begin(writer);
    const take = (count: number) => {
      const vector = columns.vector(count, reader.faults.codes);
      one.tokenise(vector);
      stored.store(vector);
    };
    const { signal } = new AbortController();
    await reader.readFile(
      file,
      { format: FORMAT, header: { names, undeclared: [] }, read: [] },
      take,
      signal,
    );
    const written = await writer.close(stored.dictionaries());
    const part = PartReader.open(path);
    expect([part.rows, part.columns]).toEqual([written.rows, stored.columns]);
    read.push(rowsOf(part));
    part.close();
  }
  await subjects.finish();
  const part = PartReader.open(join(store, subjectsPart(table.source)));
  const numbered = rowsOf(part).rows;
  part.close();
  await subjects.close();
  return { parts: read.map((one) => ({ ...one, rows: withTokens(one.rows, numbered) })), stored, numbered };
}

/** The rows with the tokens that the part of the subjects has for their numbers. */
function withTokens(rows: readonly StoredRow[], subjects: readonly StoredRow[]): StoredRow[] {
  return rows.map(({ subject, ...row }) => {
    if (subject === null) return { ...halves('subject', null), ...row };
    const { subject_a, subject_b } = subjects[subject as number]!;
    return { subject_a: subject_a!, subject_b: subject_b!, ...row };
  });
}

/** The rows of a part: tokens as hexadecimal text, dates as days, flags as 0 and 1. */
function rowsOf(part: PartReader) {
  const texts = part.columns.filter(({ type }) => type === 'text').map(({ name }) => name);
  const dictionaries = Object.fromEntries(texts.map((name) => [name, part.dictionary(name)]));
  const rows: StoredRow[] = [];
  for (let batch = 0; batch < part.batches; batch += 1) {
    const cells = part.columns.map(({ name, type }) => {
      const { values, validity } = part.read(batch, name);
      return (row: number): [string, string | number | null] => {
        if (validity !== null && (validity[row >> 3]! & (1 << (row & 7))) === 0) return [name, null];
        const value = (values as Int32Array | BigInt64Array)[row]!;
        if (type === 'text') return [name, dictionaries[name]![Number(value)]!];
        return [name, type === 'int64' ? hexOf(BigInt(value)) : Number(value)];
      };
    });
    for (let row = 0; row < part.rowsOf(batch); row += 1)
      rows.push(Object.fromEntries(cells.map((cell) => cell(row))));
  }
  return { rows, dictionaries };
}

function hexOf(half: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(half);
  return bytes.toString('hex');
}

/** Both halves of a token, or of none. */
const halves = (name: string, token: string | null) => ({
  [`${name}_a`]: token?.slice(0, 16) ?? null,
  [`${name}_b`]: token?.slice(16) ?? null,
});

const withoutCompared = (row: StoredRow) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('compared_')));

describe('the rows of visits', () => {
  const row = fc.record({
    id: fc.constantFrom('p1', 'p2', 'out', ' p1 ', 'a key of more than twelve bytes'),
    visit: fc.constantFrom('v1', 'v2', 'v3'),
    seen: fc.constantFrom('01/02/2020', '31/12/1999', '', 'no date'),
    code: fc.constantFrom('44054006', '73211009', '', ' 44054006', 'x'.repeat(65)),
    note: fc.constantFrom('', 'a note that nobody reads'),
  });
  const isStored = ({ id, seen, code }: Row) => id !== 'out' && seen !== 'no date' && code!.length < 65;
  const expected = ({ id, visit, seen, code }: Row): StoredRow => ({
    ...halves('subject', oracle('patient-key/surgery', id!.trim())),
    ...halves('record', oracle('record-id/visits', visit!)),
    seen: seen === '' ? null : Date.parse(seen!.replace(/(..)\/(..)\/(....)/, '$3-$2-$1')) / DAY_MS,
    code: code!.trim() || null,
  });

  it('are those of patients who did not opt out, and fit; with no text in the dictionary that other rows alone have', async () => {
    const files = fc.array(fc.array(row, { maxLength: 150 }), { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(files, async (delivered) => {
      scanner.clear();
      const stops = nobodyStops();
      holdKey(stops, oracle('patient-key/surgery', 'out'), 'type-1');
      const { parts: read, stored, numbered } = await storedOf('visits', delivered, stops);
      const kept = delivered.flat().filter(isStored);
      const ids = [...new Set(kept.map(({ id }) => id.trim()))];
      expect(numbered.map(withoutCompared)).toEqual(
        ids.map((id) => ({
          ...halves('subject', oracle('patient-key/surgery', id)),
          ...halves('nhs', null),
          ...halves('tuple', null),
          ...{ is_orphan: 1, first_of_january: 0 },
        })),
      );
      for (const [index, rows] of delivered.entries()) {
        const kept = rows.filter(isStored).map(expected);
        expect(read[index]!.rows).toEqual(kept);
        const codes = kept.flatMap(({ code }) => (code === null ? [] : [code]));
        expect(read[index]!.dictionaries).toEqual({ code: [...new Set(codes)] });
      }
      const all = delivered.flat().filter(isStored);
      const counts = [...new Set(all.map(({ code }) => code.trim()))].filter((code) => code !== '');
      expect(new Map(stored.countsOf('code'))).toEqual(
        new Map(counts.map((code) => [code, all.filter((one) => one.code.trim() === code).length])),
      );
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('of more than a vector, stopped ones in between, are stored in their order', async () => {
    const stops = nobodyStops();
    holdKey(stops, oracle('patient-key/surgery', 'out'), 'type-1');
    const rows = Array.from({ length: 9000 }, (_, index) => ({
      id: index % 3 === 1 ? 'out' : `p${index}`,
      visit: `v${index}`,
      seen: '01/02/2020',
      code: index % 3 === 1 ? '111' : String(index % 50),
    }));
    const { parts: read } = await storedOf('visits', [rows], stops);
    expect(read[0]!.rows).toEqual(rows.filter(isStored).map(expected));
    expect(read[0]!.dictionaries['code']).not.toContain('111');
  });
});

it('patients are stored once with what links them, and their rows with facts of birth, and no identifier', async () => {
  const row = fc.record({
    id: fc.uuid(),
    nhs: fc.constantFrom(...NHS_NUMBERS.slice(0, 3), ''),
    born: fc.constantFrom('31/01/1980', '01/01/1975', '', '31/12/2025', '01/05/1920'),
    sex: fc.constantFrom('1', '2', '0', ''),
    postcode: fc.constantFrom('SW1A 2AA', ''),
    lsoa: fc.constantFrom('E01000001', 'E01000002', ''),
    surname: fc.constant('of nobody'),
  });
  const plan = pipeline.release.persons.find(({ name }) => name === 'age_band')!.rule;
  if (plan.rule !== 'age-band') throw new Error('the pipeline of this test releases age bands');
  const { at, width, top } = plan;
  const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
    scanner.clear();
    const { parts: read, numbered } = await storedOf('patients', [rows], nobodyStops());
    const expected = rows.map(({ id, born, sex, lsoa }): StoredRow => {
      const iso = born.replace(/(..)\/(..)\/(....)/, '$3-$2-$1');
      const isSexKnown = sex === '1' || sex === '2';
      const [year, rest] = [Number(iso.slice(0, 4)), iso.slice(5)];
      const age = Number(at.slice(0, 4)) - year - (rest > at.slice(5) ? 1 : 0);
      return {
        ...halves('subject', oracle('patient-key/surgery', id)),
        age_band: iso === '' || iso > at ? null : Math.min(Math.floor(age / width) * width, top),
        sex: isSexKnown ? Number(sex) : null,
        lsoa: lsoa || null,
      };
    });
    const linking = rows.map(({ id, nhs, born, sex, postcode }): StoredRow => {
      const iso = born.replace(/(..)\/(..)\/(....)/, '$3-$2-$1');
      const isWhole = iso !== '' && (sex === '1' || sex === '2') && postcode !== '';
      const number = standardiseNhsNumber(nhs, { allowTestRange: true }).value;
      return {
        ...halves('subject', oracle('patient-key/surgery', id)),
        ...halves('nhs', number === null ? null : oracle('nhs-number', number)),
        ...halves(
          'tuple',
          isWhole ? oracle('sex|date-of-birth|postcode', `${sex}|${iso}|${postcode.replace(' ', '')}`) : null,
        ),
        is_orphan: 0,
        first_of_january: isWhole && iso.endsWith('-01-01') ? 1 : 0,
      };
    });
    expect(read[0]!.rows).toEqual(expected);
    expect(numbered.map(withoutCompared)).toEqual(linking);
  });
  await fc.assert(property, { numRuns: 60 });
});

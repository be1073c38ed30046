/** What a link map says of each subject, what it does not hold, and the gates it must pass. */
import { createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { openSmallEngine } from '../../engine/duckdb/test-rig/small-engine.ts';
import { LeakScan } from '../../gates/leak-scan.ts';
import { linkMapFaults } from '../../linker/link-map/link-map-gate.ts';
import { LINK_MAP_COLUMNS } from '../../linker/release/link-map-step.ts';
import { type Hashable, personPseudonym, token } from '../../oracle/recipes.ts';
import { BenchFolder, type Published } from '../../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import {
  PATIENTS_HEADER,
  READINGS_HEADER,
  splitPipeline,
  VISITS_HEADER,
} from '../../run/test-rig/split-source.ts';

const [ann, ben] = NHS_NUMBERS;
const PATIENTS = `p1,${ann},N,01/02/1980,1,SW1A 1AA,H,T,E01000001
p2,${ben},N,01/02/1990,2,SW1A 2AA,H,T,E01000002
p3,,N,01/02/1970,2,SW1A 2AA,H,T,E01000002
p4,,N,,2,SW1A 2AA,H,T,E01000002
`;

let folder: BenchFolder;
let engine: DuckDbEngine;
beforeEach(async () => {
  folder = BenchFolder.make();
  folder.put('visits.csv', `${VISITS_HEADER}p1,v1,05/01/2026,53741008,n\n`);
  folder.put('readings.csv', `${READINGS_HEADER}v1,1.5,mm\n`);
  folder.put('register.csv', `nhs_number,type,event,date\n${ben},2,registered,2026-01-01\n`);
  folder.put('patients.csv', PATIENTS_HEADER + PATIENTS);
  engine = await openSmallEngine(folder.path);
});
afterEach(() => {
  engine.close();
  folder.remove();
});

const publish = () => folder.publish({ ...splitPipeline(), link: { keepMap: true } });
const pathOf = ({ result }: Published) => join(folder.out, 'tiny', 'links', `${result.runId}.parquet`);

interface MapRow {
  readonly subject: string;
  readonly record: string;
  readonly source: string;
  readonly rank: number;
  readonly outcome: string;
  readonly person: string | null;
}

async function readMap(run: Published): Promise<MapRow[]> {
  const hex = (name: string) => `printf('%016x%016x', ${name}_high, ${name}_low) AS ${name}`;
  const rows = await engine.query(
    `SELECT ${hex('subject')}, printf('%016x', record) AS record, source, match_rank AS rank, outcome, ${hex('person')}
     FROM ${duckdbDialect.readParquet([pathOf(run)])}`,
    'reading',
  );
  return rows as unknown as MapRow[];
}

const keys = () => ({
  linkage: readFileSync(folder.at('linkage.key')),
  release: readFileSync(folder.at('release.key')),
});
const AGREEMENT = 'tiny-001';
const patient = (id: string): Hashable => ({ kind: 'patient-key/surgery', text: id });
const subjectOf = (id: string) => personPseudonym(patient(id), `${AGREEMENT}/subject`, keys());

describe('a link map', () => {
  it('says of each subject who it is and what became of it, in the order of pseudonyms', async () => {
    const run = await publish();
    const rows = await readMap(run);
    const of = (id: string) => rows.find(({ subject }) => subject === subjectOf(id))!;
    const annsPerson = personPseudonym({ kind: 'nhs-number', text: ann }, AGREEMENT, keys());
    expect(of('p1')).toMatchObject({ source: 'surgery', rank: 8, outcome: 'released', person: annsPerson });
    expect((await run.rows('persons')).map(({ person }) => person)).toEqual([annsPerson]);
    const tuple = { kind: 'sex|date-of-birth|postcode', text: '2|1970-02-01|SW1A2AA' };
    const heldBack = { source: 'surgery', rank: 0, outcome: 'held-back' };
    expect(of('p3')).toMatchObject({ ...heldBack, person: personPseudonym(tuple, AGREEMENT, keys()) });
    expect(of('p4')).toMatchObject({
      ...heldBack,
      person: personPseudonym(patient('p4'), AGREEMENT, keys()),
    });
    const inOrder = ['p1', 'p2', 'p3', 'p4'].map(subjectOf).sort();
    expect(rows.map(({ subject }) => subject)).toEqual(inOrder);
  });

  it('marks what a subject says of itself as the specification has it', async () => {
    const rows = await readMap(await publish());
    const key = hkdfSync(
      'sha256',
      keys().release,
      new Uint8Array(0),
      `tallystick/v1/release/${AGREEMENT}/subject-record`,
      32,
    );
    const zero = Buffer.alloc(16);
    const markOf = (id: string, number: Buffer, tuple: Buffer) => {
      const said = Buffer.concat([number.subarray(0, 8), tuple.subarray(0, 8)]);
      const mixed = token(patient(id), keys()).map((byte, index) => byte ^ said[index]!);
      return createHmac('sha256', Buffer.from(key)).update(mixed).digest().subarray(0, 8).toString('hex');
    };
    const number = token({ kind: 'nhs-number', text: ann }, keys());
    const tuple = token({ kind: 'sex|date-of-birth|postcode', text: '1|1980-02-01|SW1A1AA' }, keys());
    const of = (id: string) => rows.find(({ subject }) => subject === subjectOf(id))!.record;
    expect(of('p1')).toBe(markOf('p1', number, tuple));
    expect(of('p4')).toBe(markOf('p4', zero, zero));
  });

  it('has no person for whoever opted out', async () => {
    const rows = await readMap(await publish());
    expect(rows.find(({ subject }) => subject === subjectOf('p2'))).toMatchObject({
      outcome: 'type-2-opt-out',
      person: null,
    });
    expect(rows.filter(({ person }) => person === null)).toHaveLength(1);
  });

  it('marks a subject that says something else of itself, and no other', async () => {
    const before = await readMap(await publish());
    folder.put(
      'patients.csv',
      PATIENTS_HEADER + PATIENTS.replace('SW1A 1AA', 'SW1A 2AB').replace('E01000001', 'E01000009'),
    );
    const after = await readMap(await publish());
    const changed = after.filter(({ subject, record }) =>
      before.every((row) => row.subject !== subject || row.record !== record),
    );
    expect(changed.map(({ subject }) => subject)).toEqual([subjectOf('p1')]);
    // two who say nothing of themselves are not known by that
    expect(new Set(after.map(({ record }) => record)).size).toBe(4);
  });

  it('holds no token', async () => {
    const run = await publish();
    const bytes = readFileSync(pathOf(run));
    const tokens = [
      ...['p1', 'p2', 'p3', 'p4'].map(patient),
      { kind: 'nhs-number', text: ann },
      { kind: 'nhs-number', text: ben },
      { kind: 'sex|date-of-birth|postcode', text: '2|1970-02-01|SW1A2AA' },
    ].map((one) => token(one, keys()));
    for (const one of tokens) {
      for (const half of [one.subarray(0, 8), one.subarray(8)]) {
        expect(bytes.includes(half)).toBe(false);
        expect(bytes.includes(Buffer.from(half).reverse())).toBe(false);
      }
    }
    const subject = Buffer.from(subjectOf('p1').slice(0, 16), 'hex').reverse(); // the search finds what is there
    expect(bytes.includes(subject)).toBe(true);
  });

  it('is named in the operator’s record, by which the run is the same whether or not it was kept', async () => {
    const run = await publish();
    const { linkage } = JSON.parse(run.text('operator/receipts.json'));
    expect(linkage.map).toMatchObject({ rows: 4, bytes: readFileSync(pathOf(run)).length });
    const { result } = await folder.publish(splitPipeline());
    expect(result.runId).toBe(run.result.runId);
    expect(result.outcome).toBe('replaced'); // its record no longer names a map
  });
});

describe('the gates of a link map', () => {
  const H = '81985529216486895'; // of the size of a hash
  const row = (more: Partial<Record<keyof typeof LINK_MAP_COLUMNS, string>> = {}) => {
    const values = {
      subject_high: H,
      subject_low: H,
      record: H,
      source: "'surgery'",
      match_rank: '8',
      outcome: "'released'",
      person_high: H,
      person_low: H,
      ...more,
    };
    return `SELECT ${Object.entries(LINK_MAP_COLUMNS)
      .map(([name, type]) => `CAST(${values[name as keyof typeof values]} AS ${type}) AS ${name}`)
      .join(', ')}`;
  };
  const PERSON = BigInt(H).toString(16).padStart(16, '0').repeat(2);

  async function faults(
    sql: string,
    mayAppear: (person: string, isGp: boolean, isReleased: boolean) => boolean = () => true,
  ) {
    const file = folder.at('map.parquet');
    await engine.run(`COPY (${sql}) TO '${file}' (FORMAT parquet)`, 'writing');
    const scan = new LeakScan([]);
    const rules = {
      gpSources: ['surgery'],
      mayAppear: (isGp: boolean, isReleased: boolean) => (bytes: Uint8Array, index: number) =>
        mayAppear(Buffer.from(bytes.subarray(index, index + 32)).toString('latin1'), isGp, isReleased),
    };
    const problems = await linkMapFaults(engine, file, rules, scan);
    return [
      ...problems.map(({ message }) => message),
      ...scan.leaks.map(({ column, finding }) => `${column}: ${finding}`),
    ];
  }

  it('let a map through that is as it must be', async () => {
    expect(await faults(`${row()} UNION ALL ${row({ person_high: 'NULL', person_low: 'NULL' })}`)).toEqual(
      [],
    );
  });

  it('stop a person who must not be in it, by source and by outcome', async () => {
    const found = 'opt-out proof: 1 subjects have a person in it who must not';
    expect(await faults(row(), (person) => person !== PERSON)).toEqual([found]);
    const other = row({ source: "'acute'", outcome: "'held-back'" });
    const both = `${row()} UNION ALL ${other}`;
    expect(await faults(both, (_, isGp) => !isGp)).toEqual([found]);
    expect(await faults(both, (_, _isGp, isReleased) => isReleased)).toEqual([found]);
  });

  it('stop other columns, rows out of order, and what is no hash', async () => {
    expect(await faults(`SELECT *, 'x' AS surname FROM (${row()}) AS one`)).toEqual([
      'schema: its columns are not the stated ones',
    ]);
    expect(await faults(`${row()} UNION ALL ${row({ subject_high: '81985529216486894' })}`)).toEqual([
      'its rows are not in the order of their pseudonyms',
    ]);
    const numbers = `${Array(4)
      .fill(row({ record: '9434765919' }))
      .join(' UNION ALL ')}`;
    expect(await faults(numbers)).toEqual(['leak scan: record does not hold hashes alone']);
    expect(await faults(row({ source: "'943 476 5919'" }))).toEqual(['source: NHS number']);
  });
});

import { describe, expect, it } from 'vitest';
import type { Warning } from '../domain/finding.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { LinkageAudit } from '../linker/audit/linkage-audit.ts';
import type { RunResult } from '../linker/result.ts';
import { accountRows } from './account-rows.ts';
import { auditTable } from './audit-table.ts';
import { formatSize } from './format.ts';
import { heldLines } from './held-lines.ts';
import { rowTable } from './row-table.ts';
import { runReport } from './run-report.ts';
import { storeReport } from './store-report.ts';
import { textTable } from './text-table.ts';

const tokenise = (source: string, table: string, rowsIn: number, dropped: Receipt['dropped']): Receipt => ({
  stage: 'tokenise',
  source,
  table,
  rowsIn,
  rowsOut: rowsIn - Object.values(dropped).reduce((sum, rows) => sum + rows, 0),
  dropped,
});
const release = (...of: Parameters<typeof tokenise>): Receipt => ({ ...tokenise(...of), stage: 'release' });

const RECEIPTS: readonly Receipt[] = [
  tokenise('gp', 'gp_patients', 100, { 'type-1-opt-out': 3 }),
  tokenise('community', 'contacts', 50, {}),
  tokenise('gp', 'gp_events', 1004, { quarantined: 1, 'patient-quarantined': 4, 'type-1-opt-out': 30 }),
  release('gp', 'gp_events', 969, { 'type-2-opt-out': 9, 'national-opt-out': 10, 'sensitive-code': 50 }),
  release('community', 'contacts', 50, { 'held-back': 5, orphan: 2 }),
];

const RESULT: RunResult = {
  name: 'nightly',
  runId: '2026-04-01-abc',
  runDate: '2026-04-01',
  directory: '/out/nightly/2026-04-01-abc',
  release: '/out/nightly/2026-04-01-abc/release',
  outcome: 'published',
  latest: { runId: '2026-04-01-abc', runDate: '2026-04-01' },
  rowsIn: 1154,
  rowsOut: 943,
  warnings: [],
  waivers: [],
  comparedWith: { nights: 0, isFirstNight: true, from: null, to: null },
  receipts: RECEIPTS,
  persons: {
    released: 90,
    typeTwoOptOut: 2,
    nationalOptOut: 3,
    heldBack: 1,
    metIn: { '1': 60, '2': 25, '3': 5 },
    bySettings: {},
  },
  optOuts: {
    effect: {
      persons: {
        first: { 'type-2': 2, national: 3, 'unknown-number': 1 },
        any: { 'type-2': 2, national: 4, 'unknown-number': 1 },
        alone: { 'type-2': 1, national: 3, 'unknown-number': 1 },
        combinations: { 'type-2': 1, 'type-2+national': 1, national: 3, 'unknown-number': 1 },
        gpRecords: {},
      },
      rows: {
        gp_events: { 'type-1': 30, 'patient-quarantined': 4, 'type-2': 9, national: 10 },
        contacts: { 'unknown-number': 5 },
      },
    },
    whatIf: [
      { reason: 'type-1', persons: 0, rows: {}, rowsAtMost: { gp_patients: 3, gp_events: 30 } },
      { reason: 'type-2', persons: 1, rows: { gp_events: 4 }, rowsAtMost: {} },
      { reason: 'national', persons: 3, rows: { gp_events: 10 }, rowsAtMost: {} },
      { reason: 'unknown-number', persons: 1, rows: { contacts: 5 }, rowsAtMost: {} },
    ],
    exempt: [],
  },
  implausible: {
    version: 'implausible/1',
    isQuarantined: false,
    links: { '0': 1, '1': 1200, '8': 30 },
    implausible: { '1': 2, '8': 3 },
    rules: {
      'activity-after-death': { '1': 1, '8': 3 },
      'overlapping-stays': { '1': 1, '8': 1 },
      'two-births': null,
      'infant-giving-birth': null,
    },
  },
  audit: { sampled: 0, seed: 5, ranks: [] },
  files: [{ file: 'persons.arrow', rows: 90, bytes: 2048 }],
  seconds: 1.3,
  stages: { tokenise: 0.25, link: 1, publish: 0.001 },
};

describe('the account of rows', () => {
  it('adds up for each source', () => {
    const accounts = accountRows(RECEIPTS);
    expect(accounts).toEqual([
      {
        source: 'gp',
        rowsIn: 1104,
        quarantined: 1,
        patientQuarantined: 4,
        optedOut: 52,
        practice: 0,
        protected: 0,
        heldBack: 0,
        orphaned: 0,
        sensitive: 50,
        erased: 0,
        linkedOnly: 97,
        released: 900,
      },
      {
        source: 'community',
        rowsIn: 50,
        quarantined: 0,
        patientQuarantined: 0,
        optedOut: 0,
        practice: 0,
        protected: 0,
        heldBack: 5,
        orphaned: 2,
        sensitive: 0,
        erased: 0,
        linkedOnly: 0,
        released: 43,
      },
    ]);
    for (const { source: _, rowsIn, ...parts } of accounts) {
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(rowsIn);
    }
  });

  it('is a table; columns of zeros are left out unless a reader expects them', () => {
    expect(rowTable(RECEIPTS)).toEqual([
      'source     rows in  quarantined  patient quarantined  opted out  held back  orphaned  sensitive  linked only  released',
      'gp           1,104            1                    4         52          0         0         50           97       900',
      'community       50            0                    0          0          5         2          0            0        43',
    ]);
    const [heading] = rowTable([tokenise('gp', 't', 5, {}), release('gp', 't', 5, {})]);
    expect(heading).toBe('source  rows in  quarantined  opted out  held back  sensitive  released');
  });
});

describe('the report of a run', () => {
  it('gives the counts, the location of the run and how to open it', () => {
    const lines = runReport(RESULT, 'out/nightly/2026-04-01-abc', 'out/nightly/latest').split('\n');
    expect(lines[0]).toBe('nightly for 2026-04-01: run 2026-04-01-abc, published');
    expect(lines).toContain(
      'linked only: patients, who are released as persons, and tables outside the allow-list',
    );
    expect(lines).toContain('90 persons released: in one care setting 60, in two 25, in three 5');
    expect(lines).toContain('not released: type 2 opt-out 2, national opt-out 3, held back 1');
    expect(lines).toContain('out/nightly/2026-04-01-abc (out/nightly/latest points at it)');
    expect(lines).toContain('  release/persons.arrow    90  2.0 KiB');
    expect(lines).toContain(
      '  R       persons <- arrow::read_feather("out/nightly/latest/release/persons.arrow")',
    );
    expect(lines).toContain('1,154 rows in 1.3 s: link 1.00, tokenise 0.25');
    const overlapping = { ...RESULT, seconds: 1.1 };
    expect(runReport(overlapping, 'out/x', 'out/latest')).toContain(
      '1,154 rows in 1.1 s: link 1.00, tokenise 0.25 (stages overlap)\n',
    );
  });
});

describe('who is held, by reason', () => {
  it('is a table of the reasons that held anything, with what each alone holds', () => {
    expect(heldLines(RESULT.optOuts)).toEqual([
      'reason          persons held  under any  if off: persons  rows  rows not linked',
      'type-1                     0          0                0     0               33',
      'type-2                     2          2                1     4                0',
      'national                   3          4                3    10                0',
      'unknown-number             1          1                1     5                0',
      'persons held: each once, under the first reason; if off: what this reason alone holds; rows not linked: stopped before linking, so an upper bound',
    ]);
  });

  it('names what is switched off, and is nothing where nobody is held', () => {
    const { effect } = RESULT.optOuts;
    const nobody = {
      effect: {
        ...effect,
        persons: { first: {}, any: {}, alone: {}, combinations: {}, gpRecords: {} },
        rows: {},
      },
    };
    expect(heldLines({ ...nobody, whatIf: [], exempt: [] })).toEqual([]);
    expect(
      heldLines({
        ...nobody,
        whatIf: [],
        exempt: [{ type: 'national', basis: 'consent', because: 'everybody signed the form' }],
      }),
    ).toEqual(['switched off for this agreement: national (consent: everybody signed the form)']);
  });

  it('counts every reason in the line of its source: declared types as opt-outs, protection and practices apart', () => {
    const dropped = {
      'opt-out/research': 2,
      vip: 3,
      'practice-disabled': 4,
      'left-practice': 5,
      'not-allowed': 6,
    };
    const [one] = accountRows([tokenise('gp', 't', 30, dropped), release('gp', 't', 10, {})]);
    expect(one).toMatchObject({ optedOut: 8, protected: 3, practice: 9, released: 10 });
  });
});

describe('implausible links', () => {
  const linesOf = (implausible: RunResult['implausible']) => {
    const lines = runReport({ ...RESULT, implausible }, 'out', 'latest').split('\n');
    const index = lines.findIndex((line) => line.startsWith('implausible links'));
    return lines.slice(index, lines.indexOf('', index));
  };

  it('are reported by rule and by rank, with the rules that could not be checked', () => {
    expect(linesOf(RESULT.implausible)).toEqual([
      'implausible links: 5 of 1,231, counted, and left as they are',
      '                        links  rank 1  rank 8  rank 0',
      '  activity after death      4       1       3       0',
      '  overlapping stays         2       1       1       0',
      '  all links             1,231   1,200      30       1',
      '  not checked, nothing is declared: two births, infant giving birth',
    ]);
  });

  it('are reported as counted, or as taken apart', () => {
    const [head] = linesOf({ ...RESULT.implausible!, isQuarantined: true });
    expect(head).toBe('implausible links: 5 of 1,231, taken apart and held back');
  });

  it('are reported as not checked where nothing is declared', () => {
    expect(linesOf(null)).toEqual(['implausible links: not checked, nothing is declared (link.implausible)']);
  });
});

describe('warnings', () => {
  it('are listed under their number, and give no line where there are none', () => {
    const warning: Warning = { check: 'rows', severity: 'warn', file: 'a.csv', message: 'm', wayOut: 'w' };
    const warned = runReport({ ...RESULT, warnings: [warning] }, 'run', 'latest').split('\n');
    const index = warned.indexOf('1 warning:');
    expect(warned.slice(index, index + 4)).toEqual(['1 warning:', '  a.csv: m', '      w', '']);
    expect(warned.toSpliced(index, 4).join('\n')).toBe(runReport(RESULT, 'run', 'latest'));
  });
});

describe('what was waived', () => {
  it('is listed with its reasons', () => {
    const waivers = [{ what: 'national data opt-outs', reason: 'the service does not know these people' }];
    const lines = runReport({ ...RESULT, waivers }, 'run', 'latest').split('\n');
    const index = lines.indexOf('waived by the pipeline file:');
    expect(lines[index + 1]).toBe('  national data opt-outs: the service does not know these people');
    expect(lines.toSpliced(index, 3).join('\n')).toBe(runReport(RESULT, 'run', 'latest'));
  });
});

describe('the report of a token store', () => {
  const report = (receipts: readonly Receipt[]) =>
    storeReport(
      {
        pipeline: 'nightly',
        runDate: '2026-04-01',
        linkageKeyId: 'abc',
        storeKeyId: 'ghi',
        address: 'def',
        warnings: [],
        receipts,
      },
      'store',
    ).split('\n');

  it('lists the rows stopped above the boundary, with a column for quarantined patients only where there are any', () => {
    expect(report(RECEIPTS)[0]).toBe('nightly for 2026-04-01: token store def, key id abc, store key id ghi');
    expect(report(RECEIPTS.slice(0, 3)).slice(2, 6)).toEqual([
      'source     table        rows in  quarantined  patient quarantined  type 1 opt-out  stored',
      'gp         gp_patients      100            0                    0               3      97',
      'community  contacts          50            0                    0               0      50',
      'gp         gp_events      1,004            1                    4              30     969',
    ]);
    expect(report(RECEIPTS.slice(0, 1))[2]).toBe(
      'source  table        rows in  quarantined  type 1 opt-out  stored',
    );
  });
});

describe('the self-audit in a report', () => {
  it('is one line for each rank, with a dash where the sample is too small', () => {
    const unknown = {
      precision: null,
      precisionInterval: null,
      recall: null,
      recallInterval: null,
      hiddenRecall: null,
      hiddenRecallInterval: null,
    };
    const five = {
      precision: 0.997468,
      precisionInterval: [0.98932, 0.998628],
      recall: 1,
      recallInterval: [0.999, 1],
    } as const;
    const six = {
      precision: 1,
      precisionInterval: [0.99, 1],
      recall: 0.8,
      recallInterval: [0.7, 0.9],
      hiddenRecall: 0.8517,
      hiddenRecallInterval: [0.84, 0.86],
    } as const;
    const audit: LinkageAudit = {
      sampled: 19_999,
      seed: 5,
      ranks: [
        { ...unknown, rank: 5, links: 12_155, sampled: 1155, ...five },
        { rank: 6, links: 3, sampled: 2000, ...six },
        { ...unknown, rank: 7, links: 3, sampled: 2 },
      ],
    };
    const table = auditTable(audit);
    expect(table).toEqual([
      'self-audit of the linkage, without any truth: 19,999 NHS numbers hidden (seed 5)',
      'match rank   links  sampled  precision        95 % interval    recall        95 % interval  of hidden',
      '         5  12,155    1,155    99.75 %   98.93 % to 99.86 %  100.00 %  99.90 % to 100.00 %          -',
      '         6       3    2,000   100.00 %  99.00 % to 100.00 %   80.00 %   70.00 % to 90.00 %    85.17 %',
      '         7       3        2          -                    -         -                    -          -',
    ]);
    const lines = runReport({ ...RESULT, audit }, 'a', 'b').split('\n');
    const index = lines.indexOf(table[0]!);
    expect(lines.slice(index - 1, index + table.length + 1)).toEqual(['', ...table, '']);
  });
});

describe('formats', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [337_138, '329 KiB'],
    [5 * 1024 ** 4, '5.0 TiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('align text to the left and numbers to the right', () => {
    const columns = [
      { heading: 'a', align: 'left' },
      { heading: 'number', align: 'right' },
    ] as const;
    expect(textTable(columns, [['long', '1'], ['b']])).toEqual(['a     number', 'long       1', 'b']);
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePipeline } from '../../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StatementFigures } from './figures.ts';
import { linkageStatement } from './linkage-statement.ts';

const pipelineOf = (link: string): Pipeline => {
  const text = readFileSync('pipelines/eight-step.yaml', 'utf8').replace(
    'ranks: eight-step',
    `ranks: eight-step${link}`,
  );
  const context = { file: '/srv/eight-step.yaml', runDate: '2026-04-01', shownAs: 'eight-step.yaml' };
  return parsePipeline(text, { ...context, variables: {}, identifierIn: () => null });
};

const interval = [0.981, 0.99987] as const;
const FIGURES: StatementFigures = {
  pipeline: pipelineOf(''),
  tool: 'tallystick 0.1.0',
  runId: '2026-04-01-abc',
  runDate: '2026-04-01',
  rulesVersion: 1,
  inputs: [
    { source: 'gp', table: 'gp_patients', file: 'a.csv', bytes: 1, sha256: '', rows: 1002 },
    { source: 'gp', table: 'gp_patients', file: 'b.csv', bytes: 1, sha256: '', rows: 1004 },
    { source: 'hospital', table: 'hospital_episodes', file: 'c.csv', bytes: 1, sha256: '', rows: 7 },
  ],
  outcomes: [
    { source: 'gp', table: 'gp_patients', column: 'nhs_number', outcomes: { valid: 2001, absent: 5 } },
  ],
  receipts: [
    {
      stage: 'tokenise',
      source: 'gp',
      table: 'gp_patients',
      rowsIn: 2006,
      rowsOut: 1944,
      dropped: { 'type-1-opt-out': 62 },
    },
    { stage: 'tokenise', source: 'gp', table: 'gp_events', rowsIn: 901, rowsOut: 901, dropped: {} },
    {
      stage: 'tokenise',
      source: 'hospital',
      table: 'hospital_episodes',
      rowsIn: 7,
      rowsOut: 7,
      dropped: {},
    },
    {
      stage: 'release',
      source: 'gp',
      table: 'gp_events',
      rowsIn: 901,
      rowsOut: 880,
      dropped: { 'type-2-opt-out': 18, orphan: 3 },
    },
  ],
  persons: {
    released: 1801,
    typeTwoOptOut: 44,
    nationalOptOut: 3,
    heldBack: 96,
    metIn: { '1': 1801, '2': 0, '3': 0 },
    bySettings: { gp: 1701, 'gp+hospital': 96, hospital: 4 },
  },
  held: { 'type-2': 44, national: 3, vip: 12, confidential: 4, contradicted: 20, 'unknown-number': 76 },
  optOuts: {
    types: ['type-1', 'type-2'],
    exempt: [{ type: 'national', basis: 'consent', because: 'everybody signed | the form' }],
    waived: [{ what: 'type 1 opt-outs of the source surgery', reason: 'no practice takes part' }],
    asOf: { 'optOuts.register': '2026-03-30', 'optOuts.lists.staff': '2026-03-28' },
    state: 'ab'.repeat(32),
    proof: { files: 3, persons: 1800, violations: 0 },
  },
  publishedMatchWeights: null,
  publishedAudit: {
    sampled: 503,
    seed: 48_271,
    ranks: [
      {
        rank: 1,
        links: 1507,
        sampled: 500,
        precision: 1,
        precisionInterval: interval,
        recall: 0.9,
        recallInterval: interval,
        hiddenRecall: null,
        hiddenRecallInterval: null,
      },
      {
        rank: 6,
        links: 6,
        sampled: 3,
        precision: null,
        precisionInterval: null,
        recall: null,
        recallInterval: null,
        hiddenRecall: null,
        hiddenRecallInterval: null,
      },
    ],
  },
  implausible: null,
  missed: [
    { source: 'gp', linked: 1940, unlinked: null, characteristics: [] },
    {
      source: 'hospital',
      linked: 500,
      unlinked: 40,
      characteristics: [
        {
          by: 'ageBand',
          values: [
            {
              value: '0-4',
              linked: 100,
              linkedPercent: 20,
              unlinked: null,
              unlinkedPercent: null,
              standardisedDifference: null,
            },
            {
              value: null,
              linked: 400,
              linkedPercent: 80,
              unlinked: 30,
              unlinkedPercent: 75,
              standardisedDifference: 0.12,
            },
          ],
        },
      ],
    },
  ],
};

/** The cells of each line of a table, without the blanks that align them. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('the linkage statement', () => {
  const text = linkageStatement(FIGURES);
  const rows = rowsOf(text);

  it('has a section for each item that GUILD and RECORD require of a linkage', () => {
    const headings = text.split('\n').filter((line) => line.startsWith('## '));
    expect(headings).toHaveLength(9);
    for (const item of ['1.3', '6.1', '6.3', '12.1', '12.2', '12.3', '13.1', '19.1', '22.1']) {
      expect(headings.some((heading) => heading.includes(item))).toBe(true);
    }
  });

  it('gives rounded counts of what was delivered, cleaned, linked and released', () => {
    expect(rows).toContainEqual(['gp', 'gp', 'gp_patients', '2', '2,005']);
    expect(rows).toContainEqual(['gp', 'gp_patients', 'nhs_number', 'valid', '100']);
    expect(rows).toContainEqual(['gp_patients', 'type 1 opt-out', '60']);
    expect(rows).toContainEqual(['gp_patients', 'used for linkage, not released as rows', '1,945']);
    expect(rows).toContainEqual(['gp_events', 'released', '880']);
    expect(rows).toContainEqual(['of them in gp and hospital', '95']);
    expect(rows).toContainEqual(['1', '1,505', '100 (98 to 100)', '90 (98 to 100)']);
  });

  it('shows no small number, and explains that', () => {
    expect(text).toContain('Counts of 0 to 7 are not shown');
    expect(rows).toContainEqual(['hospital', 'hospital', 'hospital_episodes', '1', '\\*']);
    expect(rows).not.toContainEqual(expect.arrayContaining(['absent']));
    expect(rows).not.toContainEqual(expect.arrayContaining(['points at a record that was not delivered']));
    expect(rows).not.toContainEqual(expect.arrayContaining(['of them in hospital']));
    expect(rows).toContainEqual(['not released: national data opt-out', '\\*']);
    expect(rows).toContainEqual(['6', '\\*', '\\*', '\\*']);
  });

  it('compares linked with unlinked records, where enough are unlinked', () => {
    expect(rows).toContainEqual(['age: 0-4', '100', '20', '\\*', '\\*', '\\*']);
    expect(rows).toContainEqual(['age: not known', '400', '80', '30', '75', '0.12']);
    expect(text).toContain('93 % of the records are linked.');
    expect(text).toContain('### gp\n\nToo few records are unlinked to compare them.');
  });

  it('says which opt-outs were applied, which were not and why, and that the files were read back', () => {
    expect(text).toContain('Opt-outs of these types were applied: type 1 opt-out and type 2 opt-out.');
    expect(text).toMatch(
      /\| national data opt-out \| consent of the people \| everybody signed \\\| the form \|/,
    );
    expect(rows).toContainEqual(['type 1 opt-outs of the source surgery', 'no practice takes part']);
    expect(text).toContain('Dates of the lists: list staff: 2026-03-28; opt-out register: 2026-03-30.');
    expect(text).toContain(`each of the 3 tables was read back`);
    expect(text).toContain('ab'.repeat(32));
  });

  it('counts persons by reason, without those of few persons', () => {
    expect(rows).toContainEqual(['not released: on a list of protected people', '10']);
    expect(rows).toContainEqual(['not released: held back', '95']);
    expect(text).not.toContain('confidential patient');
  });

  it('names every other setting that affects linkage, and only those that are set', () => {
    const asked = ', ignoreBusiestPostcodes: 7%, minProbability: 0.95';
    const other = linkageStatement({
      ...FIGURES,
      pipeline: pipelineOf(asked.replaceAll(', ', '\n  ')),
      implausible: {
        version: 'implausible/1',
        isQuarantined: true,
        links: { '1': 500 },
        implausible: { '1': 21 },
        rules: {
          'activity-after-death': { '1': 21 },
          'overlapping-stays': { '1': 2 },
          'two-births': null,
          'infant-giving-birth': null,
        },
      },
    });
    expect(other).toContain('at most 7 % of those of each source');
    expect(other).toContain('Links with a match probability of less than 0.95 were refused.');
    expect(other).toContain('activity after death (20) and overlapping stays (*). In all 20 links');
    expect(other).toContain('taken apart and held back');
    for (const absent of ['were refused', 'of each source.', 'taken apart'])
      expect(text).not.toContain(absent);
    expect(text).toContain('not checked for combinations of records that no one person can have');
  });

  it('is the same text for all counts that are published alike', () => {
    const within = (count: number, by: number) =>
      count <= 7 ? by : Math.max(8, 5 * Math.round(count / 5) - 2 + (by % 5));
    const all = (counts: Readonly<Record<string, number>>, by: number) =>
      Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, within(count, by)]));
    const moved = (by: number) => {
      const { persons, publishedAudit, receipts, inputs, outcomes } = FIGURES;
      return linkageStatement({
        ...FIGURES,
        // totals would give the parts away that are not shown: they are summed from the parts that are
        inputs: inputs.map((one) => ({ ...one, rows: one.rows + 97 * by })),
        outcomes: outcomes.map((one) => ({ ...one, outcomes: all(one.outcomes, by) })),
        receipts: receipts.map((one) => ({
          ...one,
          rowsIn: one.rowsIn + 89 * by,
          rowsOut: within(one.rowsOut, by),
          dropped: all(one.dropped, by),
        })),
        persons: {
          ...persons,
          released: within(persons.released, by),
          typeTwoOptOut: within(persons.typeTwoOptOut, by),
          nationalOptOut: within(persons.nationalOptOut, by),
          heldBack: within(persons.heldBack, by),
          bySettings: all(persons.bySettings, by),
        },
        // two reasons in one line
        held: { ...all(FIGURES.held, by), contradicted: 20, 'unknown-number': within(96, by) - 20 },
        publishedAudit: {
          ...publishedAudit,
          sampled: within(publishedAudit.sampled, by),
          ranks: publishedAudit.ranks.map((one) => ({ ...one, links: within(one.links, by) })),
        },
        implausible: {
          version: 'implausible/1',
          isQuarantined: true,
          links: { '1': within(500, by) },
          implausible: { '1': within(21, by) },
          rules: {
            'activity-after-death': { '1': within(21, by) },
            'overlapping-stays': { '1': within(2, by) },
            'two-births': null,
            'infant-giving-birth': null,
          },
        },
      });
    };
    const texts = new Set(Array.from({ length: 8 }, (_, by) => moved(by)));
    expect([...texts]).toHaveLength(1);
    expect([...texts][0]).not.toMatch(/\d\.\d+ ?%|\(\d+\.\d/);
  });

  it('gives m and u in whole per cent', () => {
    const rates = { m: { agree: 0.98765, disagree: 0.01235 }, u: { agree: 0.5, disagree: 0.5 } };
    const block = { pairs: 1234, matches: 0.99876, iterations: 3, hasConverged: true };
    const statement = linkageStatement({
      ...FIGURES,
      publishedMatchWeights: {
        fields: { 'nhs-number': rates, sex: rates, 'date-of-birth': rates, postcode: rates },
        sameNumber: block,
        sameDemographics: block,
      },
    });
    expect(statement).toContain('an estimated 100 % are matches');
    expect(rowsOf(statement)).toContainEqual(['sex', 'agree', '99', '50']);
    expect(statement).not.toMatch(/1,234|98\.7/);
  });

  it('gives no exact count of records or persons', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (count) => {
        const [first, ...others] = FIGURES.receipts;
        const statement = linkageStatement({
          ...FIGURES,
          receipts: [
            { ...first!, rowsIn: 2 * count, rowsOut: count, dropped: { quarantined: count } },
            ...others,
          ],
          persons: { ...FIGURES.persons, released: count, bySettings: { gp: count } },
          outcomes: [{ ...FIGURES.outcomes[0]!, outcomes: { valid: count } }],
        });
        const numbers = rowsOf(statement)
          .filter(([table]) => table === 'gp_patients' || table === 'released')
          .map((cells) => cells.at(-1)!.replaceAll(',', ''));
        expect(numbers.length).toBeGreaterThan(2);
        for (const one of numbers) {
          if (one === '100') continue; // per cent of the rows of a column
          expect(one === '\\*' ? count <= 7 : count > 7 && Number(one) % 5 === 0).toBe(true);
        }
      }),
    );
  });
});

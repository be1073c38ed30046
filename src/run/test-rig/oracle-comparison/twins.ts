import { RUN_DATE } from '../bench-folder.ts';
import type { Draw } from './draw.ts';
import type { LinkDraft } from './ladder.ts';
import { LOCAL_IDS, NHS_NUMBERS, POSTCODES } from './people.ts';
import type { Story } from './scenario.ts';
import { type Dress, declareSource, type SourceDraft, type TableDraft } from './source.ts';

const DRESS: Dress = { date: '%Y-%m-%d', delimiter: ',', quote: '"', encoding: 'utf-8', lineEnd: '\n' };
const IDENTIFIERS = {
  nhs: { role: 'nhs-number' },
  dob: { role: 'date-of-birth' },
  sex: { role: 'sex' },
  home: { role: 'postcode' },
};
const KEY = { key: { role: 'patient-key' } };

/** Of a pair of twins, nothing but the number tells one from the other. */
interface Twin {
  readonly nhs: string;
  readonly dob: string;
  readonly sex: string;
  readonly home: string;
  readonly before: string;
  readonly local: string;
}

/**
 * Twins, of whom some opted out and some are in quarantine, at a GP, who does not know every number and sex rightly, and in hospital, where
 * numbers are often missing: what stays above the identity boundary, and what the GP knows of both, decides whether a row without a
 * number is nobody's.
 */
export function drawTwinStory(draw: Draw, { link, lists }: LinkDraft): Story {
  const twins = drawTwins(draw);
  const gp = drawGp(draw, 'gp', twins);
  const sources = [
    gp,
    drawHospital(draw, twins),
    ...(draw.chance(30) ? [{ ...drawGp(draw, 'clinic', twins), setting: 'community' as const }] : []),
  ];
  const register = twins
    .filter(() => draw.chance(45))
    .flatMap(({ nhs }) =>
      draw
        .oneOf([['1'], ['1'], ['1', '2'], ['1', '2'], ['2'], ['national']])
        .map((type) => `${nhs},${type},registered,`),
    );
  const coded = draw.chance(70) ? { codes: { table: 'gp_events', column: 'read', date: 'day' } } : {};
  return {
    sources,
    lists: { ...lists, 'opt-outs.csv': `${['nhs_number,type,event,date', ...register].join('\n')}\n` },
    pipeline: {
      tallystick: 1,
      name: 'twins',
      synthetic: true,
      keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
      sources: Object.fromEntries(sources.map((source) => [source.name, declareSource(source)])),
      optOuts: {
        register: { file: 'opt-outs.csv', asOf: RUN_DATE, allowEmpty: true },
        untied: draw.oneOf(['hold-back', 'release']),
        maxUnmatched: draw.usually(85, '100%', ['40%']),
        ...coded,
      },
      link,
      release: {
        agreement: 'twins-001',
        tables: Object.fromEntries([
          ['persons', { sex: 'keep' }],
          ...sources.flatMap(({ tables }) => tables.map(({ name }) => [name, { what: 'keep' }])),
        ]),
      },
    },
  };
}

function drawTwins(draw: Draw): Twin[] {
  return [0, 1, 2].flatMap((pair) => {
    const dob = draw.usually(90, `19${70 + pair}-05-07`, ['1980-01-01']);
    const sex = draw.oneOf(['1', '2']);
    return [0, 1].map((nth): Twin => {
      const index = pair * 2 + nth;
      const [home, before] = [POSTCODES[draw.chance(5) ? 1 : 0]!, POSTCODES[draw.number(0, 2)]!];
      return {
        nhs: NHS_NUMBERS[index]!,
        dob,
        sex,
        home,
        before,
        local: LOCAL_IDS[index % LOCAL_IDS.length]!,
      };
    });
  });
}

/** Makes a row faulty now and then: a cell that does not fit, one too many, too few, or in the wrong place. */
function drawFault(draw: Draw, percent: number, row: readonly string[]): string[] {
  if (!draw.chance(percent)) return [...row];
  return draw.oneOf([
    [...row.slice(0, -1), 'never'],
    [...row.slice(0, -1), 'never'],
    [...row, 'one too many'],
    [row[0]!, 'shifted', ...row.slice(1)],
    row.slice(0, -1),
    ['', ...row.slice(1)],
  ]);
}

function drawGp(draw: Draw, name: string, twins: readonly Twin[]): SourceDraft {
  const known = twins.filter(() => draw.chance(85));
  // unread, or mistyped into a number that is somebody else's
  const nhsOf = ({ nhs }: Twin) => draw.usually(80, nhs, ['', '9434765910', draw.oneOf(twins).nhs]);
  const sexOf = ({ sex }: Twin) => draw.usually(85, sex, ['', '9']);
  const homeOf = ({ home }: Twin) => draw.usually(95, home, ['']);
  const patients: TableDraft = {
    name: `${name}_patients`,
    columns: { ...KEY, ...IDENTIFIERS, died: { role: 'date-of-death' } },
    date: null,
    header: ['key', 'nhs', 'dob', 'sex', 'home', 'died'],
    rows: known.flatMap((twin, index) => {
      const tell = (dob: string) => [`k${index}`, nhsOf(twin), dob, sexOf(twin), homeOf(twin)];
      // both rows of her key are in quarantine, and do not say the same
      if (draw.chance(5)) return [twin.dob, draw.oneOf(twins).dob].map((dob) => [...tell(dob), 'never']);
      return [drawFault(draw, 15, [...tell(twin.dob), '2026-01-02'])];
    }),
  };
  const addresses: TableDraft = {
    name: `${name}_addresses`,
    columns: { ...KEY, home: IDENTIFIERS.home },
    date: null,
    header: ['key', 'home'],
    rows: known.flatMap(({ before }, index) =>
      draw.chance(50) ? [drawFault(draw, 10, [`k${index}`, before])] : [],
    ),
  };
  const codes = ['', '', '', '9Nu0', '9Nu4.', '9Nu4'];
  const events: TableDraft = {
    name: `${name}_events`,
    columns: {
      ...KEY,
      what: { role: 'category' },
      day: { role: 'date' },
      read: { role: 'code', system: 'read-v2' },
    },
    date: null,
    header: ['key', 'what', 'day', 'read'],
    rows: known.map((_, index) => [
      `k${index}`,
      `${name} ${index}`,
      '2025-01-01',
      draw.usually(60, '', codes),
    ]),
  };
  const isMoved = draw.chance(70);
  return {
    name,
    dress: DRESS,
    quarantine: '100%',
    setting: 'gp',
    patients,
    addresses: isMoved ? addresses : null,
    tables: [events],
  };
}

function drawHospital(draw: Draw, twins: readonly Twin[]): SourceDraft {
  const rows = Array.from({ length: draw.number(6, 12) }, (_, index) => {
    const twin = draw.oneOf(twins);
    const nhs = draw.usually(70, '', [twin.nhs, twin.nhs, twin.nhs, draw.oneOf(twins).nhs]);
    const home = draw.usually(85, twin.home, [twin.before]);
    const local = draw.usually(70, twin.local, ['', draw.oneOf(LOCAL_IDS)]);
    return drawFault(draw, 12, [nhs, twin.dob, twin.sex, home, local, 'X', `stay ${index}`, '2026-01-02']);
  });
  const stays: TableDraft = {
    name: 'hospital_stays',
    columns: {
      ...IDENTIFIERS,
      local: { role: 'local-patient-id', provider: 'org' },
      org: { role: 'organisation' },
      what: { role: 'category' },
      day: { role: 'date' },
    },
    date: null,
    header: ['nhs', 'dob', 'sex', 'home', 'local', 'org', 'what', 'day'],
    rows,
  };
  return {
    name: 'hospital',
    dress: DRESS,
    quarantine: '100%',
    setting: 'hospital',
    patients: null,
    addresses: null,
    tables: [stays],
  };
}

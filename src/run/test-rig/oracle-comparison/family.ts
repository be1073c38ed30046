import { RUN_DATE } from '../bench-folder.ts';
import type { Draw } from './draw.ts';
import { declareImplausible, drawHappened, type Happened } from './implausible.ts';
import { BIRTH_DATES, LOCAL_IDS, misdated, NHS_NUMBERS, POSTCODES, type Somebody } from './people.ts';
import type { Story } from './scenario.ts';
import { type Dress, declareSource, type SourceDraft, type TableDraft } from './source.ts';

/** What a row says of somebody, right or wrong. */
export interface RecordedFields {
  readonly nhs: string;
  /** YYYY-MM-DD */
  readonly dob: string;
  readonly sex: string;
  readonly home: string;
  readonly local: string;
  readonly org: string;
  /** what happened, where the rules of implausible links are to look at it */
  readonly happened?: Happened;
}
const SAID = ['nhs', 'dob', 'sex', 'home', 'local', 'org'] as const;

/** How clerks and systems misrecord people. */
type Mishap = (said: RecordedFields, draw: Draw, family: readonly Somebody[]) => Partial<RecordedFields>;
const losesNumber: Mishap = () => ({ nhs: '' });
const getsAnotherLocalId: Mishap = (_, draw) => ({ local: draw.oneOf([...LOCAL_IDS, '']) });
/** The commonest are listed twice. */
const MISHAPS: readonly Mishap[] = [
  losesNumber,
  losesNumber,
  (_, draw, family) => ({ nhs: draw.oneOf(family).nhsNumber }),
  ({ dob }, draw) => ({ dob: misdated(draw, dob) }),
  (_, draw, family) => ({ dob: draw.usually(60, draw.oneOf(family).birthDate, ['', '1950-01-01']) }),
  ({ sex }, draw) => ({ sex: draw.oneOf([sex === '1' ? '2' : '1', '9']) }),
  (_, draw) => ({ home: draw.oneOf([...POSTCODES, '']) }),
  getsAnotherLocalId,
  getsAnotherLocalId,
  (_, draw) => ({ org: draw.oneOf(['Y', '']) }),
];

const DRESS: Dress = { date: '%Y-%m-%d', delimiter: ',', quote: '"', encoding: 'utf-8', lineEnd: '\n' };
const COLUMNS = {
  nhs: { role: 'nhs-number' },
  dob: { role: 'date-of-birth' },
  sex: { role: 'sex' },
  home: { role: 'postcode' },
  local: { role: 'local-patient-id', provider: 'org' },
  org: { role: 'organisation' },
  key: { role: 'patient-key' },
  what: { role: 'category' },
  from: { role: 'date' },
  to: { role: 'date' },
  icd: { role: 'code', system: 'icd-10' },
  died: { role: 'date-of-death' },
};
const HAPPENED = ['from', 'to', 'icd'] as const;

/** The pipeline file's `link`, the lists it names, and what becomes of those without a number. */
export interface Linking {
  readonly link: object;
  readonly lists: Readonly<Record<string, string>>;
  readonly untied: 'release' | 'hold-back';
}

/**
 * A family as a few sources know it: well recorded for the most part, so that what goes wrong decides who is linked.
 *
 * @param isEventful whether things happened that may tell of a wrong link, and are looked at
 */
export function drawFamilyStory(
  draw: Draw,
  linking: Omit<Linking, 'untied'>,
  isEventful = draw.chance(30),
): Story {
  const family = drawFamily(draw);
  const sources = ['one', 'two', 'three'].slice(0, draw.number(2, 3)).map((name) => {
    const rows = Array.from({ length: draw.number(3, 9) }, () => ({
      ...drawSaid(draw, family),
      ...(isEventful ? { happened: drawHappened(draw) } : {}),
    }));
    return draw.chance(40) ? splitSource(name, rows, drawMoves(draw, rows.length)) : flatSource(name, rows);
  });
  const link = { ...linking.link, ...declareImplausible(draw, sources) };
  return storyOf(sources, { ...linking, link, untied: draw.oneOf(['release', 'hold-back']) });
}

/** A story in which every row is released under its name, and nobody has opted out. */
export function storyOf(sources: readonly SourceDraft[], { link, lists, untied }: Linking): Story {
  const released = sources.flatMap(({ tables }) => tables.map(({ name }) => [name, { what: 'keep' }]));
  return {
    sources,
    lists: { ...lists, 'opt-outs.csv': 'nhs_number,type,event,date\n' },
    pipeline: {
      tallystick: 1,
      name: 'family',
      synthetic: true,
      keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
      sources: Object.fromEntries(sources.map((source) => [source.name, declareSource(source)])),
      optOuts: { register: { file: 'opt-outs.csv', asOf: RUN_DATE, allowEmpty: true }, untied },
      link,
      release: {
        agreement: 'family-001',
        tables: { persons: { sex: 'keep', year_of_birth: 'year-of-birth' }, ...Object.fromEntries(released) },
      },
    },
  };
}

/** Siblings at one address; some of them twins. */
function drawFamily(draw: Draw): Somebody[] {
  const born = draw.shuffled(BIRTH_DATES);
  return NHS_NUMBERS.slice(0, draw.number(2, 4)).map((nhsNumber, index) => ({
    nhsNumber,
    birthDate: draw.usually(60, born[index]!, [born[0]!]),
    sex: draw.oneOf(['1', '2'] as const),
    postcode: POSTCODES[0]!,
    localId: LOCAL_IDS[index]!,
  }));
}

function drawSaid(draw: Draw, family: readonly Somebody[]): RecordedFields {
  const { nhsNumber, birthDate, sex, postcode, localId } = draw.oneOf(family);
  let said: RecordedFields = {
    nhs: nhsNumber,
    dob: birthDate,
    sex,
    home: postcode,
    local: localId,
    org: 'X',
  };
  for (const mishap of draw.some(MISHAPS, 18)) said = { ...said, ...mishap(said, draw, family) };
  return said;
}

/** A flat source of these rows: each says who it is about, local id and provider with it. */
export function flatSource(name: string, rows: readonly RecordedFields[]): SourceDraft {
  const header = [
    ...SAID,
    'what',
    ...happenedOf(rows),
    ...(isEventful(rows) ? (['died'] as const) : []),
  ] as const;
  const stays = tableOf(`${name}_stays`, header, rows, name);
  return { ...sourceOf(name), setting: 'hospital', patients: null, addresses: null, tables: [stays] };
}

/** Earlier addresses of some of a source's patients: key and postcode. */
function drawMoves(draw: Draw, patients: number): [string, string][] {
  const one = (): [string, string] => [`k${draw.number(0, patients - 1)}`, draw.oneOf(POSTCODES)];
  return draw.chance(50) ? Array.from({ length: draw.number(1, 4) }, one) : [];
}

/** A split source: a patient and a visit for each row, and where they lived before. Local ids are left out. */
function splitSource(
  name: string,
  rows: readonly RecordedFields[],
  moves: readonly [string, string][],
): SourceDraft {
  const addresses: TableDraft = {
    name: `${name}_addresses`,
    columns: { key: COLUMNS.key, home: COLUMNS.home },
    date: null,
    header: ['key', 'home'],
    rows: moves,
  };
  const died = isEventful(rows) ? (['died'] as const) : [];
  const patients = tableOf(`${name}_patients`, ['key', 'nhs', 'dob', 'sex', 'home', ...died], rows, name);
  const org = isEventful(rows) ? (['org'] as const) : [];
  const visits = tableOf(`${name}_visits`, ['key', 'what', ...org, ...happenedOf(rows)], rows, name);
  return { ...sourceOf(name), setting: 'community', patients, addresses, tables: [visits] };
}

function isEventful([first]: readonly RecordedFields[]): boolean {
  return first?.happened !== undefined;
}

function happenedOf(rows: readonly RecordedFields[]) {
  return isEventful(rows) ? HAPPENED : [];
}

function sourceOf(name: string) {
  return { name, dress: DRESS, quarantine: '0%' };
}

function tableOf(
  name: string,
  header: readonly (keyof typeof COLUMNS)[],
  rows: readonly RecordedFields[],
  source: string,
): TableDraft {
  const cells = rows.map((said, index) => {
    const nothing: Happened = { from: '', to: '', icd: '', died: '' };
    const all = { ...nothing, ...said, ...said.happened, key: `k${index}`, what: `${source} ${index}` };
    return header.map((column) => all[column]);
  });
  const columns = Object.fromEntries(header.map((column) => [column, COLUMNS[column]]));
  return { name, columns, date: header.includes('from') ? 'from' : null, header, rows: cells };
}

import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { RUN_DATE } from '../bench-folder.ts';
import type { Draw } from './draw.ts';
import { declareImplausible } from './implausible.ts';
import { drawLink } from './ladder.ts';
import { DAYS, drawRule, PAYLOAD, type PayloadName } from './payload.ts';
import { drawPeople, NHS_NUMBERS } from './people.ts';
import {
  type Dress,
  declareSource,
  draftsOf,
  drawSource,
  type SourceDraft,
  type SourceKind,
  type TableDraft,
} from './source.ts';

/** A whole made-up delivery: a pipeline file's content, and every file it names. */
export interface Scenario {
  readonly pipeline: object;
  readonly files: Readonly<Record<string, Buffer>>;
}

/** How the same rows are laid out in files; nothing published may depend on it. */
export interface Layout {
  /** files a table's rows are dealt out to */
  readonly parts: number;
  readonly isReversed: boolean;
}

export interface Story {
  readonly sources: readonly SourceDraft[];
  readonly pipeline: object;
  readonly lists: Readonly<Record<string, string>>;
}

/**
 * Makes up people, sources, opt-outs and a release.
 *
 * @param first what the first source must be
 */
export function drawStory(draw: Draw, first: SourceKind = 'any'): Story {
  const people = drawPeople(draw);
  const sources = ['one', 'two', 'three']
    .slice(0, draw.number(1, 3))
    .map((name, at) => drawSource(draw, name, people, at === 0 ? first : 'any'));
  const isSynthetic = draw.usually(80, true, [false]);
  const { optOuts, lists } = drawOptOuts(draw, sources, isSynthetic, first !== 'any' && draw.chance(60));
  const sensitive = draw.chance(50);
  const { link, lists: ignored } = drawLink(draw);
  return {
    sources,
    lists: {
      ...lists,
      ...ignored,
      ...(sensitive
        ? { 'sensitive.csv': 'system,code,match,reason\nicd-10,B20,prefix,x\nsnomed,73211009,exact,x\n' }
        : {}),
    },
    pipeline: {
      tallystick: 1,
      name: 'tiny',
      synthetic: isSynthetic,
      keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
      sources: Object.fromEntries(sources.map((source) => [source.name, declareSource(source)])),
      optOuts,
      ...draw.usually<object>(
        90,
        { link: { ...link, ...(draw.chance(35) ? declareImplausible(draw, sources) : {}) } },
        [{}],
      ),
      release: {
        agreement: 'tiny-001',
        ...(sensitive ? { sensitiveCodes: 'sensitive.csv' } : {}),
        ...(draw.chance(30) ? { linkageWeights: true } : {}),
        tables: { persons: drawPersons(draw, sources), ...drawReleasedTables(draw, sources) },
      },
    },
  };
}

/** Writes a story's files, in one of the layouts that must not matter. */
export function writeStory({ sources, pipeline, lists }: Story, layout: Layout): Scenario {
  const files: Record<string, Buffer> = {};
  for (const source of sources) {
    const { dress } = source;
    for (const table of draftsOf(source)) {
      for (let part = 0; part < layout.parts; part += 1) {
        const rows = table.rows.filter((_, at) => at % layout.parts === part);
        const text = writeCsv(table, layout.isReversed ? rows.toReversed() : rows, dress);
        const bytes = iconv.encode(text, ICONV_NAMES[dress.encoding]);
        const isZipped = part === 1;
        files[`${table.name}-${part}.csv${isZipped ? '.gz' : ''}`] = isZipped ? gzipSync(bytes) : bytes;
      }
    }
  }
  for (const [name, text] of Object.entries(lists)) files[name] = Buffer.from(text);
  // a handful of people have rows that are alike, which are dealt out to several files
  return { pipeline: { ...pipeline, expect: { repeats: { stop: 'never' } } }, files };
}

const ICONV_NAMES = {
  'utf-8': 'utf-8',
  'windows-1252': 'windows-1252',
  'latin-1': 'iso-8859-1',
  'utf-16': 'utf-16le',
} as const;

function writeCsv({ header, rows }: TableDraft, order: TableDraft['rows'], dress: Dress): string {
  const { delimiter, quote, lineEnd, encoding } = dress;
  // what the encoding cannot write would come out as a question mark: let it be one for both engines
  const plain = (cell: string) =>
    encoding === 'windows-1252' || encoding === 'latin-1' ? cell.replaceAll(/[^\0-\u00ff]/g, '?') : cell;
  const written = (cell: string) =>
    [delimiter, quote, '\n', '"', "'"].some((mark) => cell.includes(mark))
      ? `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`
      : cell;
  const line = (cells: readonly string[]) => cells.map((cell) => written(plain(cell))).join(delimiter);
  return `${[header, ...(rows.length === 0 ? [] : order)].map(line).join(lineEnd)}${lineEnd}`;
}

/** @param hasTypeOne whether somebody is sure to have registered a type 1 opt-out */
function drawOptOuts(draw: Draw, sources: readonly SourceDraft[], isSynthetic: boolean, hasTypeOne: boolean) {
  const asOf = RUN_DATE;
  const numbers = isSynthetic ? NHS_NUMBERS : NHS_NUMBERS.filter((one) => !one.startsWith('9'));
  const nhsNumber = () => draw.usually(93, draw.oneOf(numbers), ['4000000004', '9434765910', '']);
  const lists: Record<string, string> = {};
  const optOuts: Record<string, unknown> = { untied: draw.oneOf(['hold-back', 'release']) };
  const coded = sources.flatMap(({ setting, tables }) => (setting === 'gp' ? tables.filter(canRecord) : []));
  if (coded.length > 0 && draw.chance(80)) {
    const table = draw.oneOf(coded);
    const column = draw.shuffled(['concept', 'read'].filter((name) => name in table.columns));
    optOuts['codes'] = { table: table.name, column, date: 'day' };
    if (draw.chance(20)) {
      optOuts['codeOverrides'] = [
        { type: 'type-2', event: 'withdrawn', system: 'snomed', code: '44054006' },
        { type: 'type-1', event: 'registered', system: 'read-v2', code: 'C10..' },
      ];
    }
  }
  if (hasTypeOne || !('codes' in optOuts) || draw.chance(70)) {
    const lines = Array.from({ length: draw.number(0, 5) }, () => {
      const type = draw.oneOf(['1', '2', 'national', 'type-1']);
      const event = draw.oneOf(['registered', 'withdrawn']);
      return [nhsNumber(), type, event, draw.oneOf([...DAYS, '', '2025-02-30'])].join(',');
    });
    if (hasTypeOne) lines.push(`${draw.oneOf(numbers)},1,registered,`);
    lists['opt-outs.csv'] = `${['nhs_number,type,event,date', ...lines].join('\n')}\n`;
    optOuts['register'] = { file: 'opt-outs.csv', asOf, allowEmpty: draw.usually(95, true, [false]) };
  }
  if (draw.chance(25)) {
    const allowed = draw.some(numbers, 70);
    lists['reply.dat'] = allowed.map((number) => `${number},\n`).join('');
    optOuts['national'] = { reply: 'reply.dat', asOf, allowEmpty: true };
  }
  return { optOuts, lists };
}

/** Opt-outs are coded in tables that name the patient, the code and the day. */
function canRecord({ columns }: TableDraft): boolean {
  return 'key' in columns && 'day' in columns && ('concept' in columns || 'read' in columns);
}

function drawReleasedTables(draw: Draw, sources: readonly SourceDraft[]): Record<string, object> {
  const tables = draw.some(
    sources.flatMap((one) => one.tables),
    80,
  );
  return Object.fromEntries(
    tables.map(({ name, columns }) => {
      const releasable = Object.keys(columns).filter((one) => one in PAYLOAD || one === 'id' || one === 'up');
      const rules = draw
        .some(releasable, 65)
        .map((one) => [one, one in PAYLOAD ? drawRule(draw, one as PayloadName) : 'keep']);
      return [name, Object.fromEntries(rules)];
    }),
  );
}

function drawPersons(draw: Draw, sources: readonly SourceDraft[]): Record<string, unknown> {
  const subjectColumns = sources.flatMap(({ patients, tables }) =>
    (patients === null ? tables.filter(({ columns }) => !('up' in columns)) : [patients]).flatMap(
      ({ columns }) => Object.keys(columns),
    ),
  );
  const when = (column: string, facts: Record<string, unknown>) =>
    subjectColumns.includes(column) ? facts : {};
  const possible = {
    ...when('sex', { sex: 'keep' }),
    ...when('dob', { year_of_birth: 'year-of-birth', age_band: drawAgeBand(draw) }),
    ...when('lsoa', { area: draw.oneOf(['keep', { rule: 'truncate', length: 1 }]) }),
    ...when('eth', {
      ethnic_category: draw.oneOf(['keep', { rule: 'map', map: { A: 'B' }, other: 'rest' }]),
    }),
    ...when('died', { date_of_death: draw.oneOf(['keep', 'month', 'year']) }),
    first_seen: draw.oneOf(['keep', 'month', 'year']),
    last_seen: draw.oneOf(['keep', 'month', 'year']),
  };
  return Object.fromEntries(draw.some(Object.entries(possible)));
}

function drawAgeBand(draw: Draw): object {
  return draw.oneOf([
    { rule: 'age-band' },
    { rule: 'age-band', width: 7, top: 50, at: '1999-05-06' },
    { rule: 'age-band', width: 10, top: 65, at: '1980-05-07' },
  ]);
}

import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import type { Draw } from './draw.ts';
import { declareImplausible } from './implausible.ts';
import { drawLink } from './ladder.ts';
import { drawOptOuts } from './opt-outs.ts';
import { drawRule, PAYLOAD, type PayloadName } from './payload.ts';
import { drawPeople } from './people.ts';
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
    .map((name, index) => drawSource(draw, name, people, index === 0 ? first : 'any'));
  const isSynthetic = draw.usually(80, true, [false]);
  const isSure = first !== 'any' && draw.chance(60);
  const { optOuts, lists, ofSources } = drawOptOuts(draw, sources, isSynthetic, isSure);
  const sensitive = draw.chance(50);
  const { link, lists: ignored } = drawLink(draw);
  return {
    sources,
    lists: {
      ...lists,
      ...ignored,
      ...(sensitive
        ? {
            'sensitive.csv':
              'system,code,match,reason\nicd-10,B20,prefix,x\nsnomed,73211009,exact,x\nread-v2,H33,exact,x\n',
          }
        : {}),
    },
    pipeline: {
      tallystick: 1,
      name: 'tiny',
      synthetic: isSynthetic,
      keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
      sources: Object.fromEntries(
        sources.map((source) => [source.name, declareSource(source, ofSources[source.name])]),
      ),
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
        const rows = table.rows.filter((_, index) => index % layout.parts === part);
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

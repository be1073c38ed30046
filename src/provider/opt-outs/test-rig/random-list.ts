import iconv from 'iconv-lite';
import { isoDate, parseDate } from '../../../domain/date-format.ts';
import { hasCheckDigit, NHS_NUMBER_PLACEHOLDERS } from '../../../domain/nhs-number.ts';
import type { OptOutEvent, OptOutKind, OptOutType } from '../../../domain/opt-out.ts';
import { OPT_OUT_TYPES } from '../../../domain/opt-out.ts';
import { completeOptOutLists } from '../../../pipeline/complete-opt-out-lists.ts';
import type { DeclaredList } from '../../../pipeline/pipeline.ts';
import { pipelineSchema } from '../../../pipeline/schema.ts';
import type { Draw } from '../../../run/test-rig/oracle-comparison/draw.ts';

/** A list as a pipeline file declares it, its content, and what it means. */
export interface RandomList {
  readonly list: DeclaredList;
  readonly bytes: Buffer;
  readonly entries: readonly { readonly nhsNumber: string; readonly event: OptOutEvent }[];
  readonly numbers: readonly string[];
}

const NAMES = ['NHS Number', 'pseudo', 'opt out kind', 'état', 'since', 'x1', 'Notes', 'a.b', 'type', '9Nu0'];
const FORMATS = ['%Y-%m-%d', '%d/%m/%Y', '%Y%m%d', '%d.%m.%Y %H:%M', '%Y-%m-%dT%H:%M:%S', '%m/%d/%Y'];
const ENCODINGS = ['utf-8', 'windows-1252', 'latin-1', 'utf-16'] as const;
const WORDS = [
  '1',
  '2',
  'Y',
  'N',
  '',
  'nationwide',
  'false',
  'true',
  'Widerspruch',
  'non-consentement é',
  '0',
];
const DATES = ['2019-02-28', '2020-02-29', '2026-03-31', '2026-04-01', '1900-01-01', '2026-12-24'];

/** Draws a list: any layout that a pipeline file can declare, and lines of it that are right. */
export function drawList(draw: Draw, file: string): RandomList {
  const names = draw.shuffled(NAMES);
  const take = () => names.pop()!;
  const isAllow = draw.chance(15);
  const number = take();
  const columns: Record<string, object> = { [number]: { role: 'nhs-number' } };
  const date = isAllow || draw.chance(30) ? null : { name: take(), ...drawDate(draw) };
  const kinds = ['registered', ...(date === null ? [] : ['withdrawn']), 'none'] as (OptOutKind | 'none')[];
  const perType = !isAllow && draw.chance(20);
  const typeColumn = isAllow || perType || draw.chance(40) ? null : take();
  const types = drawValues(draw, [...OPT_OUT_TYPES, 'none'] as const);
  const eventTypes = perType ? draw.shuffled(OPT_OUT_TYPES).slice(0, draw.number(1, 3)) : [null];
  const hasEvents = !isAllow && (perType || draw.chance(60));
  const events = hasEvents
    ? eventTypes.map((type) => ({ type, name: take(), values: drawValues(draw, kinds) }))
    : [];
  if (date !== null) columns[date.name] = { role: 'date', format: date.format, missing: date.missing };
  if (typeColumn !== null) columns[typeColumn] = { role: 'type', values: Object.fromEntries(types) };
  for (const { type, name, values } of events) {
    columns[name] = {
      role: 'event',
      ...(type === null ? {} : { type }),
      values: Object.fromEntries(values),
    };
  }
  const fixedType = draw.oneOf(OPT_OUT_TYPES);
  const needsType = !isAllow && typeColumn === null && !perType;
  const fixedEvent: OptOutKind = date !== null && draw.chance(20) ? 'withdrawn' : 'registered';

  const written = draw.shuffled([...Object.keys(columns), ...names.slice(0, draw.number(0, 3))]);
  const format = {
    delimiter: draw.oneOf([',', ';', '|', '\t', ':', '^']),
    quote: draw.oneOf(['"', "'", '~']),
    encoding: draw.oneOf(ENCODINGS),
  };
  const hasHeader = draw.chance(70);
  const declared = pipelineSchema.shape.optOuts.shape.lists.parse([
    {
      name: 'drawn',
      file,
      asOf: '2026-04-01',
      allowEmpty: true,
      format,
      columns,
      ...(hasHeader ? {} : { header: false, names: written }),
      ...(needsType ? { type: fixedType } : {}),
      ...(!isAllow && !hasEvents ? { event: fixedEvent } : {}),
      ...(isAllow ? { allow: true } : {}),
    },
  ]);
  const [list] = completeOptOutLists(
    declared,
    OPT_OUT_TYPES,
    () => ({ file, shownAs: 'list', maxAgeDays: 7, asOf: '2026-04-01', allowEmpty: true }),
    (path, message) => {
      throw new Error(`a drawn layout is faulty at ${path.join('.')}: ${message}`);
    },
  );

  const entries: RandomList['entries'][number][] = [];
  const numbers: string[] = [];
  const rows: string[][] = [];
  for (let row = draw.number(0, 12); row > 0; row -= 1) {
    const nhsNumber = drawNumber(draw);
    numbers.push(nhsNumber);
    const cells = new Map<string, string>([[number, writeNumber(draw, nhsNumber)]]);
    const day = date === null || draw.chance(20) ? null : draw.oneOf(DATES);
    if (date !== null)
      cells.set(date.name, day === null ? draw.oneOf(['', ...date.missing]) : writeDay(day, date.format));
    let type: OptOutType | 'none' = fixedType;
    if (typeColumn !== null) {
      const [value, meaning] = draw.oneOf(types);
      cells.set(typeColumn, value);
      type = meaning;
    }
    const said: [OptOutType | 'none', OptOutKind | 'none'][] =
      isAllow || hasEvents ? [] : [[type, fixedEvent]];
    for (const event of events) {
      const [value, meaning] = draw.oneOf(event.values);
      cells.set(event.name, value);
      said.push([event.type ?? type, meaning]);
    }
    for (const [of, kind] of said) {
      if (of !== 'none' && kind !== 'none') entries.push({ nhsNumber, event: { type: of, kind, date: day } });
    }
    rows.push(
      written.map((name) => cells.get(name) ?? draw.oneOf(['', 'x', `a${format.delimiter}b`, 'two\nlines'])),
    );
  }
  const records = [...(hasHeader ? [written] : []), ...rows];
  return {
    list: list!,
    bytes: encode(draw, writeRecords(draw, records, format), format.encoding),
    entries,
    numbers,
  };
}

/** Several values for some meanings, `values` never twice. */
function drawValues<T extends string>(draw: Draw, meanings: readonly T[]): [value: string, meaning: T][] {
  const words = draw.shuffled(WORDS).slice(0, draw.number(1, 5));
  return words.map((word) => [word, draw.oneOf(meanings)]);
}

function drawDate(draw: Draw): { readonly format: string; readonly missing: readonly string[] } {
  return { format: draw.oneOf(FORMATS), missing: draw.some(['NULL', 'n/a', '0'], 40) };
}

function writeDay(day: string, format: string): string {
  const [year, month, date] = day.split('-') as [string, string, string];
  const text = format.replace('%Y', year).replace('%m', month).replace('%d', date);
  const written = text.replace('%H', '13').replace('%M', '05').replace('%S', '59');
  if (isoDate(parseDate(written, format)!) !== day) throw new Error('the date is written wrongly');
  return written;
}

function drawNumber(draw: Draw): string {
  for (let stem = draw.number(10_000_000, 899_999_999); ; stem += 1) {
    const nine = String(stem).padStart(9, '0');
    for (let check = 0; check < 10; check += 1) {
      const number = `${nine}${check}`;
      if (hasCheckDigit(number) && !NHS_NUMBER_PLACEHOLDERS.includes(number)) return number;
    }
  }
}

function writeNumber(draw: Draw, number: string): string {
  const parts = [number.slice(0, 3), number.slice(3, 6), number.slice(6)];
  return draw.oneOf([number, number, parts.join(' '), parts.join('-')]);
}

function writeRecords(
  draw: Draw,
  records: readonly (readonly string[])[],
  { delimiter, quote }: { readonly delimiter: string; readonly quote: string },
): string {
  const isLast = (index: number) => index === records.length - 1;
  return records
    .map((cells, index) => {
      // a line of one empty cell is an empty line, which is none
      const mustQuote = cells.length === 1 && cells[0] === '';
      const written = cells.map((cell) => {
        const padded = draw.chance(10) && !cell.includes('\n') ? `${cell} ` : cell;
        const isPlain = ![delimiter, quote, '\n', '\r'].some((one) => padded.includes(one));
        if (isPlain && !mustQuote && !draw.chance(20)) return padded;
        return quote + padded.replaceAll(quote, quote + quote) + quote;
      });
      const end = draw.oneOf(['\n', '\n', '\r\n']) + (draw.chance(5) ? '\n' : '');
      return written.join(delimiter) + (isLast(index) && draw.chance(30) ? '' : end);
    })
    .join('');
}

function encode(draw: Draw, text: string, encoding: (typeof ENCODINGS)[number]): Buffer {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(`${draw.chance(30) ? '\ufeff' : ''}${text}`);
    case 'utf-16':
      return iconv.encode(text, 'utf-16le', { addBOM: true });
    case 'latin-1':
      return Buffer.from(text, 'latin1');
    default:
      return iconv.encode(text, 'windows-1252');
  }
}

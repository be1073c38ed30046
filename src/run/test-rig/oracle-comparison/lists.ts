import { RUN_DATE } from '../bench-folder.ts';
import type { Draw } from './draw.ts';
import { DAYS } from './payload.ts';

/** A list in a layout of its own, as a pipeline file declares it, and its file. */
export interface DrawnList {
  readonly declared: object;
  readonly file: string;
  readonly text: string;
  /** types of opt-outs that it names a source of */
  readonly names: readonly string[];
}

const FORMATS = {
  '%d/%m/%Y': (day: string) => day.split('-').reverse().join('/'),
  '%Y-%m-%d': (day: string) => day,
};
const TYPES = { P: 'type-1', S: 'type-2', U: 'national', V: 'vip' } as const;

/** None, one or two lists, of opt-outs or of numbers that may be used. */
export function drawLists(draw: Draw, numbers: readonly string[]): DrawnList[] {
  return ['first', 'second'].slice(0, draw.usually(60, 0, [1, 2])).map((name) => {
    const common = { name, file: `${name}.txt`, asOf: RUN_DATE, allowEmpty: true };
    return {
      file: common.file,
      ...(draw.chance(25) ? drawAllowed(draw, numbers, common) : drawEvents(draw, numbers, common)),
    };
  });
}

function drawAllowed(draw: Draw, numbers: readonly string[], common: object): Omit<DrawnList, 'file'> {
  const type = draw.oneOf(['national', 'type-2', undefined]);
  const columns = { who: { role: 'nhs-number' } };
  return {
    declared: { ...common, columns, allow: true, ...(type === undefined ? {} : { type }) },
    text: ['who', ...draw.some(numbers, 70)].join('\n'),
    names: type === undefined ? [] : [type],
  };
}

function drawEvents(draw: Draw, numbers: readonly string[], common: object): Omit<DrawnList, 'file'> {
  const format = draw.oneOf(Object.keys(FORMATS) as (keyof typeof FORMATS)[]);
  const type = draw.oneOf([null, 'type-1', 'type-2', 'national', 'confidential']);
  const hasHeader = draw.chance(50);
  const names = ['on', 'who', 'note', 'says', ...(type === null ? ['what'] : [])];
  const lines = Array.from({ length: draw.number(0, 5) }, () => {
    const day = draw.oneOf([...DAYS, '1900-01-01', '']);
    const who = draw.usually(99, draw.oneOf(numbers), ['4000000004', '']);
    const date = draw.usually(98, day === '' ? 'unknown' : FORMATS[format](day), ['31/31/2020']);
    const what = type === null ? [draw.oneOf(Object.keys(TYPES))] : [];
    return [
      date,
      who,
      draw.oneOf(['', 'a;b']),
      draw.usually(98, draw.oneOf(['in', 'out', 'n/a']), ['?']),
      ...what,
    ];
  });
  const declared = {
    ...common,
    format: { delimiter: ';', quote: "'" },
    ...(hasHeader ? {} : { header: false, names }),
    ...(type === null ? {} : { type }),
    columns: {
      who: { role: 'nhs-number' },
      says: { role: 'event', values: { out: 'registered', in: 'withdrawn', 'n/a': 'none' } },
      on: { role: 'date', format, missing: ['unknown'] },
      ...(type === null ? { what: { role: 'type', values: TYPES } } : {}),
    },
  };
  const written = [...(hasHeader ? [names] : []), ...lines].map((cells) =>
    cells.map((cell) => (cell.includes(';') ? `'${cell}'` : cell)).join(';'),
  );
  return {
    declared,
    text: written.map((line) => `${line}\r\n`).join(''),
    names: type === null ? Object.values(TYPES) : [type],
  };
}

import { RUN_DATE } from '../bench-folder.ts';
import type { Draw } from './draw.ts';
import { drawLists } from './lists.ts';
import { DAYS, LOOK_ALIKES } from './payload.ts';
import { NHS_NUMBERS } from './people.ts';
import { draftsOf, type OptOutWaivers, type SourceDraft, type TableDraft } from './source.ts';

/** What a pipeline file says of opt-outs, and the lists that it names. */
export interface DrawnOptOuts {
  readonly optOuts: object;
  readonly lists: Readonly<Record<string, string>>;
  /** by source */
  readonly ofSources: Readonly<Record<string, OptOutWaivers>>;
}

/**
 * Opt-outs in codes, flags and lists: whatever nobody names is waived.
 *
 * @param hasTypeOne whether somebody is sure to have registered a type 1 opt-out
 */
export function drawOptOuts(
  draw: Draw,
  sources: readonly SourceDraft[],
  isSynthetic: boolean,
  hasTypeOne: boolean,
): DrawnOptOuts {
  const numbers = isSynthetic ? NHS_NUMBERS : NHS_NUMBERS.filter((one) => !one.startsWith('9'));
  const waivedCodes = new Map(
    sources.map((source) => [
      source.name,
      draftsOf(source)
        .filter((table) => isCoded(table, source) && (!hasOwner(table, source) || draw.chance(15)))
        .map(({ name }) => name),
    ]),
  );
  const searchedIn = (source: SourceDraft) =>
    draftsOf(source).filter(
      (table) => isCoded(table, source) && !waivedCodes.get(source.name)!.includes(table.name),
    );
  const searched = sources.flatMap(searchedIn);
  const lists: Record<string, string> = {};
  const optOuts: Record<string, unknown> = {
    untied: draw.oneOf(['hold-back', 'release']),
    ...drawLimits(draw),
    ...drawDates(draw, searched),
  };
  if (searched.length > 0 && draw.chance(95)) {
    optOuts['lookAlikes'] = LOOK_ALIKES.map((code) => ({ system: 'read-v2', code, because: 'another code' }));
  }
  if (draw.chance(20)) {
    optOuts['codeOverrides'] = [
      { type: 'type-2', event: 'withdrawn', system: 'snomed', code: '44054006' },
      { type: 'type-1', event: 'registered', system: 'read-v2', code: 'C10..' },
    ];
  }
  const hasRegister = hasTypeOne || draw.chance(70);
  if (hasRegister) {
    lists['opt-outs.csv'] = drawRegister(draw, numbers, hasTypeOne);
    optOuts['register'] = {
      file: 'opt-outs.csv',
      asOf: RUN_DATE,
      allowEmpty: draw.usually(95, true, [false]),
    };
  }
  const hasReply = draw.chance(25);
  if (hasReply) {
    const allowed = draw.some(numbers, 70);
    lists['reply.dat'] = allowed.map((number) => `${number},\n`).join('');
    optOuts['national'] = { reply: 'reply.dat', asOf: RUN_DATE, allowEmpty: true };
    if (draw.chance(40)) {
      // whoever is in the reply was asked for, but for one in some
      const asked = numbers
        .filter((one) => allowed.includes(one) || draw.chance(50))
        .slice(draw.chance(20) ? 1 : 0);
      lists['request.dat'] = asked.map((number) => `${number},\n`).join('');
      optOuts['national'] = { ...(optOuts['national'] as object), request: 'request.dat' };
    }
  }
  const drawn = drawLists(draw, numbers);
  for (const { file, text } of drawn) lists[file] = text;
  if (drawn.length > 0) optOuts['lists'] = drawn.map(({ declared }) => declared);
  const hasList = (type: string) => drawn.some(({ names }) => names.includes(type));
  const hasFlag = (some: readonly SourceDraft[], type: string) =>
    some.flatMap(draftsOf).some(({ columns }) => (columns['out'] as { type?: string })?.type === type);
  const types = Object.keys(TYPES).filter((type) => hasMark(sources, type) || hasList(type));
  Object.assign(optOuts, drawReasons(draw, types));
  const practices = drawPractices(draw, sources);
  if (practices !== null) {
    optOuts['practices'] = practices.declared;
    lists['practices.csv'] = practices.text;
  }
  optOuts['waived'] = {
    ...(hasRegister || hasList('type-2') || searched.length > 0 || hasFlag(sources, 'type-2')
      ? {}
      : { 'type-2': 'drawn so' }),
    ...(hasRegister || hasList('national') || hasReply || hasFlag(sources, 'national')
      ? {}
      : { national: 'drawn so' }),
  };
  const isNamed = (source: SourceDraft) =>
    hasRegister || hasList('type-1') || searchedIn(source).length > 0 || hasFlag([source], 'type-1');
  const ofSources = sources.map((source): [string, OptOutWaivers] => [
    source.name,
    { typeOne: source.setting === 'gp' && !isNamed(source), codes: waivedCodes.get(source.name)! },
  ]);
  return { optOuts, lists, ofSources: Object.fromEntries(ofSources) };
}

/** Types of opt-outs that a pipeline file may declare. */
const TYPES = {
  survey: { scope: 'gp-records', description: 'no GP records for surveys' },
  trial: { scope: 'person', description: 'in no trial' },
};

function hasMark(sources: readonly SourceDraft[], type: string): boolean {
  return sources
    .flatMap(draftsOf)
    .some(({ columns }) => (columns['mark'] as { type?: string })?.type === type);
}

/** The declared types, perhaps an order of reasons, and now and then a type that is switched off. */
function drawReasons(draw: Draw, types: readonly string[]): object {
  const named = [
    'type-1',
    'type-2',
    'national',
    'vip',
    'left-practice',
    'patient-quarantined',
    'contradicted',
  ];
  const others = [
    'practice-inactive',
    'practice-disabled',
    'spine-sensitive',
    'unknown-number',
    'test-patient',
  ];
  const order = draw.chance(40) ? draw.some(draw.shuffled([...named, ...others, ...types]), 40) : [];
  const off = draw.chance(15) ? draw.oneOf(['type-1', 'type-2', 'national', 'not-allowed', ...types]) : null;
  return {
    ...(types.length === 0
      ? {}
      : { types: Object.fromEntries(types.map((type) => [type, TYPES[type as keyof typeof TYPES]])) }),
    ...(order.length === 0 ? {} : { order }),
    ...(off === null ? {} : { exempt: { [off]: { because: 'drawn so', basis: 'consent' } } }),
  };
}

/** A list of the practices that share; null where the practice of some GP patients is not known. */
function drawPractices(
  draw: Draw,
  sources: readonly SourceDraft[],
): { readonly declared: object; readonly text: string } | null {
  const gp = sources.filter(({ setting }) => setting === 'gp');
  const isKnown = gp.every(({ patients }) => patients !== null && 'org' in patients.columns);
  if (gp.length === 0 || !isKnown || !draw.chance(70)) return null;
  const lines = ['A', 'B', 'é', "O'CLOCK", 'V81999', 'A', 'n/a']
    .filter(() => draw.chance(75))
    .map((code) => {
      const from = draw.oneOf(['2020-01-01', RUN_DATE, '2026-04-02', '']);
      const until = draw.usually(60, '', ['2026-03-31', RUN_DATE, '2027-01-01']);
      return [
        code,
        draw.usually(80, 'on', ['off']),
        draw.usually(80, 'shares', ['stopped']),
        from,
        until,
      ].join(';');
    });
  return {
    declared: {
      file: 'practices.csv',
      asOf: RUN_DATE,
      allowEmpty: true,
      format: { delimiter: ';', date: '%Y-%m-%d' },
      columns: {
        code: { role: 'organisation' },
        switch: { role: 'active', values: { on: 'active', off: 'inactive' } },
        state: { role: 'disabled', values: { shares: 'sharing', stopped: 'disabled' } },
        from: { role: 'start' },
        until: { role: 'end' },
      },
    },
    text: `${['code;switch;state;from;until', ...lines].join('\n')}\n`,
  };
}

/** Most stories are too small for the limits that a pipeline file has by default; some meet them. */
function drawLimits(draw: Draw): object {
  return {
    ...draw.usually<object>(85, { maxUnmatched: '100%' }, [{ maxUnmatched: '40%' }, {}]),
    ...draw.usually<object>(85, {}, [{ expectedRate: '95%' }, { expectedRate: { none: 'drawn so' } }]),
  };
}

/** Perhaps another date than the table's own. */
function drawDates(draw: Draw, searched: readonly TableDraft[]): object {
  const dated = searched.filter(({ columns }) => 'day' in columns);
  const codes = draw.some(dated, 50).map(({ name, columns }) => {
    const column = draw.shuffled(['concept', 'read'].filter((one) => one in columns));
    return { table: name, column, date: 'day' };
  });
  if (codes.length === 0) return {};
  return { codes: codes.length === 1 && draw.chance(50) ? codes[0] : codes };
}

function drawRegister(draw: Draw, numbers: readonly string[], hasTypeOne: boolean): string {
  const nhsNumber = () => draw.usually(99, draw.oneOf(numbers), ['4000000004', '9434765910', '']);
  const lines = Array.from({ length: draw.number(0, 5) }, () => {
    const type = draw.oneOf(['1', '2', 'national', 'type-1']);
    const event = draw.oneOf(['registered', 'withdrawn']);
    const date = draw.oneOf([...DAYS, '', '2025-02-30', '1900-01-01', '2037-07-07']);
    return [nhsNumber(), type, event, date].join(',');
  });
  if (hasTypeOne) lines.push(`${draw.oneOf(numbers)},1,registered,`);
  return `${['nhs_number,type,event,date', ...lines].join('\n')}\n`;
}

/** Opt-outs are looked for in every GP table that has codes of their systems. */
function isCoded({ columns }: TableDraft, { setting }: SourceDraft): boolean {
  return setting === 'gp' && ('concept' in columns || 'read' in columns);
}

/** Whether the patients of a table's rows are known: in a flat source by their NHS number alone. */
function hasOwner(table: TableDraft, { patients, tables }: SourceDraft): boolean {
  if (patients !== null) return true;
  const up = table.columns['up'] as { references?: string } | undefined;
  const parent = tables.find(({ name }) => name === up?.references);
  return parent === undefined
    ? 'nhs' in table.columns
    : hasOwner(parent, { patients, tables } as SourceDraft);
}

import type { Draw } from './draw.ts';
import { PAYLOAD, PAYLOAD_NAMES, type PayloadName, payloadCell, TIMESTAMP_FORMAT } from './payload.ts';
import {
  birthDateCell,
  drawMet,
  localIdCell,
  nhsNumberCell,
  postcodeCell,
  type Somebody,
  sexCell,
} from './people.ts';

/** How a source's files are written. */
export interface Dress {
  readonly date: string;
  readonly delimiter: string;
  readonly quote: string;
  readonly encoding: 'utf-8' | 'windows-1252' | 'latin-1' | 'utf-16';
  readonly lineEnd: string;
}

/** A table as it is made up: its declaration, and what its file says. */
export interface TableDraft {
  readonly name: string;
  readonly columns: Record<string, object>;
  readonly date: string | null;
  /** columns in the file's order, undeclared ones among them */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface SourceDraft {
  readonly name: string;
  readonly setting: 'gp' | 'hospital' | 'community';
  readonly dress: Dress;
  readonly quarantine: string;
  readonly patients: TableDraft | null;
  readonly addresses: TableDraft | null;
  readonly tables: readonly TableDraft[];
}

const IDENTIFIERS = {
  nhs: { role: 'nhs-number' },
  dob: { role: 'date-of-birth' },
  sex: { role: 'sex', map: { M: 1, F: 2, U: 0 } },
  home: { role: 'postcode' },
};
type Maker = (somebody: Somebody, index: number) => string;

/** What a source must be: anything, or one of GP patients of whom many are in quarantine. */
export type SourceKind = 'any' | 'faulty GP patients';

/** A source of one of the two shapes: split, with a patients table, or flat. */
export function drawSource(
  draw: Draw,
  name: string,
  people: readonly Somebody[],
  kind: SourceKind = 'any',
): SourceDraft {
  const isAny = kind === 'any';
  const setting = isAny ? draw.oneOf(['gp', 'hospital', 'community'] as const) : 'gp';
  const dress: Dress = {
    date: draw.oneOf(['%d/%m/%Y', '%Y-%m-%d', '%Y%m%d']),
    delimiter: draw.usually(70, ',', [';', '|', '\t']),
    quote: draw.usually(80, '"', ["'"]),
    encoding: draw.usually(85, 'utf-8', ['windows-1252', 'latin-1', 'utf-16']),
    lineEnd: draw.usually(80, '\n', ['\r\n']),
  };
  const faults = draw.oneOf(isAny ? [0, 0, 4] : [0, 4, 8]);
  const quarantine = isAny ? draw.usually(93, '100%', ['20%', '0%']) : '100%';
  const common = { draw, dress, people, faults };
  const declared = { name, setting, dress, quarantine };
  const tables: TableDraft[] = [];
  const identifiers = drawIdentifiers(draw);
  if (!isAny || draw.chance(60)) {
    const keys = people.flatMap((one) =>
      Array.from({ length: draw.usually(80, 1, [0, 2]) }, () =>
        draw.usually(90, one, [drawMet(draw, people)]),
      ),
    );
    const faulty = { ...common, faults: isAny ? faults : draw.oneOf([8, 20]) };
    const facts = draw.some<PayloadName>([
      'lsoa',
      'eth',
      'died',
      ...(draw.chance(30)
        ? (['org', 'concept'] as const)
        : setting === 'gp' && draw.chance(50)
          ? (['org'] as const)
          : []),
    ]);
    const patients = drawTable(faulty, `${name}_patients`, keys, facts, {
      ...identifierColumns(common, identifiers),
      ...drawFlag(draw, setting),
      ...drawMark(draw, setting, true),
      key: [{ role: 'patient-key' }, (_, index) => draw.usually(98, `k${index}`, ['', 'k0'])],
    });
    const someKey = () =>
      keys.length === 0 ? 'k0' : `k${draw.number(0, keys.length + (draw.chance(10) ? 1 : -1))}`;
    for (let n = draw.number(0, 2); n >= 0; n -= 1) {
      tables.push(
        drawRecords(common, `${name}_${n}`, {
          key: [{ role: 'patient-key' }, () => draw.usually(97, someKey(), [''])],
        }),
      );
    }
    const mayHaveAddresses = identifiers.includes('sex') && identifiers.includes('dob');
    const addresses =
      mayHaveAddresses && draw.chance(50) ? drawAddresses(common, `${name}_addresses`, someKey) : null;
    return {
      ...declared,
      patients,
      addresses,
      tables: [...tables, ...drawChildren(common, name, tables[0]!)],
    };
  }
  for (let n = draw.number(0, 1); n >= 0; n -= 1) {
    const local: Record<string, [object, Maker]> = draw.chance(50)
      ? {
          local: [{ role: 'local-patient-id', provider: 'org' }, (somebody) => localIdCell(draw, somebody)],
          org: [PAYLOAD.org, () => draw.usually(70, 'X', ['', 'Y'])],
        }
      : {};
    const flag = identifiers.includes('nhs')
      ? { ...drawFlag(draw, setting), ...drawMark(draw, setting, false) }
      : {};
    tables.push(
      drawRecords(common, `${name}_${n}`, { ...identifierColumns(common, identifiers), ...local, ...flag }),
    );
  }
  return {
    ...declared,
    patients: null,
    addresses: null,
    tables: [...tables, ...drawChildren(common, name, tables[0]!)],
  };
}

interface Common {
  readonly draw: Draw;
  readonly dress: Dress;
  readonly people: readonly Somebody[];
  readonly faults: number;
}
type Columns = Record<string, [object, Maker]>;

/** An NHS number, or the three that make up the composite, or both, or either with a bit of the other. */
function drawIdentifiers(draw: Draw): (keyof typeof IDENTIFIERS)[] {
  return draw.usually(
    70,
    ['nhs', 'dob', 'sex', 'home'],
    [['nhs'], ['dob', 'sex', 'home'], ['nhs', 'dob'], ['nhs', 'dob', 'home']],
  ) as (keyof typeof IDENTIFIERS)[];
}

/** Perhaps a column that says yes or no to an opt-out, and now and then something else. */
function drawFlag(draw: Draw, setting: SourceDraft['setting']): Columns {
  if (!draw.chance(12)) return {};
  const type = draw.oneOf(setting === 'gp' ? ['type-1', 'type-2', 'national'] : ['type-2', 'national']);
  const values = { N: 'none', Y: 'registered', ...(draw.chance(50) ? { '': 'none' } : {}) };
  return {
    out: [{ role: 'opt-out-flag', type, values }, () => draw.usually(75, 'N', ['Y', '', ' N\u00a0', 'n'])],
  };
}

/** Perhaps a column that marks people for another reason: declared types, protections, and of GP patients who left. */
function drawMark(draw: Draw, setting: SourceDraft['setting'], isPatients: boolean): Columns {
  if (!draw.chance(30)) return {};
  const ofGp = setting === 'gp' ? ['survey', ...(isPatients ? ['left-practice', 'left-practice'] : [])] : [];
  const type = draw.oneOf(['trial', 'spine-sensitive', 'confidential', 'vip', 'test-patient', ...ofGp]);
  const values = { yes: 'registered', no: 'none' };
  return {
    mark: [{ role: 'opt-out-flag', type, values }, () => draw.usually(75, 'no', ['yes', '', 'maybe'])],
  };
}

function identifierColumns({ draw, dress }: Common, names: readonly (keyof typeof IDENTIFIERS)[]): Columns {
  const makers: Record<keyof typeof IDENTIFIERS, Maker> = {
    nhs: (somebody) => nhsNumberCell(draw, somebody),
    dob: (somebody) => birthDateCell(draw, somebody, dress.date),
    sex: (somebody) => sexCell(draw, somebody),
    home: (somebody) => postcodeCell(draw, somebody),
  };
  return Object.fromEntries(names.map((name) => [name, [IDENTIFIERS[name], makers[name]]]));
}

function drawRecords(common: Common, name: string, columns: Columns): TableDraft {
  const { draw, people } = common;
  const about = Array.from({ length: draw.usually(90, draw.number(2, 12), [0, 1]) }, () =>
    drawMet(draw, people),
  );
  const id: Columns = draw.chance(60)
    ? { id: [{ role: 'record-id' }, (_, index) => draw.usually(97, `r${index}`, ['', 'r0'])] }
    : {};
  const payload = draw.some(PAYLOAD_NAMES, 45).filter((one) => !(one in columns));
  return drawTable(common, name, about, payload, { ...columns, ...id });
}

/** Where patients lived before; some of them nowhere, and some who are not there. */
function drawAddresses(common: Common, name: string, someKey: () => string): TableDraft {
  const { draw, people } = common;
  const about = Array.from({ length: draw.number(0, 6) }, () => drawMet(draw, people));
  return drawTable(common, name, about, [], {
    ...identifierColumns(common, ['home']),
    key: [{ role: 'patient-key' }, someKey],
  });
}

/** A table that points at the first one, and perhaps another that points at that. */
function drawChildren(common: Common, source: string, parent: TableDraft): TableDraft[] {
  const { draw } = common;
  if (!('id' in parent.columns) || draw.chance(40)) return [];
  const pointAt = (table: TableDraft): Columns => ({
    up: [
      { role: 'parent-key', references: table.name },
      () => `r${draw.number(0, Math.max(0, table.rows.length - (draw.chance(20) ? 0 : 1)))}`,
    ],
  });
  const child = drawRecords(common, `${source}_child`, pointAt(parent));
  if (!('id' in child.columns) || draw.chance(50)) return [child];
  // declared before its parent: the order in the pipeline file must not matter
  return [drawRecords(common, `${source}_grandchild`, pointAt(child)), child];
}

function drawTable(
  { draw, dress, faults }: Common,
  name: string,
  about: readonly Somebody[],
  payload: readonly PayloadName[],
  keys: Columns,
): TableDraft {
  const all: Columns = {
    ...keys,
    ...Object.fromEntries(
      payload.map((one): [string, [object, Maker]] => [
        one,
        [PAYLOAD[one], () => payloadCell(draw, one, dress.date, faults)],
      ]),
    ),
    ...(draw.chance(50)
      ? { surname: [{ role: 'name' }, () => draw.oneOf(['Sm\u00efth', 'x, "y"\n\'z\''])] }
      : {}),
  };
  const declared = draw.shuffled(Object.keys(all));
  const header = draw.chance(30) ? [...declared, 'undeclared'] : declared;
  const rows = about.map((somebody, index) => {
    const cells = header.map((column) => all[column]?.[1](somebody, index) ?? 'whatever');
    if (!draw.chance(faults)) return cells;
    return draw.chance(50) ? [...cells, 'one too many'] : cells.slice(0, -1);
  });
  const dates = payload.filter((one) => one === 'day' || one === 'at');
  return {
    name,
    columns: Object.fromEntries(draw.shuffled(declared).map((column) => [column, all[column]![0]])),
    date: name.endsWith('_patients') || dates.length === 0 || draw.chance(25) ? null : draw.oneOf(dates),
    header,
    rows,
  };
}

/** The tables of a source, those with identifiers first. */
export function draftsOf({ patients, addresses, tables }: SourceDraft): TableDraft[] {
  return [patients ?? [], addresses ?? [], tables].flat();
}

/** What a source's declaration says of opt-outs: nothing of type 1, or nothing of the codes of some tables. */
export interface OptOutWaivers {
  readonly typeOne: boolean;
  /** names of tables */
  readonly codes: readonly string[];
}

/** A source as a pipeline file has it. */
export function declareSource(
  source: SourceDraft,
  waivers: OptOutWaivers = { typeOne: false, codes: [] },
): object {
  const { setting, dress, quarantine, patients, addresses, tables } = source;
  const table = ({ name, columns, date }: TableDraft) => ({
    files: `${name}-*.csv*`,
    columns,
    allowEmpty: true,
    ...(date === null ? {} : { date }),
    ...(waivers.codes.includes(name) ? { optOutCodes: { none: 'drawn so' } } : {}),
  });
  const { date, delimiter, quote, encoding } = dress;
  return {
    setting,
    ...(waivers.typeOne ? { typeOne: { none: 'drawn so' } } : {}),
    format: { date, delimiter, quote, encoding, timestamp: TIMESTAMP_FORMAT },
    quarantine: { max: quarantine },
    ...(patients === null ? {} : { patients: table(patients) }),
    ...(addresses === null ? {} : { addresses: table(addresses) }),
    tables: Object.fromEntries(tables.map((one) => [one.name, table(one)])),
  };
}

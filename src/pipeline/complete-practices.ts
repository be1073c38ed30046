import { trimBlanks } from '../domain/standardised-text.ts';
import type { Complain } from './complain.ts';
import { completeDateFormat, completeFormat } from './complete-format.ts';
import type { Path } from './locate.ts';
import type { OptOutList, PracticeDate, PracticeList, PracticeSwitch, SourceSpec } from './pipeline.ts';
import type { PracticeColumnFile } from './practices-schema.ts';
import type { PipelineFile } from './schema.ts';

type Given = NonNullable<PipelineFile['optOuts']['practices']>;
type DateFile = Extract<PracticeColumnFile, { format?: string | undefined }>;
type SwitchFile = Extract<PracticeColumnFile, { values: object }>;
interface Column<File extends PracticeColumnFile> {
  readonly name: string;
  readonly column: File;
  readonly path: Path;
}

const AT = ['optOuts', 'practices'] as const;

/**
 * Completes `optOuts.practices`, and checks that the practice of every GP patient is known: a source that cannot be checked would
 * release what its practices do not share.
 */
export function completePractices(
  given: Given | undefined,
  sources: readonly SourceSpec[],
  completeList: (list: Given, path: Path) => OptOutList,
  complain: Complain,
): PracticeList | null {
  if (given === undefined) return null;
  const columns = Object.entries(given.columns);
  const of = <File extends PracticeColumnFile>(role: File['role']): Column<File> | undefined => {
    const [first, second] = columns.filter(([, column]) => column.role === role);
    if (second !== undefined)
      complain([...AT, 'columns', second[0]], `a second ${role} column`, 'a list has at most one', true);
    if (first === undefined) return undefined;
    const [name, column] = first;
    return { name, column: column as File, path: [...AT, 'columns', name] };
  };
  const code = of('organisation');
  const [start, end] = [of<DateFile>('start'), of<DateFile>('end')];
  const [active, disabled] = [of<SwitchFile>('active'), of<SwitchFile>('disabled')];
  if (code === undefined)
    complain([...AT, 'columns'], 'a list of practices needs an organisation column', undefined, true);
  return {
    ...completeList(given, AT),
    format: completeFormat(given.format ?? {}, AT, complain),
    code: code?.name ?? '',
    start: start === undefined ? null : completeDate(start, given, complain),
    end: end === undefined ? null : completeDate(end, given, complain),
    active: active === undefined ? null : completeSwitch(active, 'active', complain),
    disabled: disabled === undefined ? null : completeSwitch(disabled, 'disabled', complain),
    organisations: organisationsOf(given, sources, complain),
  };
}

function completeDate(
  { name, column: { format, missing }, path }: Column<DateFile>,
  given: Given,
  complain: Complain,
): PracticeDate {
  const pattern = completeDateFormat(name, format ?? given.format?.date, path, complain);
  return { column: name, format: pattern, missing: missing ?? [] };
}

function completeSwitch(
  { name, column: { values }, path }: Column<SwitchFile>,
  on: 'active' | 'disabled',
  complain: Complain,
): PracticeSwitch {
  const meanings = Object.entries(values);
  if (meanings.length === 0) complain([...path, 'values'], `the column ${name} does not declare its values`);
  for (const [value] of meanings) {
    if (trimBlanks(value) !== value)
      complain(
        [...path, 'values', value],
        'a value has no blanks at either end',
        'those around a cell are trimmed',
        true,
      );
  }
  const withMeaning = (isOn: boolean) =>
    meanings.flatMap(([value, meaning]) => ((meaning === on) === isOn ? [value] : []));
  return { column: name, on: withMeaning(true), off: withMeaning(false) };
}

/** By GP source, the column of its patients table that names the practice. */
function organisationsOf(
  { organisations }: Given,
  sources: readonly SourceSpec[],
  complain: Complain,
): PracticeList['organisations'] {
  const gp = sources.filter(({ setting }) => setting === 'gp');
  for (const name of Object.keys(organisations ?? {})) {
    if (gp.some((source) => source.name === name)) continue;
    complain([...AT, 'organisations', name], `there is no GP source called ${name}`, undefined, true);
  }
  if (gp.length === 0) complain(AT, 'practices act on GP sources, and there is none', 'leave it out', true);
  return gp.flatMap(({ name, patients }) => {
    const named = organisations?.[name];
    const known = patients?.columns.filter(({ role }) => role === 'organisation') ?? [];
    const chosen = named === undefined ? known : known.filter((column) => column.name === named);
    if (named !== undefined && chosen.length === 0) {
      complain([...AT, 'organisations', name], `${named} is no organisation column of ${name}_patients`);
    } else if (chosen.length === 0) {
      const way = `declare the practice in its patients table (role: organisation)`;
      complain(AT, `of the patients of the GP source ${name} no practice is known`, way, true);
    } else if (chosen.length > 1) {
      const way = `say which: organisations: { ${name}: ${chosen[0]!.name} }`;
      complain(AT, `the patients of the GP source ${name} have several organisation columns`, way, true);
    }
    return chosen.slice(0, 1).map((column) => ({ source: name, column: column.name }));
  });
}

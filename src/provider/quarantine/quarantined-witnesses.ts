import { type BirthDate, isFirstOfJanuary, standardiseBirthDate } from '../../domain/birth-date.ts';
import { standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { type Postcode, standardisePostcode } from '../../domain/postcode.ts';
import { possibleSexes, type Sex, standardiseSex } from '../../domain/sex.ts';
import { tupleText } from '../../domain/tuple.ts';
import type { ColumnSpec, Pipeline } from '../../pipeline/pipeline.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import { type TokenText, tokenText, tokenWords } from '../../store/token-text.ts';
import type { FaultyRecord } from '../extract/locate-faults.ts';
import { payloadValue } from '../extract/payload-value.ts';
import type { TokeniserContext } from '../tokenise/table-tokeniser.ts';
import type { TokenKernel } from '../tokenise/token-kernel.ts';

/** Every value that a column of a row may have: one, where the row has as many cells as its header. */
type Cells = (column: ColumnSpec | undefined) => readonly string[];

/**
 * Keeps the sex, birth date and postcode of the rows of one table that are in quarantine (src/linker/link/README.md, "Witnesses"). They
 * are few, and are read by the plain rules while they are located.
 *
 * @param withoutWitness called for each row that cannot be one: without a birth date or a postcode that can be read
 * @returns a function that takes in one faulty row; null for a table whose rows have no such columns
 */
export function quarantinedWitnesses(
  pipeline: Pipeline,
  plan: TokenPlan,
  tokens: TokenKernel,
  { witnesses, births, superseded, unnumbered }: TokeniserContext,
  runDate: string,
  withoutWitness: () => void,
): ((record: FaultyRecord) => void) | null {
  if (!plan.hasDemographics) return null;
  const { table, subject } = plan;
  const column = (role: ColumnSpec['role']) => table.columns.find((one) => one.role === role);
  const [nhs, born, sex, home] = (['nhs-number', 'date-of-birth', 'sex', 'postcode'] as const).map(column);
  const local = plan.linking.hasLocalIds ? plan.local!.columns : [];
  const localColumns = local.map((name) => table.columns.find((one) => one.name === name)!);
  const tuple = (sex: Sex, birthDate: BirthDate, home: Postcode) =>
    tokenText(tokens.tokenOf('sex|date-of-birth|postcode', tupleText(sex, birthDate, home)));
  const valid = <T>(texts: readonly string[], read: (text: string) => { readonly value: T | null }): T[] => [
    ...new Set(texts.map((text) => read(text).value).filter((value) => value !== null)),
  ];
  const keys = (cells: Cells): TokenText[] => {
    if (subject.by !== 'patient-key') return [];
    const { kind } = subject.key;
    return keysOf(cells, column('patient-key')).map((key) => tokenText(tokens.tokenOf(kind, key)));
  };

  return (record) => {
    const cells = cellsOf(record);
    const postcodes = valid(cells(home), standardisePostcode);
    if (table.kind === 'addresses') {
      for (const key of keys(cells).map(tokenWords)) {
        const known = (births?.birthsOf(key) ?? []).filter((one) => !isFirstOfJanuary(one.birthDate));
        const tuples = known.flatMap(({ sex, birthDate }) =>
          possibleSexes(sex).flatMap((one) => postcodes.map((home) => tuple(one, birthDate, home))),
        );
        for (const one of tuples) witnesses.addEarlier(table.source, key, one);
        witnesses.addOptOuts(unnumbered, key, tuples);
      }
      return;
    }
    const read = valid(cells(sex), (text) => standardiseSex(text, sex!.map));
    const sexes = read.length === 0 ? possibleSexes(0) : read;
    const days = valid(cells(born), (text) => standardiseBirthDate(text, born!.format, runDate));
    const numbers = valid(cells(nhs), (text) =>
      standardiseNhsNumber(text, { allowTestRange: pipeline.synthetic }),
    ).map((number) => tokenText(tokens.tokenOf('nhs-number', superseded.get(number) ?? number)));
    if (table.setting === 'gp' && table.kind === 'patients' && !record.isUnparsed) {
      for (const key of keys(cells)) {
        witnesses.rememberQuarantined(key, numbers);
        const [day] = days;
        if (day === undefined) continue;
        births?.rememberQuarantined(tokenWords(key), Number(read[0] ?? 0), Number(day.replaceAll('-', '')));
      }
    }
    const isWitness = table.kind === 'patients' || numbers.length > 0;
    if (isWitness && (days.length === 0 || postcodes.length === 0)) withoutWitness();
    const whose = numbers.length === 0 && table.kind === 'patients' ? [null] : numbers;
    const [providers, ids] = [keysOf(cells, localColumns[0]), keysOf(cells, localColumns[1])];
    const localIds = providers.flatMap((provider) =>
      ids.map((id) => tokenText(tokens.tokenOf('local-patient-id', `${provider}|${id}`))),
    );
    for (const day of days.filter((one) => !isFirstOfJanuary(one))) {
      for (const one of sexes) {
        for (const postcode of postcodes) {
          const token = tuple(one, day, postcode);
          for (const number of whose) {
            if (table.kind === 'patients') witnesses.addPatient(table.source, token, number);
            else for (const localId of [null, ...localIds]) witnesses.add(token, number, localId);
          }
        }
      }
    }
  };
}

/**
 * The cells of a row with too few or too many cannot be assigned to columns for certain. A cell may be where the header says, counted from
 * the row's beginning, or from its end: both are looked at, and what is not valid is passed over.
 */
function cellsOf({ fields, header }: FaultyRecord): Cells {
  const surplus = fields.length - header.length;
  return (column) => {
    if (column === undefined) return [];
    const index = header.indexOf(column.name);
    return [...new Set([index, index + surplus])].flatMap((one) => fields[one]?.toString('utf8') ?? []);
  };
}

/** Keys and ids as they are written, without the blanks around them. */
function keysOf(cells: Cells, column: ColumnSpec | undefined): string[] {
  const values = cells(column).flatMap((text) => {
    const cell = payloadValue({ ...column!, role: 'local-patient-id' }, text);
    return 'fault' in cell || cell.value === null ? [] : [String(cell.value)];
  });
  return [...new Set(values)];
}

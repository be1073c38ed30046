/** Birth dates in SQL: the rules of domain/birth-date.ts, over text columns. */
import { BIRTH_DATE_PLACEHOLDERS, EARLIEST_BIRTH_DATE } from '../../domain/birth-date.ts';
import { dateSql } from './date-sql.ts';
import { eightDigitDate } from './eight-digit-date.ts';
import { codeOf, namesUnder, outcomeSql, type StandardisedSql, unrecognisedSql } from './standardised-sql.ts';

/**
 * The value is the date as an INTEGER, yyyymmdd. `runDate` is YYYY-MM-DD.
 *
 * The usual layouts are read as one number (eight-digit-date.ts); other formats, and cells that are not
 * plain, by {@link dateSql}.
 */
export function birthDateSql(
  column: string,
  prefix: string,
  format: string,
  runDate: string,
): StandardisedSql {
  const name = namesUnder(prefix, ['digits', 'year', 'month', 'day', 'date', 'outcome', 'value']);
  const slowly = `CAST(strftime(${dateSql(column, format)}, '%Y%m%d') AS INTEGER)`;
  const quick = eightDigitDate(column, format, name);
  const date = quick === null ? slowly : `CASE WHEN ${quick.isPlain} THEN ${quick.date} ELSE ${slowly} END`;
  const placeholders = BIRTH_DATE_PLACEHOLDERS.map(asNumber);
  const [earliest, latest] = [asNumber(EARLIEST_BIRTH_DATE), asNumber(runDate)];
  return {
    layers: [
      ...(quick?.layers ?? []),
      [{ name: name.date, sql: date }],
      [
        {
          name: name.outcome,
          sql: outcomeSql(`CASE
            WHEN ${name.date} > ${Math.max(...placeholders)} AND ${name.date} <= ${latest} THEN ${codeOf('valid')}
            WHEN ${name.date} IS NULL THEN ${unrecognisedSql(column)}
            WHEN ${name.date} IN (${placeholders.join(', ')}) THEN ${codeOf('placeholder')}
            WHEN ${name.date} BETWEEN ${earliest} AND ${latest} THEN ${codeOf('valid')}
            ELSE ${codeOf('implausible')} END`),
        },
      ],
      [{ name: name.value, sql: `CASE WHEN ${name.outcome} = ${codeOf('valid')} THEN ${name.date} END` }],
    ],
    value: name.value,
    outcome: name.outcome,
  };
}

/** YYYY-MM-DD as the number yyyymmdd. */
function asNumber(isoDate: string): number {
  return Number(isoDate.replaceAll('-', ''));
}

/** The cheap filter for Read codes lets every cell through of which the rule of the domain makes something. */
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPT_OUT_CODES, readOptOutCell } from '../domain/opt-out-codes.ts';
import { mayBeReadCodeSql } from './opt-out-queries.ts';

const CODES = OPT_OUT_CODES.codes.flatMap(({ system, code }) => (system === 'snomed' ? [] : [code]));
const CHARACTERS = [' ', '.', '-', '_', '/', ':', '~', '\t', '0', 'a', 'X', '9', '\u00a0', '\uff10'];

/** Codes with up to two characters put in, in any case, and with a term behind them. */
const nearMiss = fc
  .tuple(
    fc.constantFrom(...CODES),
    fc.array(fc.tuple(fc.nat(6), fc.constantFrom(...CHARACTERS)), { maxLength: 2 }),
    fc.constantFrom('', '.', '00', '11'),
    fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toLowerCase(),
      (text: string) => text.toUpperCase(),
    ),
  )
  .map(([code, added, term, change]) =>
    change(added.reduce((text, [at, put]) => text.slice(0, at) + put + text.slice(at), code) + term),
  );

test('no spelling of an opt-out code is taken for a plain Read code', async () => {
  const separated = CODES.flatMap((code) =>
    [...code].flatMap((_, at) => CHARACTERS.map((put) => code.slice(0, at) + put + code.slice(at))),
  );
  const cells = [...new Set([...separated, ...fc.sample(nearMiss, 3000)])];
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run('CREATE TABLE cells (cell VARCHAR)');
  const appender = await connection.createAppender('cells');
  for (const cell of cells) {
    appender.appendVarchar(cell);
    appender.endRow();
  }
  appender.closeSync();
  const passed = await connection.runAndReadAll(
    `SELECT cell FROM cells WHERE NOT (${mayBeReadCodeSql('cell', OPT_OUT_CODES)})`,
  );
  const plain = passed.getRows().map(([cell]) => cell as string);
  connection.closeSync();
  const lost = plain.filter((cell) =>
    (['read-v2', 'ctv3'] as const).some((system) => readOptOutCell(system, cell) !== 'none'),
  );
  expect(lost).toEqual([]);
  expect(plain.length).toBeGreaterThan(0);
});

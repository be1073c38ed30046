import { describe, expect, it } from 'vitest';
import { TallystickError } from '../../domain/problem.ts';
import { scanRecords } from '../../provider/extract/scan-records.ts';
import { readTruth, type TruthLine } from './read-truth.ts';

const TABLES = { known: new Set(['patients', 'stays', 'visits']), unnamed: new Set(['visits']) };

async function read(text: string): Promise<TruthLine[]> {
  const pieces = (async function* () {
    yield Buffer.from(text);
  })();
  const lines: TruthLine[] = [];
  for await (const line of readTruth(scanRecords(pieces, ',', '"'), 'truth.csv', TABLES)) lines.push(line);
  return lines;
}

/** The problems of a truth file that must be refused, as `line:column message`. */
async function faultsOf(text: string): Promise<string[]> {
  const fault = await read(text).catch((thrown: unknown) => thrown);
  if (!(fault instanceof TallystickError)) throw new Error('it was read', { cause: fault });
  expect(fault.exitCode).toBe(1);
  return fault.problems.map(({ file, line, column, message }) => {
    expect(file).toBe('truth.csv');
    return `${line ?? ''}:${column ?? ''} ${message}`;
  });
}

describe('a truth file', () => {
  it('is read line by line, blanks, quotes, CRLF and a byte order mark taken off', async () => {
    const text = '\ufefftable,record_id, person\r\npatients, 7 ,A\r\n\r\n"stays","8,1",B\r\n';
    expect(await read(text)).toEqual([
      { line: 2, table: 'patients', recordId: '7', person: 'A' },
      { line: 4, table: 'stays', recordId: '8,1', person: 'B' },
    ]);
  });

  it.each([
    ['', [': is empty: not even a header']],
    ['table,record_id,person\n', [': has a header and no rows']],
    ['table,person,record_id\npatients,7,A\n', ['1: the header of a truth file is table,record_id,person']],
    ['patients,7,A\n', ['1: the header of a truth file is table,record_id,person']],
  ])('is refused as a whole: %j', async (text, faults) => {
    expect(await faultsOf(text)).toEqual(faults);
  });

  it.each([
    ['patients,7', '2: has too few or too many columns'],
    ['patients,7,A,B', '2: has too few or too many columns'],
    ['patients,"7,A', '2: a quote is not closed, or text goes on behind it'],
    ['patients, ,A', '2:record_id is empty'],
    ['patients,7,', '2:person is empty'],
    [',7,A', '2:table is empty'],
    ['secrets,7,A', '2:table is not a table of the pipeline file'],
    ['visits,7,A', '2:table the records of visits cannot be distinguished: it has no record-id column'],
  ])('is refused for the line %j', async (line, fault) => {
    expect(await faultsOf(`table,record_id,person\n${line}\n`)).toEqual([fault]);
  });

  it('is refused with every fault, but not with more than twenty, and with each table once', async () => {
    const lines = ['patients,1', 'secrets,2,A', 'secrets,3,A', 'patients,4,A', 'visits,5,A', 'visits,6,A'];
    expect(await faultsOf(`table,record_id,person\n${lines.join('\n')}\n`)).toEqual([
      '2: has too few or too many columns',
      '3:table is not a table of the pipeline file',
      '6:table the records of visits cannot be distinguished: it has no record-id column',
    ]);
    const many = Array.from({ length: 100 }, () => 'patients');
    expect(await faultsOf(`table,record_id,person\n${many.join('\n')}\n`)).toHaveLength(20);
  });

  it('is refused without any of its values in the message', async () => {
    const fault = await read('table,record_id,person\nMcSecret,9434765919,Ann\n').catch((thrown) => thrown);
    expect(`${fault.stack}${JSON.stringify(fault)}`).not.toMatch(/McSecret|9434765919|Ann\b/);
  });
});

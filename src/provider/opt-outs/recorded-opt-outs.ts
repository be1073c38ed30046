import type { Finding } from '../../domain/finding.ts';
import { scopeIs } from '../../domain/held-reason.ts';
import { LongRefusal } from '../../domain/long-refusal.ts';
import { optOutCodes } from '../../domain/opt-out-codes.ts';
import type { PracticeSharing } from '../../domain/practice-sharing.ts';
import type { Problem } from '../../domain/problem.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { InputFile } from '../extract/find-files.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { indexesOf } from '../extract/locate-faults.ts';
import { ownerColumnOf } from '../extract/owner-column.ts';
import type { ScannedRecord } from '../extract/scanned-record.ts';
import { RecordSearch, type SearchedFile } from '../extract/search-records.ts';
import { CodedEvents } from './coded-events.ts';
import { FlaggedRows } from './flagged-rows.ts';
import { practiceRows } from './practice-rows.ts';
import { cellsOf, type RecordedEvent, type RecordedReader } from './recorded-reader.ts';
import { ownerText } from './row-owner.ts';

/** The events of one table. */
export interface RecordedEvents {
  readonly inputs: TableInputs;
  /** false of a table that was looked through for its practices only */
  readonly statesAny: boolean;
  readonly events: readonly RecordedEvent[];
  /** likewise, for reasons that hold the records of one registration, and not the person */
  readonly ofRows: readonly RecordedEvent[];
  /** values of its flags that are not declared */
  readonly findings: readonly Finding[];
  /** of each of its files, the records that were met */
  readonly searched: ReadonlyMap<InputFile, SearchedFile>;
}

/**
 * Every opt-out that the records themselves state, in codes or in flags. What a patient decided must be known before the first of
 * their rows is tokenised, so each table that may state any is looked through before anything else is read.
 *
 * @param sharing which practices share; null where that is not checked
 * @throws LongRefusal (exit 1) where one may be on a row that cannot be parsed, or a cell may be one and is unclear
 */
export async function readRecordedOptOuts(
  { optOuts }: Pipeline,
  inputs: readonly TableInputs[],
  sharing: PracticeSharing | null,
  signal: AbortSignal,
): Promise<RecordedEvents[]> {
  const codes = optOutCodes(optOuts.codeOverrides, optOuts.lookAlikes);
  const isOfRow = scopeIs(optOuts.reasons, 'source-records');
  const found: RecordedEvents[] = [];
  const lost: Problem[] = [];
  for (const one of inputs) {
    const coded = optOuts.codes.find(({ table }) => table === one.table.name);
    const flags = new FlaggedRows(one.table);
    const practices = practiceRows(one.table, optOuts.practices, sharing);
    const readers = [
      ...(coded === undefined ? [] : [new CodedEvents(one.table, coded, codes)]),
      ...(flags.columns.length === 0 ? [] : [flags]),
      ...(practices === null ? [] : [practices]),
    ];
    if (readers.length === 0) continue;
    const { events, searched } = await readTable(one, readers, signal, lost);
    found.push({
      inputs: one,
      statesAny: coded !== undefined || flags.columns.length > 0,
      events: events.filter(({ event }) => !isOfRow(event.type)),
      ofRows: events.filter(({ event }) => isOfRow(event.type)),
      findings: [...flags.findings(), ...(practices?.findings() ?? [])],
      searched,
    });
  }
  if (lost.length > 0) throw new LongRefusal(lost);
  return found;
}

async function readTable(
  { table, files }: TableInputs,
  readers: readonly RecordedReader[],
  signal: AbortSignal,
  lost: Problem[],
): Promise<Pick<RecordedEvents, 'events' | 'searched'>> {
  const owner = ownerColumnOf(table);
  const columns = new Set([owner, ...readers.flatMap((reader) => reader.columns)]);
  const search = new RecordSearch(
    readers.flatMap(({ sought }) => sought),
    null,
  );
  // by reader, so that the results of one reader for all files are together
  const events = readers.map((): RecordedEvent[] => []);
  const problems = readers.map((): Problem[] => []);
  const searched = new Map<InputFile, SearchedFile>();
  try {
    for (const { file, header } of files) {
      const cellOf = cellsOf(header);
      const inFile = readers.map((reader, index) => reader.inFile(file.shownAs, cellOf, events[index]!));
      const visitor = {
        found: (record: ScannedRecord) => {
          const whose = ownerText(table, cellOf(record, owner.name));
          for (const reader of inFile) reader.found(record, whose);
        },
        unparsed: (record: ScannedRecord) => {
          for (const reader of inFile) reader.unparsed(record);
        },
      };
      searched.set(
        file,
        await search.search(file, table.format, header, indexesOf([...columns], header), visitor, signal),
      );
      for (const [index, reader] of inFile.entries()) problems[index]!.push(...reader.problems());
    }
  } finally {
    search.close();
  }
  lost.push(...problems.flat());
  return { events: events.flat(), searched };
}

import type { Finding } from '../../domain/finding.ts';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { isSubjectTable, type Pipeline } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { dropRejected, withReadablePath } from '../extract/extract-file.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { type SignProbes, signsByPracticeSql } from '../extract/opt-out-owners.ts';
import { KeyProbe } from '../tokenise/key-probe.ts';
import { judgeSilence, type PracticeSigns } from './judge-silence.ts';
import type { SourceOptOuts } from './opt-out-owners.ts';

/** By whom people with a sign of an opt-out are known, and those of them with one of type 1. */
interface Signs {
  readonly by: 'patient-key' | 'nhs-number';
  readonly any: ReadonlySet<string>;
  readonly typeOne: ReadonlySet<string>;
}

/** A line of the register. */
interface RegisterEntry {
  readonly nhsNumber: string;
  readonly event: OptOutEvent;
}

/**
 * Whether every GP source has as many people with an opt-out as must be expected: of its records where they are searched,
 * else of the register. A source that has, and does not tell its practices apart, is not read once more for it.
 */
export async function checkFirstNight(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  recorded: readonly SourceOptOuts[],
  register: readonly RegisterEntry[],
  engine: DuckDbEngine,
  settings: RunSettings,
): Promise<Finding[]> {
  const { expectedRate, withoutTypeOne } = pipeline.optOuts;
  if (expectedRate === null) return [];
  const findings: Finding[] = [];
  for (const one of inputs) {
    const { source, table } = one;
    if (source.setting !== 'gp' || withoutTypeOne.includes(source.name) || !isSubjectTable(table)) continue;
    const own = recorded.find((other) => other.source === source);
    const isByKey = table.kind === 'patients' && own !== undefined;
    if (!isByKey && !table.columns.some(({ role }) => role === 'nhs-number')) continue;
    const signs = own === undefined ? signsOfRegister(register) : signsOfRecords(own, isByKey);
    const practice =
      table.kind === 'patients' ? table.columns.find(({ role }) => role === 'organisation') : undefined;
    if (own !== undefined && practice === undefined && signs.any.size > 0 && signs.typeOne.size > 0) continue;
    const counted = await countSigns(pipeline, one, signs, practice?.name ?? null, engine, settings);
    const from = own === undefined ? 'the register' : 'its records';
    findings.push(
      ...judgeSilence(table.name, from, { column: practice?.name ?? null, signs: counted }, expectedRate),
    );
  }
  return findings;
}

function signsOfRegister(register: readonly RegisterEntry[]): Signs {
  const numbers = (entries: readonly RegisterEntry[]) => new Set(entries.map(({ nhsNumber }) => nhsNumber));
  return {
    by: 'nhs-number',
    any: numbers(register),
    typeOne: numbers(register.filter(({ event }) => event.type === 'type-1')),
  };
}

function signsOfRecords({ events }: SourceOptOuts, isByKey: boolean): Signs {
  const persons = (isCounted: (event: OptOutEvent) => boolean) =>
    new Set(
      events.flatMap(({ owner, event }) => {
        if (!isCounted(event)) return [];
        return 'patient' in owner ? (isByKey ? [owner.patient] : []) : isByKey ? [] : [owner.nhsNumber];
      }),
    );
  return {
    by: isByKey ? 'patient-key' : 'nhs-number',
    any: persons(() => true),
    typeOne: persons(({ type }) => type === 'type-1'),
  };
}

/** Of a flat table the file with the most people counts, for others may be about the same; of patients all files together. */
async function countSigns(
  pipeline: Pipeline,
  { table, files }: TableInputs,
  signs: Signs,
  practiceName: string | null,
  engine: DuckDbEngine,
  settings: RunSettings,
): Promise<PracticeSigns[]> {
  const probes: SignProbes = { any: `has_sign_in_${table.name}`, typeOne: `has_type_1_in_${table.name}` };
  engine.register(new KeyProbe(probes.any, signs.any));
  engine.register(new KeyProbe(probes.typeOne, signs.typeOne));
  const practice = table.columns.find(({ name }) => name === practiceName) ?? null;
  const counted = new Map<string, PracticeSigns>();
  for (const { file, header } of files) {
    const about = `counting opt-outs by practice in ${file.shownAs}`;
    const rows = await withReadablePath(file, { table }, settings.privateDirectory, (path) =>
      engine.query(
        signsByPracticeSql(table, pipeline, header.names, path, duckdbDialect, probes, signs.by, practice),
        about,
      ),
    );
    await dropRejected(engine, about);
    for (const row of rows) {
      const name = String(row['practice']);
      const before = counted.get(name) ?? { people: 0, signs: 0, typeOne: 0 };
      const people = Number(row['people']);
      counted.set(name, {
        people: table.kind === 'patients' ? before.people + people : Math.max(before.people, people),
        signs: before.signs + Number(row['signs']),
        typeOne: before.typeOne + Number(row['type_one']),
      });
    }
  }
  return [...counted.values()];
}

/** The tables that a step lists are those that its SQL reads: in every pipeline of the golden cases. Code that runs a step checks this with the engine too. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TallystickError } from '../domain/problem.ts';
import type { DuckDbEngine } from '../engine/duckdb/engine.ts';
import { openSmallEngine } from '../engine/duckdb/test-rig/small-engine.ts';
import { parsePipeline } from '../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { type ListedStep, listSteps } from './list-steps.ts';
import { CASES, caseNames } from './test-rig/golden-case.ts';

const RUN_DATE = '2026-04-01';

/** The pipeline of a case; null where the case is that it is refused. */
function pipelineOf(name: string): Pipeline | null {
  const file = join(CASES, name, 'input', 'pipeline.yaml');
  if (!existsSync(file)) return null;
  try {
    return parsePipeline(readFileSync(file, 'utf8'), {
      file,
      runDate: RUN_DATE,
      variables: {},
      shownAs: file,
      identifierIn: () => null,
    });
  } catch (fault) {
    if (fault instanceof TallystickError) return null;
    throw fault;
  }
}

/** Steps that read tables of the engine, each once: a step of many cases has one SQL. Dictionaries are made of types, and read stored rows. */
const STEPS = new Map<string, ListedStep & { readonly made: ReadonlySet<string> }>();
const PIPELINES = caseNames().flatMap((name) => pipelineOf(name) ?? []);
for (const pipeline of PIPELINES) {
  const steps = listSteps(pipeline);
  const made = new Set(steps.map(({ name }) => name));
  for (const step of steps) {
    if (step.sql.startsWith('CREATE TYPE')) continue;
    STEPS.set(`${step.name}\n${step.sql}`, { ...step, made });
  }
}

let engine: DuckDbEngine;
beforeAll(async () => {
  engine = await openSmallEngine();
});
afterAll(() => engine.close());

test('most cases have a pipeline whose steps can be listed', () => {
  expect(PIPELINES.length).toBeGreaterThan(100);
  expect(new Set([...STEPS.values()].map(({ name }) => name)).size).toBeGreaterThan(50);
});

test('each step reads the tables that it names, and no others', async () => {
  const wrong: string[] = [];
  for (const { name, reads, sql, made } of STEPS.values()) {
    const read = await engine.tablesRead(sql, name);
    const unsaid = read.filter((table) => !reads.includes(table));
    // what no step makes is a stored table, or a list that is loaded
    const unread = reads.filter((table) => made.has(table) && !read.includes(table));
    wrong.push(
      ...unsaid.map((table) => `${name} reads ${table} and does not say so`),
      ...unread.map((table) => `${name} says that it reads ${table} and does not`),
    );
  }
  expect(wrong, wrong.join('\n')).toEqual([]);
});

test('each step reads what an earlier one has made', () => {
  for (const pipeline of PIPELINES) {
    const steps = listSteps(pipeline);
    const places = new Map(steps.map(({ name }, index) => [name, index]));
    for (const [index, { name, reads }] of steps.entries()) {
      const late = reads.filter((table) => (places.get(table) ?? -1) >= index);
      expect(late, `${name} reads ${late.join(', ')} before it is made`).toEqual([]);
    }
  }
});

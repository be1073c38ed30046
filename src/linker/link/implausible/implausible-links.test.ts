/** What looking for implausible links adds to a run, and what it must not add where nothing is declared. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePipeline } from '../../../pipeline/parse-pipeline.ts';
import { listReleases, listSteps, listTables } from '../../../run/list-steps.ts';
import { RUN_DATE } from '../../../run/test-rig/bench-folder.ts';

function stepsOf(file: string, change: (text: string) => string = (text) => text) {
  const path = resolve('pipelines', file);
  const text = change(readFileSync(path, 'utf8'));
  const pipeline = parsePipeline(text, {
    file: path,
    runDate: RUN_DATE,
    variables: {},
    shownAs: file,
    identifierIn: () => null,
  });
  return { steps: listSteps(pipeline), tables: listTables(pipeline), releases: listReleases(pipeline) };
}

const OWN_STEPS = [
  'linked_subjects',
  'stated_deaths',
  'seen_alive',
  'days_inside',
  'birth_records',
  'birth_years',
  'clashes_with_first',
  'clashes_with_others',
  'implausible_links',
];
const QUARANTINE = (text: string) =>
  text.replace('\n  implausible:', '\n  quarantineImplausible: true\n  implausible:');
const WITHOUT = (text: string) => text.replace(/\n {2}implausible:[\s\S]*?(?=\n\S)/, '');
const names = (steps: readonly { readonly name: string }[]) => steps.map(({ name }) => name);

describe('implausible links in a run', () => {
  it('cost the nightly run neither a step nor a column', () => {
    const nightly = stepsOf('nightly.yaml').steps;
    expect(names(nightly).filter((name) => OWN_STEPS.includes(name))).toEqual([]);
    expect(nightly.map(({ sql }) => sql).join()).not.toContain('tallystick_birth_year');
  });

  it('are looked for behind linking, where they are declared', () => {
    const [declared, without] = [stepsOf('eight-step.yaml').steps, stepsOf('eight-step.yaml', WITHOUT).steps];
    const added = names(declared).filter((name) => !names(without).includes(name));
    expect(added).toEqual(OWN_STEPS);
    const link = names(declared.filter(({ part }) => part === 'link'));
    expect(link.slice(-OWN_STEPS.length - 1)).toEqual(['subject_persons', ...OWN_STEPS]);
  });

  it('are taken apart last, before opt-outs reach whom they were linked to', () => {
    const { steps } = stepsOf('eight-step.yaml', QUARANTINE);
    const link = steps.filter(({ part }) => part === 'link');
    expect(names(link).slice(-OWN_STEPS.length - 2)).toEqual([
      'subject_persons_as_linked',
      ...OWN_STEPS,
      'subject_persons',
    ]);
    const listed = steps.find(({ name }) => name === 'listed_persons')!;
    expect(listed.reads).toContain('subject_persons_as_linked');
  });

  it('let columns cross the boundary that are not released', () => {
    const unreleased = (text: string) =>
      text.replace(
        / {6}(?:PROCODE|ADMIDATE|DISDATE|DIAG_0[12]):.*keep.*\n| {6}DIAG_0[12]:.*truncate.*\n/g,
        '',
      );
    const columns = ['PROCODE', 'ADMIDATE', 'DISDATE', 'DIAG_02', 'tallystick_birth_year'];
    const storing = (change: (text: string) => string) => {
      const withoutCodes = (text: string) =>
        change(unreleased(text)).replace('  sensitiveCodes: sensitive-codes.csv\n', '');
      const { tables, releases } = stepsOf('eight-step.yaml', withoutCodes);
      const { stored } = tables.find(({ table }) => table === 'hospital_episodes')!;
      const release = releases.find(({ table }) => table === 'hospital_episodes')!;
      const released = release.released.map((one) => one.split(':')[0]);
      return {
        stored: columns.filter((column) =>
          stored.some((one) => [`column ${column}`, `birth fact ${column}`].includes(one)),
        ),
        released: columns.filter((column) => released.includes(column)),
      };
    };
    expect(storing((text) => text)).toEqual({ stored: columns, released: [] });
    expect(storing(WITHOUT)).toEqual({ stored: [], released: [] });
  });
});

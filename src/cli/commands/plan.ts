import type { ListedRelease, ListedStep, ListedTable } from '../../run/list-steps.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import { newCommand, runDateOption } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick plan`: the steps of a run, as SQL. */
export function planCommand(terminal: Terminal) {
  return newCommand('plan', terminal)
    .description('print every step of a run with its SQL, without reading any data or key')
    .argument('<file>', 'pipeline file')
    .addOption(runDateOption())
    .action(async (file, { runDate }) => {
      const pipeline = loadPipeline(file, runDate);
      const { listReleases, listSteps, listTables } = await import('../../run/list-steps.ts');
      const { readSensitiveCodes } = await import('../../linker/de-identify/sensitive-codes.ts');
      readSensitiveCodes(pipeline); // a list that cannot be read is refused here as in a run
      const tables = listTables(pipeline);
      const steps = listSteps(pipeline);
      const releases = listReleases(pipeline);
      terminal.result({ name: pipeline.name, runDate, tables, steps, releases }, () =>
        describe(tables, steps, releases),
      );
    });
}

/** What a run does before the first step. */
const PROVIDER = [
  '-- opt out (1), extract, standardise, tokenise: the provider reads every file cell by cell, without SQL.',
  '-- Of the rows of each table it stores:',
];

/** What it does with the rows of tables, between the steps of the release. */
const RELEASE = [
  '-- release: the linker reads the stored rows twice, without SQL: it counts those of each released person,',
  '-- brings them together, and sorts them. Of the rows of each table:',
];

/** SQL with comments: it can be read by people, and by anything that reads SQL. */
function describe(
  tables: readonly ListedTable[],
  steps: readonly ListedStep[],
  releases: readonly ListedRelease[],
): string {
  const stored = tables.map(({ table, files, stored: columns }) =>
    [`-- ${table} (${files.join(', ')})`, ...columns.map((column) => `--   ${column}`)].join('\n'),
  );
  const texts = steps.map(({ part, name, about, reads, sql }) =>
    [`-- ${part}: ${name}`, `-- ${about}`, `-- reads ${reads.join(', ')}`, `${sql};`].join('\n'),
  );
  return [
    PROVIDER.join('\n'),
    ...stored,
    ...texts,
    RELEASE.join('\n'),
    ...releases.map(describeRelease),
  ].join('\n\n');
}

function describeRelease({ table, by, lookedThrough, released, sortedBy }: ListedRelease): string {
  const lines = [
    `${table}: by the person of the ${by}`,
    ...lookedThrough.map((column) => `  left out by the code in ${column}`),
    ...released.map((column) => `  released ${column}`),
    ...(released.length === 0 ? ['  only for the days on which persons were seen'] : []),
    ...(sortedBy.length === 0 ? [] : [`  sorted by person, ${sortedBy.join(', ')}`]),
  ];
  return lines.map((line) => `-- ${line}`).join('\n');
}

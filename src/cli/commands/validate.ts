import { type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import { newCommand, runDateOption } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick validate`: reports every fault of a pipeline file at once, without reading data. */
export function validateCommand(terminal: Terminal) {
  return newCommand('validate', terminal)
    .description('check a pipeline file and name every fault in it, without reading any data')
    .argument('<file>', 'pipeline file')
    .addOption(runDateOption())
    .action((file, { runDate }) => {
      const summary = summarise(loadPipeline(file, runDate), file);
      const { sources, tables, released, agreement } = summary;
      terminal.result(summary, () =>
        terminal.manners.quiet
          ? ''
          : `${file}: no faults; ${sources.length} sources, ${tables} tables, ${released.length} released for ${agreement}`,
      );
    });
}

function summarise(pipeline: Pipeline, file: string) {
  const { release } = pipeline;
  return {
    file,
    valid: true,
    name: pipeline.name,
    sources: pipeline.sources.map(({ name }) => name),
    tables: tablesOf(pipeline).length,
    released: ['persons', ...release.tables.map(({ table }) => table)],
    agreement: release.agreement,
  };
}

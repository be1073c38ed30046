import { pipelineJsonSchema } from '../../pipeline/schema.ts';
import { newCommand } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick schema`: the JSON Schema of a pipeline file, for editors and people. */
export function schemaCommand(terminal: Terminal) {
  return newCommand('schema', terminal)
    .description('print the JSON Schema of a pipeline file')
    .action(() => {
      const schema = pipelineJsonSchema() as object;
      terminal.result(schema, () => JSON.stringify(schema, null, 2));
    });
}

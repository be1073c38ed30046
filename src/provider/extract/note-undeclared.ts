import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import type { TokenStore } from '../../store/token-store.ts';
import { publishedName, type TableInputs } from './find-inputs.ts';
import { namePresenter } from './present-names.ts';

/** The entry of the store for columns that are not read. That some are listed without their names is a warning: a header may have swallowed a row. */
export function noteUndeclared(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  { log }: RunSettings,
): TokenStore['undeclared'] {
  const { undeclared } = namePresenter(pipeline);
  return inputs.flatMap(({ files }) =>
    files.flatMap(({ file, header }) => {
      if (header.undeclared.length === 0) return [];
      const found = undeclared(header.undeclared);
      if (found.unnamed > 0) {
        const are = found.unnamed === 1 ? 'column of the header is' : 'columns of the header are';
        log({
          level: 'warn',
          file: file.shownAs,
          message: `${found.unnamed} undeclared ${are} counted and not named: the names may be values of a row`,
        });
      }
      return [{ file: publishedName(file), ...found }];
    }),
  );
}

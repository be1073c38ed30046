import { refused } from '../domain/problem.ts';

/** A line of a store’s list of tokens. */
export interface TokenLine {
  readonly text: string;
  /** its tokens, `a,b` each, by what their columns are called before `_a`: empty for the columns `a` and `b` */
  readonly tokens: ReadonlyMap<string, string>;
}

/**
 * The lines of a list of tokens as a store has it: CSV with a header, and the halves of each token in two columns, `a` and `b` or
 * `nhs_a` and `nhs_b`. A token that is not there has empty cells.
 *
 * @throws TallystickError (exit 1) for a list of another form: a line that is not understood may be the person’s
 */
export function linesOf(
  text: string,
  file: string,
): { readonly header: string; readonly lines: readonly TokenLine[] } {
  const [header = '', ...texts] = text.split('\n');
  const names = header.split(',');
  const firsts = names.flatMap((name, at) => (/^(?:|.+_)a$/.test(name) ? [at] : []));
  const isPair = (at: number) => names[at + 1] === names[at]!.replace(/a$/, 'b');
  const odd = () =>
    refused({
      file,
      message: 'is a list of a form that this version of tallystick does not know',
      wayOut: 'tokenise again, with this version, without the person’s rows in the extracts',
    });
  if (firsts.length === 0 || !firsts.every(isPair) || texts.pop() !== '') throw odd();
  return {
    header,
    lines: texts.map((line) => {
      const cells = line.split(',');
      if (cells.length !== names.length) throw odd();
      const tokens = firsts.flatMap((at): [string, string][] =>
        cells[at] === '' ? [] : [[names[at]!.replace(/_?a$/, ''), `${cells[at]},${cells[at + 1]}`]],
      );
      return { text: line, tokens: new Map(tokens) };
    }),
  };
}

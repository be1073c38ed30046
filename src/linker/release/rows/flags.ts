import { bug } from '../../../domain/problem.ts';

/** Sets every flag that is set in `more`. @throws a bug where they are flags of other things */
export function addFlags(flags: Uint8Array, more: Uint8Array): void {
  if (more.length !== flags.length) throw bug(`${more.length} flags were added to ${flags.length}`);
  for (let index = 0; index < flags.length; index += 1) flags[index]! |= more[index]!;
}

import { type Code, flatten, unsigned } from './instructions.ts';

/** The value types the kernel uses, by their byte in the binary format. */
export const ValueType = { i32: 0x7f, v128: 0x7b } as const;
export type ValueType = (typeof ValueType)[keyof typeof ValueType];

/**
 * One function: all its parameters are i32, and it returns nothing. Locals are numbered on from the
 * parameters.
 */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** A length, then the content: how every list and every section of the format is written. */
const counted = (items: readonly Code[]): Code => [unsigned(items.length), items];
const sized = (content: Code): Code => {
  const bytes = flatten(content);
  return [unsigned(bytes.length), bytes];
};
const section = (id: number, content: Code): Code => [id, sized(content)];
const text = (value: string): Code => sized([...Buffer.from(value, 'utf8')]);

/**
 * The bytes of a WebAssembly module that imports its memory as `kernel.memory` and exports every function by
 * name. Function i of the list has index i (`call` uses it). Source: WebAssembly specification, chapter
 * "Binary Format".
 */
export function encodeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    counted(Array<Code>(parameters).fill(ValueType.i32)),
    counted([]),
  ]);
  const memory = [text('kernel'), text('memory'), 0x02, [0x00, unsigned(1)]]; // a memory of one page or more
  const exports = functions.map(({ name }, index) => [text(name), 0x00, unsigned(index)]);
  const bodies = functions.map(({ locals, body }) =>
    sized([counted(locals.map((type) => [unsigned(1), type])), body, 0x0b]),
  );
  return Uint8Array.from(
    flatten([
      [0x00, 0x61, 0x73, 0x6d], // magic: \0asm
      [0x01, 0x00, 0x00, 0x00], // version 1
      section(1, counted(types)),
      section(2, counted([memory])),
      section(3, counted(functions.map((_, index) => unsigned(index)))), // function i has type i
      section(7, counted(exports)),
      section(10, counted(bodies)),
    ]),
  );
}

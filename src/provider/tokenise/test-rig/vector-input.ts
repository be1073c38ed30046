import type { VectorInput } from '../../../engine/vector-function.ts';

/** One parameter of a made-up vector. */
export type Parameter =
  | { readonly type: 'text'; readonly values: readonly string[] }
  | { readonly type: 'bigint'; readonly values: readonly bigint[] }
  | { readonly type: 'integer' | 'smallint' | 'tinyint'; readonly values: readonly number[] };

/** A vector as the engine hands it over: text as 16-byte structs, with the long ones out of line. */
export function vectorInput(parameters: readonly Parameter[]): VectorInput {
  const encoded = parameters.map(encode);
  return {
    rows: parameters[0]!.values.length,
    bytes: (parameter) => encoded[parameter]!,
    longText: (parameter, row) => Buffer.from(String(parameters[parameter]!.values[row]), 'utf8'),
  };
}

function encode(parameter: Parameter): Uint8Array {
  switch (parameter.type) {
    case 'bigint':
      return new Uint8Array(BigInt64Array.from(parameter.values).buffer);
    case 'integer':
      return new Uint8Array(Int32Array.from(parameter.values).buffer);
    case 'smallint':
      return new Uint8Array(Int16Array.from(parameter.values).buffer);
    case 'tinyint':
      return new Uint8Array(Int8Array.from(parameter.values).buffer);
    default: {
      const bytes = Buffer.alloc(parameter.values.length * 16);
      for (const [row, value] of parameter.values.entries()) {
        const text = Buffer.from(value, 'utf8');
        bytes.writeUInt32LE(text.length, row * 16);
        // 4: the text, zeros behind it; of a long text the first four bytes, then a pointer (here: rubbish)
        if (text.length <= 12) text.copy(bytes, row * 16 + 4);
        else {
          text.copy(bytes, row * 16 + 4, 0, 4);
          bytes.fill(0xee, row * 16 + 8, row * 16 + 16);
        }
      }
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
  }
}

import {
  allValid,
  MAX_VECTOR_ROWS,
  VALUE_BYTES,
  type VectorFunction,
  type VectorInput,
  type VectorResult,
} from './vector-function.ts';

/** A text of at most so many bytes is in its 16-byte struct, behind its length. */
const INLINE_BYTES = 12;
const LENGTH_BYTES = 4;
/** Texts that are remembered with their class; a column with more is one of identifiers, and is recognised by other means. */
const MOST_REMEMBERED = 65_536;

/**
 * A rule of `domain/` as a function that SQL can ask of a text: it returns `{class}`, a small number whose meaning is the
 * rule's. The rule is asked once a distinct text. SQL asks only of the few texts that are not plain.
 */
export class TextClassifier implements VectorFunction {
  readonly name: string;
  readonly parameters = ['text'] as const;
  readonly returns = [{ name: 'class', type: 'tinyint' }] as const;
  readonly #classify: (text: string) => number;
  readonly #known = new Map<string, number>();
  readonly #classes = new Uint8Array(MAX_VECTOR_ROWS);

  /** @param classify from 0 to 127; must depend on the text alone */
  constructor(name: string, classify: (text: string) => number) {
    this.name = name;
    this.#classify = classify;
  }

  call(input: VectorInput): readonly VectorResult[] {
    for (let row = 0; row < input.rows; row += 1) this.#classes[row] = this.#classOf(textAt(input, row));
    return [allValid(this.#classes)];
  }

  #classOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = this.#classify(text);
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(text, found);
    return found;
  }
}

function textAt(input: VectorInput, row: number): string {
  const bytes = input.bytes(0);
  const at = bytes.byteOffset + row * VALUE_BYTES.text;
  const length = new DataView(bytes.buffer, at, LENGTH_BYTES).getUint32(0, true);
  if (length > INLINE_BYTES) return Buffer.from(input.longText(0, row)).toString('utf8');
  return Buffer.from(bytes.buffer, at + LENGTH_BYTES, length).toString('utf8');
}

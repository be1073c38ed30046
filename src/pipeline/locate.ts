import { type Document, isMap, isScalar, type LineCounter, type Node, type Pair } from 'yaml';

/** A path into the file: keys and list indices. */
export type Path = readonly (string | number)[];

/** Says where in a pipeline file something stands; lines and columns count from 1. */
export class Locator {
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** Whether anything stands at `path`. */
  has(path: Path): boolean {
    return path.length === 0 || this.#document.hasIn(path);
  }

  /** The place of the value at `path`, or of the nearest thing around it that exists. */
  value(path: Path): { line: number; column: number } {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true) as Node | undefined;
      if (node?.range) return this.#at(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  /** The place of the key that ends `path`. */
  key(path: Path): { line: number; column: number } {
    const parent = this.#document.getIn(path.slice(0, -1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item: Pair) => isScalar(item.key) && item.key.value === path.at(-1));
      const range = (pair?.key as Node | undefined)?.range;
      if (range) return this.#at(range[0]);
    }
    return this.value(path);
  }

  #at(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

/** A path into the file: keys and list indices. */
export type Path = readonly (string | number)[];

/** Finds the location of a path in a pipeline file; lines and columns count from 1. */
export class Locator {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** Whether there is anything at `path`. */
  has(path: Path): boolean {
    return path.length === 0 || this.#node(path) !== undefined;
  }

  /** The location of the value at `path`, or of the nearest enclosing value that exists. */
  value(path: Path): { line: number; column: number } {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#node(path.slice(0, length));
      if (node?.range) return this.#at(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  /** The location of the key at the end of `path`. */
  key(path: Path): { line: number; column: number } {
    const parent = this.#node(path.slice(0, -1));
    if (isMap(parent)) {
      const range = (this.#pair(parent, path.at(-1)!)?.key as Node | undefined)?.range;
      if (range) return this.#at(range[0]);
    }
    return this.value(path);
  }

  #node(path: Path): Node | undefined {
    let node = this.#document.contents as Node | null | undefined;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) node = this.#pair(node, step)?.value as Node | undefined;
      else node = isSeq(node) ? (node.items[Number(step)] as Node | undefined) : undefined;
    }
    return node ?? undefined;
  }

  /** A mapping's pair by its key, from an index, because a mapping may have 100,000 faulty keys. */
  #pair(map: YAMLMap, key: string | number): Pair | undefined {
    let pairs = this.#pairs.get(map);
    if (pairs === undefined) {
      pairs = new Map(
        map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])),
      );
      this.#pairs.set(map, pairs);
    }
    return pairs.get(String(key));
  }

  #at(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

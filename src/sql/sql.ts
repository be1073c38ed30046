/** What may stand in `sql`: text as it is, a number, or SQL that knows what it reads. */
export type SqlPart = string | number | Sql;

/** SQL text that knows which tables it reads, because each of them was put into it by `table`. */
export class Sql {
  readonly text: string;
  /** names of the tables, each once, in the order in which they are first read */
  readonly reads: readonly string[];

  constructor(text: string, reads: readonly string[]) {
    this.text = text;
    this.reads = reads;
  }

  /** @throws TypeError always: as mere text it would lose its tables. `sql` and `joined` keep them, and `text` is for who runs it */
  toString(): never {
    throw new TypeError(`SQL that reads ${this.reads.join(', ')} was put into a text`);
  }
}

/** Tag of SQL: what the parts read, the whole reads. */
export function sql(texts: TemplateStringsArray, ...parts: readonly SqlPart[]): Sql {
  const between = parts.map((part, index) => `${textOf(part)}${texts[index + 1]}`);
  return new Sql(`${texts[0]}${between.join('')}`, readsOf(parts));
}

/** A table by its name, which is a plain SQL identifier. */
export function table(name: string): Sql {
  return new Sql(name, [name]);
}

/**
 * Rows that are no table of the engine's.
 *
 * @param name what `plan` calls them
 * @param relation SQL that reads their files
 */
export function stored(name: string, relation: string): Sql {
  return new Sql(relation, [name]);
}

/** Parts in a row, as `Array.join` makes one text of several. */
export function joined(parts: readonly SqlPart[], separator: string): Sql {
  return new Sql(parts.map(textOf).join(separator), readsOf(parts));
}

/** The rows of several queries, one below the other. */
export function unionAll(queries: readonly SqlPart[]): Sql {
  return joined(queries, '\nUNION ALL\n');
}

/** The distinct rows of several queries. */
export function union(queries: readonly SqlPart[]): Sql {
  return joined(queries, '\nUNION\n');
}

function textOf(part: SqlPart): string {
  return part instanceof Sql ? part.text : String(part);
}

function readsOf(parts: readonly SqlPart[]): string[] {
  return [...new Set(parts.flatMap((part) => (part instanceof Sql ? part.reads : [])))];
}

import { bug } from '../../domain/problem.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { subjectsPart } from '../../store/subject-columns.ts';
import type { NamedPart } from './read-files.ts';
import { SourceSubjects } from './source-subjects.ts';

/** The subjects of a source, as they were written. */
export interface SubjectsPart extends NamedPart {
  readonly source: string;
}

/** The subjects of every source of a run, numbered and stored by source. All tokens are in memory until it is closed. */
export class SubjectParts {
  readonly #sources = new Map<string, SourceSubjects>();

  /** Begins the part of each of these sources. */
  async open(sources: ReadonlySet<string>, pipeline: Pipeline, storeDirectory: string): Promise<void> {
    for (const source of sources) {
      this.#sources.set(source, await SourceSubjects.open(source, pipeline, storeDirectory));
    }
  }

  /** @throws a bug for a source that was not begun */
  of(source: string): SourceSubjects {
    const subjects = this.#sources.get(source);
    if (subjects === undefined) throw bug(`the subjects of ${source} have no part`);
    return subjects;
  }

  /** Completes all parts, once every table has been read. */
  async finish(): Promise<readonly SubjectsPart[]> {
    const parts: SubjectsPart[] = [];
    for (const [source, subjects] of this.#sources) {
      parts.push({ source, name: subjectsPart(source), ...(await subjects.finish()) });
    }
    return parts;
  }

  /** Removes parts that are not complete, and overwrites the tokens. */
  async close(): Promise<void> {
    for (const subjects of this.#sources.values()) await subjects.close();
    this.#sources.clear();
  }
}

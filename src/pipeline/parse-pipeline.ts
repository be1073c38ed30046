import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Problem, usage } from '../domain/problem.ts';
import { findLostKeys, findRepeatedKeys, findUnusableTexts } from './check-document.ts';
import type { Complain } from './complain.ts';
import { completePipeline } from './complete-pipeline.ts';
import { describeIssue } from './describe-issue.ts';
import { expandVariables } from './expand-variables.ts';
import { Locator, type Path } from './locate.ts';
import type { Pipeline } from './pipeline.ts';
import { type PipelineFile, pipelineSchema } from './schema.ts';

/** The context of parsing; passed as a parameter, so that the core reads neither disk nor clock. */
export interface ParseContext {
  /** absolute path of the pipeline file; relative paths in it start from its folder */
  readonly file: string;
  /** YYYY-MM-DD */
  readonly runDate: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** how the file is named in messages */
  readonly shownAs: string;
  /**
   * The key that will not be opened: the linker has no linkage key and a provider has no release key, so the variable
   * that names its file need not be set.
   */
  readonly unneededKey?: 'linkage' | 'release';
  /** the kind of identifier in a name by the rules of the leak scan (`NHS number`); null for none */
  readonly identifierIn: (name: string) => string | null;
}

/**
 * Parses the text of a pipeline file into a complete, checked pipeline.
 *
 * @throws TallystickError (exit 2) with every fault at once, each with file:line:column
 */
export function parsePipeline(text: string, context: ParseContext): Pipeline {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const locator = new Locator(document, lines);
  const file = context.shownAs;
  const problems: Problem[] = [];

  const complainAt = (offset: number, message: string, wayOut?: string) => {
    const { line, col } = lines.linePos(offset);
    problems.push({ file, line, column: col, message, ...(wayOut === undefined ? {} : { wayOut }) });
  };
  for (const fault of document.errors) complainAt(fault.pos[0], yamlMessage(fault.code));
  for (const offset of findRepeatedKeys(document)) {
    complainAt(offset, 'this key appears twice in the same mapping');
  }
  for (const offset of findLostKeys(document)) {
    complainAt(offset, '__proto__ cannot be a key', 'rename it, or leave it out');
  }
  if (problems.length > 0) throw usage(...sortByPlace(problems));

  const unneeded = ['keys', context.unneededKey ?? '', 'file'];
  if (typeof document.getIn(unneeded) === 'string') document.setIn(unneeded, `no ${context.unneededKey} key`);

  for (const { offset, name } of expandVariables(document, context.variables)) {
    const wayOut = `set it in the environment, or give a default: \${${name}:-default}`;
    complainAt(offset, `the variable ${name} is not set, or empty`, wayOut);
  }
  for (const offset of findUnusableTexts(document)) {
    complainAt(offset, 'holds a control character, or half a character', 'write the text without it');
  }

  const content = toPlain(document, locator, file);
  let parsed = pipelineSchema.safeParse(content);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(...describeIssue(issue, [], locator, file));
    // unknown keys alone do not prevent the rest from being checked
    removeUnknownKeys(content, parsed.error.issues);
    parsed = pipelineSchema.safeParse(content);
    if (!parsed.success) throw usage(...sortByPlace(problems));
  }
  const inFull = { ...context, text };
  const given = withoutPrototypes(parsed.data) as PipelineFile;
  const complain: Complain = (path: Path, message, wayOut, onKey = false) => {
    const place = onKey ? locator.key(path) : locator.value(path);
    problems.push({ file, ...place, message, ...(wayOut === undefined ? {} : { wayOut }) });
  };
  checkNames(given, context, complain);
  const pipeline = completePipeline(given, inFull, complain);
  if (problems.length > 0) throw usage(...sortByPlace(problems));
  return pipeline;
}

/**
 * The same objects without inherited properties, so that a table called `constructor` is looked up like
 * any other.
 */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, withoutPrototypes(one)]);
  return Object.setPrototypeOf(Object.fromEntries(entries), null);
}

/**
 * Texts that are in the release are checked here. The name becomes a folder before any gate runs; what the file says of
 * opt-outs is in documents for the recipient.
 */
function checkNames(
  { name, sources, optOuts, release: { agreement, recipient } }: PipelineFile,
  { identifierIn }: ParseContext,
  complain: Complain,
): void {
  const names: readonly (readonly [Path, string])[] = [
    [['name'], name],
    [['release', 'agreement'], agreement],
    ...(recipient === undefined ? [] : [[['release', 'recipient'], recipient] as const]),
    ...Object.entries(sources).flatMap(([source, { description }]): [Path, string][] =>
      description === undefined ? [] : [[['sources', source, 'description'], description]],
    ),
    ...Object.entries(optOuts.types ?? {}).flatMap(([type, { description }]): [Path, string][] => [
      [['optOuts', 'types', type], type],
      [['optOuts', 'types', type, 'description'], description],
    ]),
    ...Object.entries(optOuts.exempt ?? {}).map(([type, { because }]): [Path, string] => [
      ['optOuts', 'exempt', type, 'because'],
      because,
    ]),
  ];
  for (const [path, text] of names) {
    const found = identifierIn(text);
    if (found === null) continue;
    const wayOut = path[0] === 'optOuts' ? 'write it without: it is in the release' : 'give it another name';
    complain(path, `holds what looks like a ${found}`, wayOut);
  }
}

/** The file as plain values. @throws TallystickError (exit 2) for aliases that refer to nothing, or expand to too much */
function toPlain(document: ReturnType<typeof parseDocument>, locator: Locator, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw usage({
      file,
      ...locator.value([]),
      message: 'an alias (*name) refers to nothing, or expands to too much',
      wayOut: 'write its value out',
    });
  }
}

function removeUnknownKeys(content: unknown, issues: readonly z.core.$ZodIssue[]): void {
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const around = issue.path.reduce<unknown>(
      (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
      content,
    );
    for (const key of issue.keys) delete (around as Record<string, unknown>)[key];
  }
}

function sortByPlace(problems: Problem[]): Problem[] {
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || Number(a.column) - Number(b.column));
}

function yamlMessage(code: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab is used for indentation; YAML requires spaces';
    default:
      return `not readable as YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
  }
}

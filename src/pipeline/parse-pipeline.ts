import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Problem, usage } from '../domain/problem.ts';
import { completePipeline } from './complete-pipeline.ts';
import { expandVariables } from './expand-variables.ts';
import { Locator, type Path } from './locate.ts';
import type { Pipeline } from './pipeline.ts';
import { pipelineSchema } from './schema.ts';

/** What parsing needs to know about the world; handed in, so that the core reads neither disk nor clock. */
export interface ParseContext {
  /** absolute path of the pipeline file; relative paths in it start from its folder */
  readonly file: string;
  /** YYYY-MM-DD */
  readonly runDate: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** how the file is named in messages */
  readonly shownAs: string;
}

/**
 * Reads a pipeline file's text into a whole, checked pipeline.
 *
 * @throws TallystickError (exit 2) with every fault at once, each with file:line:column
 */
export function parsePipeline(text: string, context: ParseContext): Pipeline {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const locator = new Locator(document, lines);
  const file = context.shownAs;
  const problems: Problem[] = [];

  for (const fault of document.errors) {
    const { line, col } = lines.linePos(fault.pos[0]);
    problems.push({ file, line, column: col, message: yamlMessage(fault.code) });
  }
  if (problems.length > 0) throw usage(...problems);

  for (const { offset, name } of expandVariables(document, context.variables)) {
    const { line, col } = lines.linePos(offset);
    problems.push({
      file,
      line,
      column: col,
      message: `the variable ${name} is not set`,
      wayOut: `set it in the environment, or give a default: \${${name}:-default}`,
    });
  }

  const parsed = pipelineSchema.safeParse(document.toJS());
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(...issueProblems(issue, [], locator, file));
    throw usage(...sortByPlace(problems));
  }
  const pipeline = completePipeline(parsed.data, context, (path: Path, message, wayOut, onKey = false) => {
    const place = onKey ? locator.key(path) : locator.value(path);
    problems.push({ file, ...place, message, ...(wayOut === undefined ? {} : { wayOut }) });
  });
  if (problems.length > 0) throw usage(...sortByPlace(problems));
  return pipeline;
}

function sortByPlace(problems: Problem[]): Problem[] {
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || Number(a.column) - Number(b.column));
}

/** Turns one zod issue into problems, opening up unions: the branch that got furthest tells the most. */
function issueProblems(issue: z.core.$ZodIssue, above: Path, locator: Locator, file: string): Problem[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      file,
      ...locator.key([...path, key]),
      message: `unknown key \`${key}\``,
      wayOut: 'see `tallystick schema` for what may stand here',
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const depth = (branch: readonly z.core.$ZodIssue[]) => Math.max(0, ...branch.map((at) => at.path.length));
    const best = issue.errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
    if (depth(best) > 0) return best.flatMap((inner) => issueProblems(inner, path, locator, file));
    return [{ file, ...locator.value(path), message: `\`${path.join('.')}\` is not of a known form` }];
  }
  return [{ file, ...locator.value(path), message: `\`${path.join('.')}\`: ${schemaMessage(issue)}` }];
}

/** Says what was expected. A pipeline file holds no data, but a key typed into it by mistake is not echoed. */
function schemaMessage(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && /received undefined/.test(issue.message)
        ? 'is missing'
        : `must be ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
    case 'too_small':
    case 'too_big':
    case 'custom':
      return issue.message;
    default:
      return 'is not of the form the schema gives';
  }
}

function yamlMessage(code: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key stands twice in the same place';
    case 'TAB_AS_INDENT':
      return 'a tab is used for indentation; YAML wants spaces';
    default:
      return `not readable as YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
  }
}

import type { z } from 'zod';
import type { Problem } from '../domain/problem.ts';
import type { Locator, Path } from './locate.ts';

/** The expected types of a schema, in the terms of YAML. */
const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};
/** Zod's own messages begin like this; any other message was written for this file format. */
const ZOD_WORDS = /^(?:Invalid|Too|Expected|Unrecognized)/;
const SEE_SCHEMA = 'see `tallystick schema` for what is allowed here';

/** 32 bytes in hexadecimal, in base64 with its padding, or in base64url: without `/`. */
const KEY_SHAPES = [
  /(?<![0-9A-Za-z])[0-9A-Fa-f]{64}(?![0-9A-Za-z])/,
  /(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{43}=/,
  /(?<![0-9A-Za-z_-])(?=[\s\S]{0,42}[0-9])(?=[\s\S]{0,42}[A-Z])(?=[\s\S]{0,42}[a-z])[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])/,
];

/** True for a text that may be a key instead of the name of a key file: no message may show it. */
export function looksLikeKey(text: string): boolean {
  return KEY_SHAPES.some((shape) => shape.test(text));
}

/** Turns one fault of shape into problems. Of several alternatives, the problems of the intended one are reported. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  above: Path,
  locator: Locator,
  file: string,
): Problem[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      file,
      ...locator.key([...path, key]),
      message: looksLikeKey(key) ? 'unknown key (not shown: it may be a secret)' : `unknown key \`${key}\``,
      wayOut: SEE_SCHEMA,
    }));
  }
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant !== null) return meant.flatMap((inner) => describeIssue(inner, path, locator, file));
  }
  const where = path.length === 0 ? 'the file' : `\`${path.join('.')}\``;
  const isMissing = !locator.has(path);
  const expected = expectation(issue);
  // the key of the mapping is itself at fault, such as a table's name
  const at = issue.code === 'invalid_key' ? locator.key(path) : locator.value(path);
  return [{ file, ...at, message: `${where} ${isMissing ? missing(expected) : expected}` }];
}

/** The alternative that fits best: its tag is correct, and its faults are deepest; null if none fits. */
function meantBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null {
  const depth = (branch: readonly z.core.$ZodIssue[]) =>
    Math.max(0, ...branch.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)));
  const [first, ...others] = branches.filter((branch) => depth(branch) > 0);
  if (first === undefined) return null;
  return others.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best), first);
}

function missing(expected: string): string {
  return expected.startsWith('must be one of')
    ? `is missing: ${expected.replace('must be ', '')}`
    : 'is missing';
}

/** Describes the expected value, never the actual one: a secret key typed into the file by mistake is not repeated. */
function expectation(issue: z.core.$ZodIssue): string {
  if (!ZOD_WORDS.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string'
        ? 'must not be empty'
        : issue.origin === 'array'
          ? `must have at least ${issue.minimum} ${issue.minimum === 1 ? 'entry' : 'entries'}`
          : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_key':
      return issue.issues[0] === undefined
        ? 'has a key of another form'
        : `has a key that ${issue.issues[0].message}`;
    default:
      return `is not of a known form; ${SEE_SCHEMA}`;
  }
}

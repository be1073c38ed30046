import { parse } from 'csv-parse/sync';
import { optOutCodes } from '../domain/opt-out-codes.ts';
import { refused, TallystickError } from '../domain/problem.ts';
import { CODE_SYSTEMS, type CodeSystem } from '../domain/role.ts';
import type { Dialect } from '../engine/step.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { readPlainFile } from '../read-plain-file.ts';

/** A code whose rows are never released: one code, or every code that begins with it. */
export interface SensitiveCode {
  readonly system: CodeSystem;
  readonly code: string;
  readonly match: 'exact' | 'prefix';
}

/**
 * The codes a pipeline leaves out: its sensitive-code file (CSV system,code,match,reason), and always those that record
 * an opt-out, because a released record never says that its person once opted out.
 *
 * @throws TallystickError (exit 1) for a file that is missing or has a line that cannot be understood
 */
export function readSensitiveCodes(pipeline: Pipeline): readonly SensitiveCode[] {
  const optOuts = optOutCodes(pipeline.optOuts.codeOverrides).codes.flatMap(
    ({ system, code }): SensitiveCode[] => [
      { system, code, match: 'exact' },
      { system, code: `${code}.`, match: 'exact' },
      // five characters of a Read v2 code, and two more for the chosen term
      ...(system === 'read-v2' ? [{ system, code: code.padEnd(5, '.'), match: 'prefix' as const }] : []),
    ],
  );
  const path = pipeline.release.sensitiveCodes;
  if (path === null) return optOuts;
  let rows: Record<string, string>[];
  try {
    rows = parse(readPlainFile(path), {
      bom: true,
      columns: true,
      comment: '#',
      trim: true,
      skip_empty_lines: true,
    });
  } catch (fault) {
    if (fault instanceof TallystickError) throw fault;
    throw refused({
      file: path,
      message: 'the sensitive-code file is missing or not readable as CSV',
      wayOut: 'without it, sensitive records would be released: nothing was published',
    });
  }
  const listed = rows.map(({ system, code, match }, at): SensitiveCode => {
    const known = CODE_SYSTEMS.find((one) => one === system);
    if (
      known === undefined ||
      code === undefined ||
      code === '' ||
      (match !== 'exact' && match !== 'prefix')
    ) {
      throw refused({
        file: path,
        message: `entry ${at + 1} is not system,code,match,reason with a known system and match exact or prefix`,
      });
    }
    return { system: known, code, match };
  });
  if (listed.length === 0) throw refused({ file: path, message: 'the sensitive-code file names no code' });
  return [...optOuts, ...listed];
}

/** A pattern (RE2, for a full match) of the codes that are to be left out. */
export function codePattern(codes: readonly SensitiveCode[]): string {
  // RE2 escapes punctuation only: other scripts stand for themselves
  const literal = (code: string) => code.replaceAll(/[!-/:-@[-`{-~ ]/g, '\\$&');
  const parts = codes.map(({ code, match }) => (match === 'exact' ? literal(code) : `${literal(code)}.*`));
  return `(?s)(?:${parts.join('|')})`; // s: what follows a prefix may hold line ends
}

/** SQL that is true of a code which is to be left out. */
export function isSensitiveSql(cell: string, codes: readonly SensitiveCode[], dialect: Dialect): string {
  const exact = codes.filter(({ match }) => match === 'exact').map(({ code }) => dialect.text(code));
  const prefixes = codes
    .filter(({ match }) => match === 'prefix')
    .map(({ code }) => `substr(${cell}, 1, ${code.length}) = ${dialect.text(code)}`);
  return [...(exact.length === 0 ? [] : [`${cell} IN (${exact.join(', ')})`]), ...prefixes].join(' OR ');
}

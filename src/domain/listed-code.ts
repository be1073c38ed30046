import { canonicalCode, fitsCodeShape } from './clinical-code.ts';
import { mentionsCode } from './mentioned-code.ts';
import type { CodeSystem } from './role.ts';
import { unwrapCode } from './written-code.ts';

/** An entry of a code list: one code, or every code that begins with it. */
export interface ListedCode {
  readonly system: CodeSystem;
  /** the key that cells' keys are compared with; a prefix has no padding */
  readonly code: string;
  readonly match: 'exact' | 'prefix';
}

/** Prefixes of codes, without dots. */
const PREFIXES: Readonly<Record<CodeSystem, RegExp>> = {
  snomed: /^[1-9][0-9]{0,17}$/,
  'read-v2': /^[0-9A-Za-z]{1,5}$/,
  ctv3: /^[0-9A-Za-z]{1,5}$/,
  'icd-10': /^[A-Z](?:[0-9](?:[0-9](?:X?[0-9]|[0-9]{2})?)?)?$/,
  'opcs-4': /^[A-Z][0-9]{0,3}$/,
  local: /./s,
};

/** A code of a GP system supplier's own, written into columns of Read codes, such as `EMISNQ123`. */
const SUPPLIER_CODE = /^[A-Za-z^][0-9A-Za-z^_]{5,}$/;

/**
 * Reads an entry of a code list into the form that cells are compared with.
 *
 * @returns the entry; or, as `fault`, why it cannot match any code of its system
 */
export function readListedCode(
  system: CodeSystem,
  text: string,
  match: ListedCode['match'],
): ListedCode | { readonly fault: string } {
  const written = system === 'local' ? text.trim() : unwrapCode(text);
  if (written === '') return { fault: 'there is no code' };
  if (system === 'local') return { system, code: written, match };
  if (/[*%?]/.test(written)) return { fault: 'a wildcard matches no code: match prefix is what it means' };
  if (/-/.test(written)) {
    return { fault: 'a range or a hyphen matches no code: one code a line, or match prefix' };
  }
  const isRead = system === 'read-v2' || system === 'ctv3';
  const canonical = canonicalCode(system, written);
  if (match === 'prefix') {
    const code = prefixOf(system, written, canonical);
    if (PREFIXES[system].test(code) || (isRead && SUPPLIER_CODE.test(code))) return { system, code, match };
    return { fault: `no ${SYSTEM_WORDS[system]} code begins so` };
  }
  if (isRead && canonical === null && SUPPLIER_CODE.test(written)) return { system, code: written, match };
  if (canonical === null || !fitsCodeShape(system, written)) {
    const why =
      system === 'snomed' && canonical !== null ? ': its check digit or its partition is wrong' : '';
    return { fault: `this is no ${SYSTEM_WORDS[system]} code${why}` };
  }
  return { system, code: canonical, match };
}

/** A prefix of canonical codes: without the padding of a Read code, and without the dot of other codes. */
function prefixOf(system: CodeSystem, written: string, canonical: string | null): string {
  if (system === 'snomed') return written;
  if (system === 'read-v2' || system === 'ctv3') return (canonical ?? written).replace(/\.+$/, '');
  return canonical ?? written.toUpperCase().replaceAll('.', '');
}

/** The name of a code system in a message. */
export const SYSTEM_WORDS: Readonly<Record<CodeSystem, string>> = {
  snomed: 'SNOMED CT',
  'read-v2': 'Read v2',
  ctv3: 'CTV3',
  'icd-10': 'ICD-10',
  'opcs-4': 'OPCS-4',
  local: 'local',
};

/**
 * True of a cell that one of a list's entries matches: their keys are compared. A cell that cannot be read as a code of its
 * system matches as well where it mentions a code, or may be one that a spreadsheet has rounded.
 */
export function matchesListedCode(system: CodeSystem, text: string, listed: readonly ListedCode[]): boolean {
  const own = listed.filter((one) => one.system === system);
  if (own.length === 0) return false;
  const canonical = canonicalCode(system, text);
  const key = canonical ?? text.trim();
  if (own.some(({ code, match }) => (match === 'prefix' ? key.startsWith(code) : key === code))) return true;
  if (system === 'local' || canonical !== null) return false;
  return own.some((one) => mentionsCode(text, one));
}

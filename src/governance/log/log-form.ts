/**
 * The form of a log: what its first line, the header of a change and the end of a change look like. README.md has the whole form.
 */

/** The kinds of log, and what each is called in messages. */
export const LOG_KINDS = {
  'opt-out-register': 'opt-out register',
  'national-ledger': 'national ledger',
} as const;
export type LogKind = keyof typeof LOG_KINDS;

/** Version of the form. */
const FORM = 1;
/** `= ` + digest + blank + seal + line end. */
export const END_BYTES = 2 + 64 + 1 + 64 + 1;
/** A longer header is a fault of the program: who recorded a change, and from which document, takes a few hundred bytes. */
export const MOST_HEADER_BYTES = 16_384;
const END = /^= ([0-9a-f]{64}) ([0-9a-f]{64})\n$/;
const AT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
/** Members of a header that the log writes itself. */
export const OWN_MEMBERS: readonly string[] = ['change', 'at', 'lines', 'bytes'];

/** The header of a change: what the log itself has to know, and whatever its kind adds. */
export interface ChangeHeader extends Readonly<Record<string, unknown>> {
  /** counted from 1 */
  readonly change: number;
  /** when it was recorded: YYYY-MM-DDThh:mm:ssZ */
  readonly at: string;
  readonly lines: number;
  readonly bytes: number;
}

/** The first line of a log, with its line end. */
export function firstLineOf(kind: LogKind, keyId: string): string {
  return `tallystick ${kind} ${FORM} ${keyId}\n`;
}

/** The id of the linkage key in the first line of a log of this kind; null where the line is another. */
export function keyIdOf(kind: LogKind, firstLine: string): string | null {
  const keyId = /^tallystick \S+ \d+ ([0-9a-f]{32})\n$/.exec(firstLine)?.[1];
  return keyId !== undefined && firstLine === firstLineOf(kind, keyId) ? keyId : null;
}

/** The header line of a change, with its line end. JSON escapes line ends, so that it is one line whatever is in it. */
export function headerLineOf(header: ChangeHeader): string {
  return `${JSON.stringify(header)}\n`;
}

/** The header in a line; null where it is none. */
export function parseHeader(line: string): ChangeHeader | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { change, at, lines, bytes } = value as Partial<ChangeHeader>;
  const isCount = (count: unknown) => Number.isSafeInteger(count) && (count as number) >= 0;
  return isCount(change) && isCount(lines) && isCount(bytes) && typeof at === 'string' && AT.test(at)
    ? (value as ChangeHeader)
    : null;
}

/** The line that ends a change. */
export function endLineOf(digest: string, seal: string): string {
  return `= ${digest} ${seal}\n`;
}

/** The digest and the seal in the line that ends a change; null where it is none. */
export function parseEnd(line: string): { readonly digest: string; readonly seal: string } | null {
  const [, digest, seal] = END.exec(line) ?? [];
  return digest === undefined || seal === undefined ? null : { digest, seal };
}

/** A moment as a log writes it: UTC, to the second. */
export function momentOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

import type { Problem } from '../../domain/problem.ts';
import { PLACEHOLDERS, type Placeholder } from './placeholders.ts';

/** What stops a browser from asking any server for anything, whatever the page holds. */
export const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** Elements that show text, and those around them. Anything else may run, load or send something. */
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    'html head meta title style body header main footer section article nav aside div span h1 h2 h3 h4 p ul ol li dl dt dd ' +
    'a strong em b i abbr br hr table caption thead tbody tr th td time address blockquote details summary'
  ).split(' '),
);
const ATTRIBUTES: ReadonlySet<string> = new Set(
  'lang dir class id title scope colspan rowspan role datetime charset name content http-equiv href rel open'.split(
    ' ',
  ),
);
/** A link is followed by a reader's hand only. */
const LINK = /^(?:https:\/\/|mailto:|tel:|#)[^\s<>]*$/;
const METAS: ReadonlySet<string> = new Set(['viewport', 'description', 'color-scheme', 'robots']);
const CSS_FUNCTIONS: ReadonlySet<string> = new Set(
  'rgb rgba hsl hsla calc min max clamp minmax repeat not is where nth-child'.split(' '),
);
const CSS_RULES: ReadonlySet<string> = new Set(['media', 'page', 'supports']);

const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*\/?>/y;
const ATTRIBUTE = /([a-zA-Z][\w:-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g;
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const DOCTYPE = /^\s*<!doctype html>/i;

/** Collects the faults of a template, each with its line and column. */
class Faults {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #text: string;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  add(offset: number, message: string, wayOut?: string): void {
    const before = this.#text.slice(0, offset).split('\n');
    this.problems.push({
      file: this.#file,
      line: before.length,
      column: String(before.at(-1)!.length + 1),
      message,
      ...(wayOut === undefined ? {} : { wayOut }),
    });
  }
}

/**
 * Every fault of a template. What is allowed is listed, and everything else is refused: a page for patients shows text. It runs nothing and asks no
 * server for anything, so that nobody learns who reads it.
 *
 * @param file as it is shown
 */
export function checkTemplate(file: string, text: string): readonly Problem[] {
  const faults = new Faults(file, text);
  const doctype = DOCTYPE.exec(text);
  if (doctype === null) faults.add(0, 'does not begin with <!doctype html>');
  const met = { lang: false, charset: false, policy: false, viewport: false, title: false };
  const headings: number[] = [];
  let offset = doctype?.[0].length ?? 0;
  while (offset < text.length) {
    const open = text.indexOf('<', offset);
    const until = open === -1 ? text.length : open;
    checkPlaceholders(text.slice(offset, until), offset, faults);
    if (open === -1) break;
    TAG.lastIndex = open;
    const tag = TAG.exec(text);
    if (tag === null) {
      const comment = text.startsWith('<!--', open);
      faults.add(
        open,
        comment ? 'is a comment' : 'is no tag',
        comment
          ? 'take it out: a page has no text that nobody reads'
          : 'write &lt; for the sign itself, and quotes around each value',
      );
      offset = open + 1;
      continue;
    }
    const [whole, slash, named, attributes] = tag as unknown as [string, string, string, string];
    const name = named.toLowerCase();
    offset = open + whole.length;
    if (!ELEMENTS.has(name)) {
      faults.add(
        open,
        `the element ${name} is not allowed`,
        'a page shows text and styles; it has no scripts, images, forms or frames',
      );
    }
    if (slash === '/') continue;
    const given = attributesOf(attributes, open, faults);
    checkAttributes(name, given, open, faults);
    if (name === 'html' && (given.get('lang') ?? '') !== '') met.lang = true;
    if (name === 'title') met.title = true;
    if (name === 'meta') {
      if (given.get('charset')?.toLowerCase() === 'utf-8') met.charset = true;
      if (given.get('content') === POLICY) met.policy = true;
      if (given.get('name') === 'viewport') met.viewport = true;
    }
    if (/^h[1-4]$/.test(name)) {
      const level = Number(name[1]);
      if (level > (headings.at(-1) ?? 0) + 1) faults.add(open, `the heading h${level} skips a level`);
      if (level === 1 && headings.includes(1)) faults.add(open, 'is a second h1');
      headings.push(level);
    }
    if (name === 'style') {
      const end = text.toLowerCase().indexOf('</style>', offset);
      checkStyle(text.slice(offset, end === -1 ? text.length : end), offset, faults);
      offset = end === -1 ? text.length : end;
    }
  }
  if (!met.lang) faults.add(0, 'the element html has no lang', 'write <html lang="en-GB">');
  if (!met.charset) faults.add(0, 'lacks <meta charset="utf-8">');
  if (!met.viewport)
    faults.add(
      0,
      'lacks a viewport',
      'write <meta name="viewport" content="width=device-width, initial-scale=1">',
    );
  if (!met.title) faults.add(0, 'lacks a title');
  if (!headings.includes(1)) faults.add(0, 'lacks a heading h1');
  if (!met.policy)
    faults.add(
      0,
      'lacks the content security policy',
      `write <meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    );
  for (const name of Object.keys(PLACEHOLDERS) as Placeholder[]) {
    if (!namesIn(text).has(name)) faults.add(text.length, `lacks {{ ${name} }}`, PLACEHOLDERS[name]);
  }
  return faults.problems;
}

function namesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name!));
}

function checkPlaceholders(text: string, from: number, faults: Faults): void {
  for (const { 1: name, index } of text.matchAll(PLACEHOLDER)) {
    if (Object.hasOwn(PLACEHOLDERS, name!)) continue;
    faults.add(
      from + index,
      'is an unknown placeholder',
      `there are ${Object.keys(PLACEHOLDERS).join(', ')}`,
    );
  }
  const rest = text.replaceAll(PLACEHOLDER, (whole) => ' '.repeat(whole.length));
  for (const { index } of rest.matchAll(/\{\{|\}\}/g)) faults.add(from + index, 'is half a placeholder');
}

function attributesOf(text: string, offset: number, faults: Faults): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    const key = name!.toLowerCase();
    if (given.has(key)) faults.add(offset, `has the attribute ${key} twice`);
    given.set(key, double ?? single ?? '');
  }
  return given;
}

function checkAttributes(
  element: string,
  given: ReadonlyMap<string, string>,
  offset: number,
  faults: Faults,
): void {
  for (const [name, value] of given) {
    if (!ATTRIBUTES.has(name) && !/^aria-[a-z]+$/.test(name)) {
      faults.add(
        offset,
        `the attribute ${name} is not allowed`,
        'styles are in the element style; nothing runs or loads',
      );
    }
    if (/\{\{|\}\}/.test(value))
      faults.add(offset, 'has a placeholder in an attribute', 'placeholders are in text only');
  }
  const href = given.get('href');
  if (href !== undefined && (element !== 'a' || !LINK.test(href))) {
    faults.add(
      offset,
      'has a link that is not allowed',
      'a link is in an element a, and begins with https:, mailto:, tel: or #',
    );
  }
  if (element !== 'meta') return;
  const equivalent = given.get('http-equiv');
  if (
    equivalent !== undefined &&
    (equivalent.toLowerCase() !== 'content-security-policy' || given.get('content') !== POLICY)
  ) {
    faults.add(
      offset,
      'is a meta element that acts on the browser',
      `only the content security policy is allowed: ${POLICY}`,
    );
  }
  const name = given.get('name');
  if (name !== undefined && !METAS.has(name)) faults.add(offset, 'is a meta element of an unknown name');
}

/** Styles load nothing: what could is a function or a rule that is not listed, or is hidden by an escape. */
function checkStyle(css: string, from: number, faults: Faults): void {
  const refuse = (index: number, message: string) =>
    faults.add(from + index, message, 'styles set type, colour and space; they load nothing');
  for (const { 1: name, index } of css.matchAll(/([\w-]+)\(/g)) {
    if (!CSS_FUNCTIONS.has(name!.toLowerCase())) refuse(index, 'is a function of styles that is not allowed');
  }
  for (const { 1: name, index } of css.matchAll(/@([\w-]*)/g)) {
    if (!CSS_RULES.has(name!.toLowerCase())) refuse(index, 'is a rule of styles that is not allowed');
  }
  for (const { index } of css.matchAll(/[\\<]|\{\{/g)) refuse(index, 'is a sign that styles must not have');
}

/** The placeholders of a template, filled in. @param values HTML of each */
export function fillTemplate(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => values[name as Placeholder]);
}

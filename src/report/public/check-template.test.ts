import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../domain/problem.ts';
import { checkTemplate } from './check-template.ts';
import { PLACEHOLDERS } from './placeholders.ts';
import { SHIPPED_TEMPLATE } from './shipped-template.ts';

const faultsOf = (text: string) => checkTemplate('site.html', text).map(formatProblem);
/** The shipped template with something in its body. */
const withBody = (html: string) => SHIPPED_TEMPLATE.replace('<h2>Ask us</h2>', `${html}<h2>Ask us</h2>`);
const withStyle = (css: string) => SHIPPED_TEMPLATE.replace('</style>', `${css}\n</style>`);

describe('a template', () => {
  it('is without a fault as it is shipped, whatever the words', () => {
    expect(faultsOf(SHIPPED_TEMPLATE)).toEqual([]);
    expect(
      faultsOf(withBody('<h3>Leeds</h3><p>Write to <a href="mailto:a@b.example">us</a> &amp; ask.<br></p>')),
    ).toEqual([]);
    expect(faultsOf(withStyle('p { margin: calc(1rem + 2px); color: rgb(0, 0, 0); }'))).toEqual([]);
  });

  // each of these would run something, or ask a server for something
  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script in capitals', '<SCRIPT SRC="https://x.example/a.js"></SCRIPT>'],
    ['an image', '<img src="https://x.example/pixel.png">'],
    ['an image of the page itself', '<img src="data:image/png;base64,AAAA">'],
    ['a handler', '<p onclick="alert(1)">x</p>'],
    ['a handler on a new line', '<p\nonmouseover="alert(1)">x</p>'],
    ['a frame', '<iframe src="https://x.example"></iframe>'],
    ['an object', '<object data="https://x.example"></object>'],
    ['a vector image', '<svg><use href="https://x.example#a"/></svg>'],
    ['a form', '<form action="https://x.example"><input name="q"></form>'],
    ['a linked style', '<link rel="stylesheet" href="https://x.example/a.css">'],
    ['a base', '<base href="https://x.example/">'],
    ['a refresh', '<meta http-equiv="refresh" content="0;url=https://x.example">'],
    ['another policy', `<meta http-equiv="Content-Security-Policy" content="default-src *">`],
    ['a link that runs', '<a href="javascript:alert(1)">x</a>'],
    ['a link that runs, in disguise', '<a href=" &#106;avascript:alert(1)">x</a>'],
    ['a link without protection', '<a href="http://x.example">x</a>'],
    ['a link that reports itself', '<a href="https://x.example" ping="https://x.example">x</a>'],
    ['a style of its own', '<p style="background: url(https://x.example)">x</p>'],
    ['an attribute without quotes', '<p class=x>y</p>'],
    ['a tag that does not end', '<p class="x"'],
    ['a comment', '<!-- <script> -->'],
    ['a sound', '<audio src="https://x.example/a.mp3"></audio>'],
    ['a placeholder in an attribute', '<p title="{{ contact }}">x</p>'],
    ['an attribute twice', '<a href="#a" href="https://x.example">x</a>'],
  ])('with %s is refused', (_, html) => {
    const line = withBody(html).slice(0, withBody(html).indexOf(html)).split('\n').length;
    expect(faultsOf(withBody(html)).join('\n')).toMatch(new RegExp(`site\\.html:${line}:\\d+: `));
  });

  it.each([
    ['an image', 'body { background: url(https://x.example/a.png); }'],
    ['an image in capitals', 'body { background: URL("//x.example/a.png"); }'],
    ['an escaped image', 'body { background: u\\72l(https://x.example); }'],
    ['an import', '@import "https://x.example/a.css";'],
    ['a font', '@font-face { font-family: x; src: local("x"); }'],
    ['an image set', 'body { background: image-set("https://x.example/a.png" 1x); }'],
    ['a placeholder', 'p::after { content: "{{ contact }}"; }'],
  ])('with %s in its styles is refused', (_, css) => {
    expect(faultsOf(withStyle(css)).length).toBeGreaterThan(0);
  });

  it.each(Object.keys(PLACEHOLDERS))('without {{ %s }} is refused', (name) => {
    const text = SHIPPED_TEMPLATE.replaceAll(`{{ ${name} }}`, '');
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(new RegExp(`^site\\.html:\\d+:\\d+: lacks \\{\\{ ${name} \\}\\}`)),
    ]);
  });

  it('names the line and column of a placeholder that it does not know', () => {
    const [fault, ...more] = faultsOf(withBody('\n  <p>{{ persons }}</p>\n'));
    const line = SHIPPED_TEMPLATE.split('\n').findIndex((text) => text.includes('Ask us')) + 2;
    expect(fault).toBe(
      `site.html:${line}:6: is an unknown placeholder\n    there are ${Object.keys(PLACEHOLDERS).join(', ')}`,
    );
    expect(more).toEqual([]);
    expect(faultsOf(withBody('<p>{{ contact }</p>'))).toEqual([
      expect.stringContaining('is half a placeholder'),
    ]);
    expect(faultsOf(withBody('<p>{{ __proto__ }}</p>'))).toEqual([
      expect.stringContaining('unknown placeholder'),
    ]);
  });

  it.each([
    ['a language', '<html lang="en-GB">', '<html>', 'has no lang'],
    ['a title', /<title>.*<\/title>\n/, '', 'lacks a title'],
    ['a viewport', /<meta name="viewport".*>\n/, '', 'lacks a viewport'],
    ['a policy', /<meta http-equiv.*>\n/, '', 'lacks the content security policy'],
    ['an encoding', '<meta charset="utf-8">\n', '', 'lacks <meta charset="utf-8">'],
    ['a kind', '<!doctype html>', '', 'does not begin with <!doctype html>'],
    ['a first heading', /<h1>.*<\/h1>/, '', 'lacks a heading h1'],
  ])('without %s is refused', (_, part, instead, message) => {
    expect(faultsOf(SHIPPED_TEMPLATE.replace(part, instead)).join('\n')).toContain(message);
  });

  it('with a heading that skips a level, or a second first one, is refused', () => {
    expect(faultsOf(withBody('<h3>x</h3><h4>x</h4>')).join()).not.toContain('skips');
    expect(
      faultsOf(SHIPPED_TEMPLATE.replace('<h2>What we join</h2>', '<h3>What we join</h3>')).join(),
    ).toContain('the heading h3 skips a level');
    expect(faultsOf(withBody('<h1>x</h1>')).join()).toContain('is a second h1');
  });
});

/** WCAG 2.2: the contrast of two colours is (lighter + 0.05) / (darker + 0.05), by relative luminance. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((from) => {
      const share = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

describe('the shipped template', () => {
  const css = /<style>([\s\S]*)<\/style>/.exec(SHIPPED_TEMPLATE)![1]!;

  it('has text of the highest contrast (WCAG AAA: 7 to 1) on white', () => {
    const colours = [...css.matchAll(/(?<![-\w])color: (#[0-9a-f]{6})/g)].map(([, colour]) => colour!);
    expect(colours.length).toBeGreaterThanOrEqual(3);
    expect(css).toContain('background: #ffffff');
    for (const colour of colours) expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(7);
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });

  it('fits a screen of 320 pixels: nothing has a width but by the letter, and long words break', () => {
    expect(css).not.toMatch(/(?<!max-)width:/);
    expect(css).not.toMatch(/white-space|overflow-x|position:/);
    expect(css).toContain('overflow-wrap: break-word');
    expect(SHIPPED_TEMPLATE).not.toContain('<table');
  });

  it('has a form for print', () => {
    expect(css).toContain('@media print');
  });
});

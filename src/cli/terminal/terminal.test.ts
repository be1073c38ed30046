import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../program/run-settings.ts';
import { describeProgress, ProgressLine } from './progress-line.ts';
import { Terminal } from './terminal.ts';

/** A stream that records the text written to it. */
class Paper {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 60;

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }
}

function terminalOn(isTTY: boolean, environment: Record<string, string> = {}) {
  const [stdout, stderr] = [new Paper(isTTY), new Paper(isTTY)];
  return { stdout, stderr, terminal: new Terminal(stdout, stderr, environment, []) };
}

const MANNERS = { json: false, quiet: false, logFormat: 'text', logLevel: 'info' } as const;

describe('the log', () => {
  it('writes the allowed fields, and no others', () => {
    const { stderr, terminal } = terminalOn(false);
    terminal.configure({ ...MANNERS, logFormat: 'json' });
    const event = { level: 'info', message: 'read', table: 't', rows: 3, cell: 'Ann', err: new Error('Ann') };
    terminal.log.event(event as LogEvent);
    expect(JSON.parse(stderr.text)).toEqual({
      level: 'info',
      time: expect.any(String),
      table: 't',
      rows: 3,
      message: 'read',
    });
  });

  it('keeps every line for the leak scan, as it was written', () => {
    const { terminal } = terminalOn(false);
    terminal.log.event({ level: 'info', message: 'one' });
    terminal.log.event({ level: 'debug', message: 'not logged' });
    terminal.warn('two');
    expect(terminal.log.lines.map((line) => JSON.parse(line).message)).toEqual(['one', 'two']);
  });

  it('stops writing when it cannot keep more lines, and says so once', () => {
    const { stderr, terminal } = terminalOn(false);
    for (let line = 0; line < 10_010; line += 1) terminal.log.event({ level: 'info', message: 'again' });
    expect(terminal.log.lines).toHaveLength(10_001);
    expect(stderr.text.match(/again/g)).toHaveLength(10_000);
    expect(stderr.text.endsWith('warning: no more is logged: the log is full\n')).toBe(true);
  });

  it('with --quiet writes only warnings and errors', () => {
    const { stderr, terminal } = terminalOn(false);
    terminal.configure({ ...MANNERS, quiet: true });
    terminal.log.event({ level: 'info', message: 'tokenised' });
    terminal.warn('careful');
    expect(stderr.text).toBe('warning: careful\n');
  });
});

describe('colours', () => {
  it('are written to terminals only', () => {
    expect(terminalOn(true).terminal.paint('red', 'x')).toBe('\u001b[31mx\u001b[0m');
    expect(terminalOn(false).terminal.paint('red', 'x')).toBe('x');
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('are left out with %j', (environment) => {
    expect(terminalOn(true, environment).terminal.paintError('red', 'x')).toBe('x');
  });
});

describe('progress', () => {
  it('shows rows, rows per second and the time left, as far as they are known', () => {
    expect(describeProgress('link', 61, 0, null)).toBe('link   1:01');
    expect(describeProgress('read', 0.1, 500, 1000)).toBe('read   500 rows');
    expect(describeProgress('read', 2, 1_000_000, 3_500_000)).toBe(
      'read   1,000,000 rows   500,000 rows/s   0:05 left',
    );
    expect(describeProgress('read', 2, 1_000_000, 900_000)).toBe('read   1,000,000 rows   500,000 rows/s');
  });

  it('stays on one line, within the width of the terminal, and is cleared for other text', () => {
    const { stderr, terminal } = terminalOn(true);
    const line = terminal.progress;
    expect(line).toBeInstanceOf(ProgressLine);
    line.begin('a stage with a name that is too long for the sixty columns of this terminal', () => 1, null);
    (line as ProgressLine).redraw();
    expect(stderr.text).toBe('\r\u001b[Ka stage with a name that is too long for the sixty columns ');
    terminal.errorText('hello\n');
    expect(stderr.text.endsWith('\r\u001b[Khello\n')).toBe(true);
    line.end();
  });

  it('is not shown without a terminal, with --quiet, or in a JSON log', () => {
    expect(terminalOn(false).terminal.progress).not.toBeInstanceOf(ProgressLine);
    for (const manners of [{ quiet: true }, { logFormat: 'json' as const }]) {
      const { terminal } = terminalOn(true);
      terminal.configure({ ...MANNERS, ...manners });
      expect(terminal.progress).not.toBeInstanceOf(ProgressLine);
    }
  });
});

describe('names that hold escape sequences', () => {
  it('have no effect on a terminal, a pipe or a log', () => {
    for (const isTTY of [true, false]) {
      const { stdout, stderr, terminal } = terminalOn(isTTY);
      terminal.warn('file \u001b]0;owned\u0007 \u202egpj');
      terminal.errorText(`${terminal.paintError('red', '\u001b[31mx')} \u009b2J\n`);
      terminal.result({}, () => 'a\u001b[2Jb\u200b');
      const said = (stdout.text + stderr.text).replaceAll('\u001b[33m', '').replaceAll('\u001b[31m', '');
      expect(said.replaceAll('\u001b[0m', '')).not.toMatch(/\p{Cf}|[^\P{Cc}\n]/u);
      expect(stdout.text).toBe('a\\u001b[2Jb\\u200b\n');
    }
  });

  it('are escaped in JSON with the same meaning', () => {
    const { stdout, terminal } = terminalOn(false);
    terminal.configure({ ...MANNERS, json: true });
    terminal.result({ file: 'a\u202eb' }, () => '');
    expect(stdout.text).toBe('{"file":"a\\u202eb"}\n');
  });
});

describe('results', () => {
  it('go to stdout: text, or one object on one line', () => {
    const { stdout, stderr, terminal } = terminalOn(false);
    terminal.result({ a: 1 }, () => 'a is one');
    terminal.configure({ ...MANNERS, json: true });
    terminal.result({ a: 1 }, () => 'a is one');
    expect(stdout.text).toBe('a is one\n{"a":1}\n');
    expect(stderr.text).toBe('');
  });
});

import { describe, expect, it } from 'vitest';
import { csvCell } from './csv-cell.ts';
import { printableText } from './printable-text.ts';

describe('a cell of a CSV file that people open', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1+1'])(
    'does not start like a formula: %j',
    (text) => {
      expect(csvCell(text).startsWith("'")).toBe(true);
    },
  );

  it('is quoted only where it must be', () => {
    expect(csvCell('ward')).toBe('ward');
    expect(csvCell('a,"b"')).toBe('"a,""b"""');
    expect(csvCell('=1,2')).toBe('"\'=1,2"');
  });
});

describe('a printable text', () => {
  it('has no control or direction characters', () => {
    expect(printableText('a\u001b[31mb\u0007\u009b\u202ec\u2028\r')).toBe(
      'a\\u001b[31mb\\u0007\\u009b\\u202ec\\u2028\\u000d',
    );
    expect(printableText('é\tward\n')).toBe('é\tward\n');
  });

  it('keeps the meaning of a JSON string', () => {
    const text = JSON.stringify('a\u202e\u{e0041}\u009b');
    expect(JSON.parse(printableText(text))).toBe('a\u202e\u{e0041}\u009b');
  });
});

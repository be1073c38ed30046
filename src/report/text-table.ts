/** A column of a table in plain text; numbers are aligned to the right. */
export interface TextColumn {
  readonly heading: string;
  readonly align: 'left' | 'right';
}

/** A column of words. */
export const left = (heading: string): TextColumn => ({ heading, align: 'left' });
/** A column of numbers. */
export const right = (heading: string): TextColumn => ({ heading, align: 'right' });

/** Aligns cells under their headings, with two blanks between columns, for a fixed-width font. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        return align === 'left' ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ heading }) => heading)), ...rows.map(line)];
}

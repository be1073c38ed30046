import { printableText } from './printable-text.ts';

/**
 * A Markdown table that is aligned as plain text: every cell is padded to the width of its column.
 *
 * @param numeric indexes of the columns whose cells are aligned to the right
 */
export function markdownTable(
  head: readonly string[],
  body: readonly (readonly string[])[],
  numeric: readonly number[],
): string {
  const rows = [head, ...body].map((cells) => cells.map(escapeMarkdown));
  const widths = head.map((_, index) => Math.max(3, ...rows.map((cells) => cells[index]!.length)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = widths.map((width, index) =>
    numeric.includes(index) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  const padded = rows.map((cells) =>
    line(
      cells.map((cell, index) =>
        numeric.includes(index) ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      ),
    ),
  );
  return [padded[0]!, line(rule), ...padded.slice(1)].join('\n');
}

/** Escapes a text for one cell. Underscores are left: inside a word they have no meaning in Markdown. */
export function escapeMarkdown(text: string): string {
  return printableText(text.replace(/\s+/g, ' '))
    .trim()
    .replace(/[\\|`*<[\]]/g, (character) => `\\${character}`);
}

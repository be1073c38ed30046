import type { FormName } from '../form.ts';
import { lookFor } from '../identifier-shapes.ts';
import { LeakScan } from '../leak-scan.ts';
import { type CodeFamily, drawFrom } from './code-families.ts';

/** How often a family has each form: the number of values, those of the shape, and those that pass. */
export type FormCounts = ReadonlyMap<FormName, { readonly seen: number; readonly hits: number }>;

/** Draws values of a family and counts the forms in them, without judging the column. */
export function countForms(family: CodeFamily, values: number, seed: number): FormCounts {
  const draw = drawFrom(seed);
  const counts = new Map<FormName, { seen: number; hits: number }>();
  for (let nth = 0; nth < values; nth += 1) {
    const here = new Map<FormName, boolean>();
    lookFor(family.draw(draw), [], { setting: 'cell', system: family.system }, (form, _, passes) => {
      here.set(form, here.get(form) === true || passes());
    });
    for (const [form, is] of here) {
      const count = counts.get(form) ?? { seen: 0, hits: 0 };
      counts.set(form, { seen: count.seen + 1, hits: count.hits + (is ? 1 : 0) });
    }
  }
  return counts;
}

/** The share of columns of this many values that would stop a run. */
export function shareStopped(family: CodeFamily, values: number, columns: number, seed: number): number {
  const draw = drawFrom(seed);
  let stopped = 0;
  for (let nth = 0; nth < columns; nth += 1) {
    const scan = new LeakScan([]);
    const kind = { setting: 'cell', system: family.system } as const;
    for (let index = 0; index < values; index += 1) scan.text('file', 'column', family.draw(draw), kind);
    if (scan.leaks.length > 0) stopped += 1;
  }
  return stopped / columns;
}

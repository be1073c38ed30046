import { FORMS, type FormName } from '../src/gates/form.ts';
import { LeakScan } from '../src/gates/leak-scan.ts';
import { CODE_FAMILIES, type CodeFamily, drawFrom } from '../src/gates/test-rig/code-families.ts';
import { countForms, type FormCounts, shareStopped } from '../src/gates/test-rig/measure-family.ts';

/*
 * The leak scan: how often each form is found in texts that are no identifier, how many columns of them would stop a run, and the
 * cost of the scan. Prints the tables of src/gates/README.md.
 */

const VALUES = 30_000;
const TIMED = 100_000;
/** The number of values in a column, and the number of such columns that are tried. */
const COLUMNS = [
  [30, 200],
  [300, 50],
  [3_000, 10],
  [30_000, 1],
] as const;

const percent = (share: number, places: number) => `${(share * 100).toFixed(places)} %`;

const measured = CODE_FAMILIES.map((family) => ({ family, counts: countForms(family, VALUES, 7) }));
console.log('| Form | Example | Stops the run | Most often taken for one |\n|---|---|---|---|');
for (const form of Object.keys(FORMS) as FormName[]) {
  console.log(`| ${form} | \`${FORMS[form].example}\` | ${ruleOf(form)} | ${worstOf(form)} |`);
}
console.log(`\n| Family | Example | ${COLUMNS.map(([values]) => `${values} values`).join(' | ')} |`);
console.log(`|---|---|${COLUMNS.map(() => '---:|').join('')}`);
for (const { family } of measured) {
  const shares = COLUMNS.map(([values, columns]) => percent(shareStopped(family, values, columns, 11), 1));
  console.log(`| ${family.name} | \`${family.example}\` | ${shares.join(' | ')} |`);
}
console.log('\nProcessor time for 100,000 different values, median of five:');
for (const family of CODE_FAMILIES) {
  console.log(`${family.name.padEnd(44)} ${timeOf(family).toFixed(0).padStart(5)} ms`);
}

function ruleOf(form: FormName): string {
  const { chance } = FORMS[form];
  if (chance === null) return 'at the first';
  const { from, share, below } = chance;
  const many = `from ${from} of the shape, if over ${percent(share, 0)} pass and chance is no explanation`;
  return below === 'stops' ? `at the first; ${many}` : many;
}

/** The two families in which the form is found most often, with the share of their values. */
function worstOf(form: FormName): string {
  const hits = (counts: FormCounts) => counts.get(form)?.hits ?? 0;
  const worst = measured.toSorted((a, b) => hits(b.counts) - hits(a.counts)).slice(0, 2);
  const said = worst.flatMap(({ family, counts }) =>
    hits(counts) === 0 ? [] : [`${family.name} ${percent(hits(counts) / VALUES, 3)}`],
  );
  return said.length === 0 ? 'nothing' : said.join('; ');
}

function timeOf({ system, draw }: CodeFamily): number {
  const from = drawFrom(3);
  const values = Array.from({ length: TIMED }, () => draw(from));
  const times = Array.from({ length: 5 }, () => {
    const scan = new LeakScan(['quillfeather', 'zopp-marchbanks']);
    const start = process.cpuUsage();
    for (const value of values) scan.text('file', 'column', value, { setting: 'cell', system });
    const { user, system: kernel } = process.cpuUsage(start);
    return (user + kernel) / 1_000;
  });
  return times.sort((a, b) => a - b)[2]!;
}

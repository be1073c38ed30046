import { resolve } from 'node:path';
import { EXIT, refused, usage } from '../../domain/problem.ts';
import { readPlainFile } from '../../read-plain-file.ts';
import { checkTemplate } from '../../report/public/check-template.ts';
import { publicPage, type Template } from '../../report/public/public-page.ts';
import { HIGHEST_GRADE, type Readability, readabilityOf } from '../../report/public/readability.ts';
import { SHIPPED_TEMPLATE } from '../../report/public/shipped-template.ts';
import { readReleases } from '../../write/read-releases.ts';
import { replaceWhole } from '../../write/whole-file.ts';
import { FailedCheck } from '../exit.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import { newCommand, today } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The page is read by everybody: a web server runs as another user. */
const MODE = 0o644;
const ORGANISATION = 'Our team';
const CONTACT = 'Ask your GP practice, or the place where you found this page.';

/** `tallystick statement`: writes the page for patients. */
export function statementCommand(terminal: Terminal) {
  return newCommand('statement', terminal)
    .description(
      'write a page for patients: what is joined, what choices they have, what was handed on; no count is exact',
    )
    .argument('[file]', 'pipeline file')
    .option('--public', 'the page for patients')
    .option(
      '--runs <folder>',
      'folder of the pipeline’s runs, such as out/nightly; only their releases are read',
    )
    .option('--template <file>', 'HTML with placeholders, in place of the shipped one')
    .option('--organisation <name>', 'who runs the service, as patients know it', ORGANISATION)
    .option('--contact <text>', 'where a patient can ask', CONTACT)
    .option('--out <file>', 'where the page is written (default: stdout)')
    .option('--check', 'write nothing; say how hard the page is to read')
    .option('--print-template', 'print the shipped template, to be copied and changed')
    .action(async (file, options) => {
      const { runs, organisation, contact, out } = options;
      if (options.printTemplate === true) {
        terminal.result({ template: SHIPPED_TEMPLATE }, () => SHIPPED_TEMPLATE);
        return;
      }
      if (options.public !== true || file === undefined || runs === undefined) {
        throw usage({
          message: 'the page needs --public, a pipeline file and --runs',
          wayOut: 'tallystick statement --public pipelines/nightly.yaml --runs out/nightly --out page.html',
        });
      }
      const template = readTemplate(options.template);
      const faults = checkTemplate(template.shownAs, template.text);
      if (faults.length > 0) throw refused(...faults);
      const pipeline = loadPipeline(file, today());
      const { publicFacts } = await import('../../run/public-facts.ts');
      const { releases, others } = await readReleases(runs);
      for (const name of others)
        terminal.warn(`${name} is left out: no manifest of this version can be read`);
      const facts = publicFacts(pipeline, releases, { organisation, contact });
      if (facts.releases.some(({ recipient }) => recipient === null)) {
        terminal.warn(
          'a release names no recipient, so the page cannot say who has it: set release.recipient',
        );
      }
      const page = publicPage(facts, template);
      const readability = readabilityOf(page);
      if (options.check === true) {
        showReadability(terminal, readability);
        return;
      }
      if (readability.grade > HIGHEST_GRADE) terminal.warn(tooHard(readability));
      if (out === undefined) {
        terminal.result({ page, readability }, () => page);
        return;
      }
      replaceWhole(resolve(out), Buffer.from(page), { mode: MODE });
      terminal.result({ file: out, readability }, () => `${out}: ${describeReadability(readability)}`);
    });
}

function readTemplate(path: string | undefined): Template {
  if (path === undefined) return { shownAs: 'the shipped template', text: SHIPPED_TEMPLATE };
  return { shownAs: path, text: readPlainFile(path, path, usage).toString('utf8') };
}

/** @throws FailedCheck (exit 1) for a page that is too hard to read */
function showReadability(terminal: Terminal, readability: Readability): void {
  const text = describeReadability(readability);
  if (readability.grade <= HIGHEST_GRADE) {
    terminal.result({ readability }, () => text);
    return;
  }
  throw new FailedCheck(EXIT.refused, [{ message: tooHard(readability), wayOut: SIMPLER }], {
    value: { readability },
    text,
  });
}

const SIMPLER = 'write shorter sentences, and words that people say';

function tooHard({ grade }: Readability): string {
  return `the page is of grade ${grade.toFixed(1)}, which is hard to read; a page for patients is of grade ${HIGHEST_GRADE} at most`;
}

function describeReadability({ sentences, words, grade, readingAge }: Readability): string {
  return `${words} words in ${sentences} sentences, grade ${grade.toFixed(1)} (reading age ${readingAge.toFixed(0)})`;
}

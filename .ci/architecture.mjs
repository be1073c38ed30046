import { readdirSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import config from '../.dependency-cruiser.mjs';

/*
 * Holds the rules of .dependency-cruiser.mjs (`npm run architecture`, from the repository's root), and makes sure that they
 * were held against something: every TypeScript file must have been seen, and the ones that import must show it.
 */

const ROOTS = ['src', 'bench'];

const { options, ...ruleSet } = config;
const { output } = await cruise(
  ROOTS,
  { ...options, ruleSet, validate: true, outputType: 'json' },
  undefined,
  { tsConfig: extractTSConfig(options.tsConfig.fileName) },
);
const { modules, summary } = JSON.parse(output);

for (const { from, to, rule, cycle } of summary.violations) {
  const { comment } = summary.ruleSetUsed.forbidden.find(({ name }) => name === rule.name);
  const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(' -> ');
  console.error(`${rule.name}: ${from} -> ${way}\n  ${comment}\n`);
}

const files = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('.'))
    .map((file) => `${root}/${file}`),
);
const seen = new Map(modules.map(({ source, dependencies }) => [source, dependencies.length]));
const unseen = files.filter((file) => !seen.has(file));
const edges = files.reduce((sum, file) => sum + (seen.get(file) ?? 0), 0);
for (const file of unseen) console.error(`${file} was not looked at`);
if (edges < files.length) console.error(`only ${edges} imports were seen in ${files.length} files`);

if (summary.violations.length > 0 || unseen.length > 0 || edges < files.length) process.exitCode = 1;
else console.log(`${files.length} files and ${edges} imports follow ${config.forbidden.length} rules`);

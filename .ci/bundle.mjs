import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/*
 * Makes the program in dist/ from src/ and from the packages that it imports: a few files instead of a thousand, because a
 * small run spends most of its time on opening and linking them. Code that two entries or two commands share is in a file of
 * its own, so a command still loads only what it needs. Names are kept, so that a stack can be read.
 */

rmSync('dist', { recursive: true, force: true });

/**
 * What is asked for by `createRequire`, when it is needed, is not looked for there by esbuild. And commander asks for
 * `child_process` before it knows whether it will start a process: that opens a sixth of what a small command loads.
 */
const LATER = [
  [
    /\/engine\/duckdb\/client\.ts$/,
    "createRequire(import.meta.url)('@duckdb/node-api')",
    "require('@duckdb/node-api')",
  ],
  [/\/cli\/terminal\/log\.ts$/, "createRequire(import.meta.url)('pino')", "require('pino')"],
  [
    /\/commander\/lib\/command\.js$/,
    "const childProcess = require('node:child_process');",
    "const childProcess = { spawn: (...given) => require('node:child_process').spawn(...given) };",
  ],
];
const laterToo = {
  name: 'what is asked for later too',
  setup({ onLoad }) {
    for (const [filter, asked, instead] of LATER) {
      onLoad({ filter }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        if (!source.includes(asked)) throw new Error(`${path} has no ${asked}`);
        return { contents: source.replace(asked, instead), loader: path.endsWith('.ts') ? 'ts' : 'js' };
      });
    }
  },
};

const { outputs } = await build({
  entryPoints: [
    'src/cli/main.ts',
    'src/run/provider-process.ts',
    'src/provider/tokenise/range-reader.ts',
    'src/linker/release/threads/table-thread.ts',
  ],
  outdir: 'dist',
  // beside package.json's folder, like the entries' own folders: `tool.ts` reads ../package.json
  chunkNames: '[name]-[hash]',
  bundle: true,
  plugins: [laterToo],
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // its addon and library are files of the system they are made for
  external: ['@duckdb/node-bindings'],
  // packages in CommonJS ask for Node's own modules by `require`
  banner: {
    js: "import { createRequire as require_ } from 'node:module'; const require = require_(import.meta.url);",
  },
  legalComments: 'none', // the licences are kept whole, below
  metafile: true,
  logLevel: 'warning',
}).then(({ metafile }) => metafile);

writeFileSync(
  'dist/LICENCES.txt',
  licencesOf(Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs))),
);

/** The licence of every package of which a file is among `inputs`. @throws where a package has none */
function licencesOf(inputs) {
  const folders = inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0]);
  const packages = [...new Set(folders)].filter((folder) => folder !== undefined).sort();
  const texts = packages.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
    if (files.length === 0) throw new Error(`${folder} has no file with its licence`);
    const all = files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
    return `${name} ${version} (${license})\n\n${all}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/*
 * What may import what, each rule with its reason. `npm run architecture` holds them; it also checks that every source file
 * was looked at, for dependency-cruiser can see none at all and call that no violation.
 */

const TESTS = '(\\.test\\.ts$|/test-rig/)';
/** What both programs rest on. */
const SHARED = '(store|governance|keys|kernel|sql|engine|gates|pipeline|write|baseline|program|domain)';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two files that need each other are one concept cut in the wrong place; neither can be read alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that leads nowhere is not checked by any other rule here.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'domain-stands-alone',
      comment:
        "The rules of the trade are read by people who know the trade: no I/O, no engine, no framework, not even Node's own modules.",
      severity: 'error',
      from: { path: '^src/domain/', pathNot: TESTS },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'provider-never-reaches-linker',
      comment:
        'The identity boundary: what handles identifiers and the linkage key shares the store and nothing else with what links and ' +
        'releases. By way of any other file, and of types too.',
      severity: 'error',
      from: { path: '^src/provider/', pathNot: TESTS },
      to: { path: '^src/linker/', reachable: true },
    },
    {
      name: 'linker-never-reaches-provider',
      comment:
        'The identity boundary, from the other side: whoever links has no code with which to read an extract.',
      severity: 'error',
      from: { path: '^src/linker/', pathNot: TESTS },
      to: { path: '^src/provider/', reachable: true },
    },
    {
      name: 'process-of-the-linker',
      comment:
        'The process that links, and starts the provider in another, has no code with which to read an extract or to make a token.',
      severity: 'error',
      from: { path: '^src/run/(run-pipeline|start-provider)\\.ts$' },
      to: { path: '^src/provider/', reachable: true },
    },
    {
      name: 'process-of-the-provider',
      comment:
        'The process that holds identifiers and the linkage key has no code with which to link, release or publish.',
      severity: 'error',
      from: { path: '^src/run/(provider-process|serve-provider|provide-store)\\.ts$' },
      to: { path: '^src/linker/', reachable: true },
    },
    {
      name: 'nothing-reaches-the-oracle',
      comment:
        'The oracle is what tests compare the program with: what the program shares with it, it cannot check. It is not in the package.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/oracle/', TESTS] },
      to: { path: '^src/oracle/', reachable: true },
    },
    {
      name: 'shared-by-both-programs',
      comment: 'What both programs rest on knows neither of them, nor what is built on top of them.',
      severity: 'error',
      from: { path: `^src/${SHARED}/`, pathNot: TESTS },
      to: { path: '^src/', pathNot: [`^src/${SHARED}/`, '^src/[^/]+\\.ts$'] },
    },
    {
      name: 'programs-know-no-user',
      comment: 'run/ and compare/ start the programs; a program that reached back up would be part of them.',
      severity: 'error',
      from: { path: '^src/(provider|linker)/', pathNot: TESTS },
      to: { path: '^src/(run|compare)/' },
    },
    {
      name: 'erase-links-nobody',
      comment:
        'Erasing holds one key after the other. It rewrites what is there, and has no code with which to read an extract, to link or to publish ' +
        'anybody anew.',
      severity: 'error',
      from: { path: '^src/erase/', pathNot: TESTS },
      to: { path: '^src/(provider|linker|run|compare)/' },
    },
    {
      name: 'compare-and-run-apart',
      comment: 'A run needs no comparison, and a comparison starts the programs itself.',
      severity: 'error',
      from: { path: '^src/(run|compare)/', pathNot: TESTS },
      to: { path: '^src/(run|compare)/', pathNot: '^src/$1/' },
    },
    {
      name: 'steps-know-no-engine',
      comment:
        'A step is text for any dialect. Whoever executes it chooses the engine, or a second engine would mean nothing.',
      severity: 'error',
      from: { path: '^src/(provider|linker|compare|sql)/.+(steps?|sql)\\.ts$' },
      to: { path: '^src/engine/duckdb/' },
    },
    {
      name: 'crypto-where-listed',
      comment:
        'Keys are used in keys/ and by the hashers of provider/tokenise/. Imports cannot tell a digest from an HMAC, so whoever needs ' +
        'SHA-256 of a file or of a text is listed, and `biome` forbids createHmac and hkdf elsewhere. cli/ makes random keys and never ' +
        'uses one; the oracle computes tokens a second time.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(keys|write|provider|linker|compare|store|governance|cli|oracle)/', TESTS],
      },
      to: { path: '^(node:)?crypto$' },
    },
    {
      name: 'kernel-for-keys-and-tokens',
      comment:
        'The kernel hashes whatever bytes it is given; what may be hashed is for the recipes of keys/ to say. cli/doctor makes one, ' +
        'without a key, to see whether this Node has the WebAssembly it needs.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(kernel|keys|provider/tokenise)/', '^src/cli/doctor/', TESTS],
      },
      to: { path: '^src/kernel/', pathNot: '^src/kernel/((text|column)-scanner|date-pattern).ts$' },
    },
    {
      name: 'scanner-for-provider',
      comment: 'Delimited text is read above the identity boundary only.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(kernel|provider)/', TESTS] },
      to: { path: '^src/kernel/((text|column)-scanner|date-pattern).ts$' },
    },
    {
      name: 'records-for-extract',
      comment: 'One folder cuts text into records, so that one place decides what a record is.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/provider/extract/', TESTS] },
      to: { path: '^src/provider/extract/(scan-blocks|plain-reader|regular-records).ts$' },
    },
    {
      name: 'duckdb-in-its-engine',
      comment:
        'One folder opens DuckDB, so that one place closes what need not be open and wraps messages that quote cells.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/engine/duckdb/', TESTS] },
      to: { path: '(^|/)@duckdb/' },
    },
    {
      name: 'governance-rests-on-few',
      comment:
        'What is kept about opt-outs is read by both programs and by commands that have one key only: it may know how files are ' +
        'written, how keys seal, what a token is and what an identifier looks like, and nothing of a pipeline or of an engine.',
      severity: 'error',
      from: { path: '^src/governance/', pathNot: TESTS },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(governance|keys|write|domain)/',
          '^src/store/token-text\\.ts$',
          '^src/gates/identifier-shapes\\.ts$',
          '^src/read-plain-file\\.ts$',
        ],
      },
    },
    {
      name: 'arrow-in-write',
      comment:
        'One folder knows the Arrow format and the traps of its library; the others ask it for columns and rows.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/write/', TESTS] },
      to: { path: '(^|/)apache-arrow(/|$)' },
    },
    {
      name: 'kernel-knows-bytes',
      comment:
        'The kernel knows no recipe and no table: of ours it may know how a fault is reported, what a declared date format means, and which ' +
        'characters a postcode has, so that each is said in one place.',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: TESTS },
      to: { path: '^src/', pathNot: ['^src/kernel/', '^src/domain/(problem|date-format|postcode)\\.ts$'] },
    },
    {
      name: 'assembly-apart',
      comment:
        'AssemblyScript is another language with the same ending: what it shares with TypeScript is the memory layout alone.',
      severity: 'error',
      from: { path: '^src/kernel/assembly/' },
      to: { pathNot: ['^src/kernel/assembly/', '^src/kernel/memory-layout\\.ts$'] },
    },
    {
      name: 'assembly-is-compiled',
      comment: 'TypeScript reaches it through the binary: imported, it would be other code.',
      severity: 'error',
      from: { pathNot: '^src/kernel/assembly/' },
      to: { path: '^src/kernel/assembly/' },
    },
    {
      name: 'nothing-imports-cli',
      comment:
        'cli/ is the outermost ring: arguments, terminal, exit codes. Everything else can be used without it.',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'pipeline-from-domain',
      comment:
        'A pipeline file means the same whatever runs it: its schema may know the domain and nothing else of ours.',
      severity: 'error',
      from: { path: '^src/pipeline/', pathNot: TESTS },
      to: { path: '^src/', pathNot: '^src/(pipeline|domain)/' },
    },
    {
      name: 'write-knows-no-pipeline',
      comment:
        'Writing a column does not depend on what it means: write/ gets buffers and texts, and can be tested with any.',
      severity: 'error',
      from: { path: '^src/write/', pathNot: TESTS },
      // a thread that is kept knows nothing of a pipeline either
      to: { path: '^src/', pathNot: '^src/((write|domain)/|kept-thread)' },
    },
    {
      name: 'report-from-results',
      comment:
        'What people look at is made from receipts and counts that are handed in: report/ may name the type of a result, and has no ' +
        'code with which it could reach a row.',
      severity: 'error',
      from: { path: '^src/report/', pathNot: TESTS },
      to: {
        path: '^src/',
        pathNot: ['^src/(report|domain)/', '^src/tool\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'synth-stands-alone',
      comment:
        'Made-up data must not agree with the program by construction: synth has its own check digits and postcodes.',
      severity: 'error',
      from: { path: '^src/synth/' },
      to: { path: '^src/', pathNot: '^src/synth/' },
    },
    {
      name: 'synth-for-tools-alone',
      comment: 'No run may ever mix made-up people with real ones.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(synth|cli)/', TESTS] },
      to: { path: '^src/synth/' },
    },
    {
      name: 'tests-are-not-the-program',
      comment: 'What is shipped must not need what only tests have.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'only-declared-packages',
      comment: 'The program runs with its runtime dependencies alone, each of which package.json names.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

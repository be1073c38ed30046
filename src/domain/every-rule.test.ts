/** A release rule that is in the type only must not compile, so that no code applies it by leaving values unchanged. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const RULES = resolve('src/domain/release-rule.ts');
/** All files that apply, check or describe a rule. */
const PLACES = {
  SQL: 'src/linker/de-identify/rule-sql.ts',
  'SQL of birth facts': 'src/provider/standardise/birth-facts-sql.ts',
  'reference engine': 'src/oracle/coarsen.ts',
  'data dictionary': 'src/domain/describe-rule.ts',
  'pipeline file': 'src/pipeline/rule-fits.ts',
  gate: 'src/gates/possible-values.ts',
};

/** Files with type errors, once a rule has been added to the type. */
function filesThatDoNotCompile(added: string): Set<string> {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, resolve('.'));
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, target, ...rest) => {
    if (resolve(file) !== RULES) return read(file, target, ...rest);
    const text = readFileSync(RULES, 'utf8').replace(
      "| { readonly rule: 'keep' }",
      `| { readonly rule: 'keep' }${added}`,
    );
    return ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram(Object.values(PLACES), { ...options, noEmit: true }, host);
  const wrong = Object.values(PLACES).filter((place) => {
    const file = program.getSourceFile(resolve(place))!;
    return program.getSemanticDiagnostics(file).length > 0;
  });
  return new Set(wrong);
}

test('every file that applies, checks or describes rules has an entry for each rule', () => {
  expect([...filesThatDoNotCompile('')]).toEqual([]);
  expect([...filesThatDoNotCompile("\n  | { readonly rule: 'planted' }")]).toEqual(Object.values(PLACES));
});

import { countShapes, isMisshapen, shapeBits } from '../../domain/code-shape.ts';
import type { Finding } from '../../domain/finding.ts';
import { SYSTEM_WORDS } from '../../domain/listed-code.ts';
import { isOptOutSystem, optOutCodes } from '../../domain/opt-out-codes.ts';
import type { CodeSystem } from '../../domain/role.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { TextClassifier } from '../../engine/text-classifier.ts';
import type { ColumnSpec, Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { storedColumns } from '../../store/stored-columns.ts';
import type { StoredCodes } from '../../store/token-store.ts';
import { codeCellsSql } from './code-cells.ts';
import { dropRejected, withReadablePath } from './extract-file.ts';
import type { TableInputs } from './find-inputs.ts';
import { optOutProbeName } from './opt-out-probe.ts';

/** Gives the engine the functions that say how a code is written, one for each system that is looked at. */
export function registerShapeFunctions(engine: DuckDbEngine, { optOuts, sources }: Pipeline): void {
  const declared = optOutCodes(optOuts.codeOverrides, optOuts.lookAlikes);
  const looked = sources
    .flatMap(({ patients, addresses, tables }) => [patients ?? [], addresses ?? [], tables].flat())
    .flatMap(({ columns }) => columns.filter(({ codeShape }) => codeShape !== null));
  for (const system of new Set(looked.map((column) => column.system!))) {
    engine.register(new TextClassifier(shapeFunction(system), (text) => shapeBits(system, text, declared)));
  }
}

function shapeFunction(system: CodeSystem): string {
  return `code_shape_${system.replaceAll('-', '_')}`;
}

/** Beside the bits of a shape: the cell is, or may be, an opt-out code. */
const OPT_OUT_BIT = 64;

/** How the cells of a code column are written, and how many of them are, or may be, opt-out codes that nobody reads. */
export interface CountedCodes {
  readonly codes: StoredCodes;
  readonly optOuts: number;
}

/**
 * How the cells of each code column of a table are written. The rule is asked once a distinct code. Of stored columns the
 * stored rows are counted, 10 ns each, because Parquet keeps a dictionary; for others the files are read once more.
 *
 * @param paths the stored rows
 */
export async function countCodes(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  inputs: TableInputs,
  paths: readonly string[],
  settings: RunSettings,
): Promise<CountedCodes[]> {
  const { source, table } = inputs;
  const looked = table.columns.filter(({ codeShape }) => codeShape !== null);
  const stored = new Set(storedColumns(table, pipeline).map(({ name }) => name));
  const inStore = looked.filter(({ name }) => stored.has(name));
  const inFiles = looked.filter(({ name }) => !stored.has(name));
  const cells = new Map(looked.map(({ name }) => [name, [] as [number, number][]]));
  const add = async (sql: string) => {
    for (const { place, bits, cells: n } of await engine.query(sql, `counting the codes of ${table.name}`)) {
      cells.get(table.columns[Number(place)]!.name)!.push([Number(bits), Number(n)]);
    }
  };
  for (const column of inStore) {
    const value = dialect.name(column.name);
    const codes = `SELECT ${table.columns.indexOf(column)} AS place, ${value} AS value, count(*) AS n
FROM ${dialect.readParquet(paths)} AS stored GROUP BY ${value}`;
    await add(countedSql(codes, [column], table));
  }
  for (const { file, header } of inFiles.length === 0 ? [] : inputs.files) {
    await withReadablePath(file, inputs, settings.privateDirectory, (readable) =>
      add(countedSql(codeCellsSql(table, header.names, readable, dialect, inFiles), inFiles, table)),
    );
    await dropRejected(engine, `counting the codes of ${file.shownAs}`);
  }
  return looked.map(({ name, system, codeShape }) => {
    const counted = cells.get(name)!;
    const optOuts = counted.reduce((sum, [bits, n]) => sum + ((bits & OPT_OUT_BIT) === 0 ? 0 : n), 0);
    const place = { source: source.name, table: table.name, column: name, system: system! };
    return { codes: { ...place, ...countShapes(counted), waived: codeShape!.waived }, optOuts };
  });
}

/** SQL of how many cells of each column have which bits. Opt-out codes in columns of a GP table have been looked for. */
function countedSql(
  codes: string,
  columns: readonly ColumnSpec[],
  { columns: all, setting }: TableSpec,
): string {
  const bits = columns.map((column) => {
    const system = column.system!;
    const shape = `(${shapeFunction(system)}(value)).class`;
    const optOut =
      setting !== 'gp' && isOptOutSystem(system)
        ? ` + ${OPT_OUT_BIT} * (${optOutProbeName(system)}(value)).class`
        : '';
    return `WHEN ${all.indexOf(column)} THEN ${shape}${optOut}`;
  });
  return `SELECT place, bits, sum(n)::DOUBLE AS cells
FROM (SELECT place, n, CASE place ${bits.join(' ')} END AS bits FROM (${codes}) AS codes WHERE value IS NOT NULL) AS told
GROUP BY place, bits`;
}

/** A finding for each column that does not look like its code system: local codes under SNOMED CT would hide every opt-out. */
export function codeShapeFindings(
  { table, files }: TableInputs,
  counted: readonly CountedCodes[],
): Finding[] {
  return counted.flatMap(({ codes }): Finding[] => {
    const { codeShape } = table.columns.find(({ name }) => name === codes.column)!;
    if (codeShape === null || !isMisshapen(codes, codeShape)) return [];
    const { cells, fit, unreadable, system } = codes;
    const share = Math.floor((fit / cells) * 1000) / 10;
    return [
      {
        check: 'code-shape',
        severity: 'stop',
        file: files.map(({ file }) => file.shownAs).join(', '),
        column: codes.column,
        message: `${fit} of ${cells} cells (${share} %) look like ${SYSTEM_WORDS[system]} codes, and ${unreadable} cannot be read as any`,
        wayOut:
          'check that this is the right column and system; cells that stand for nothing belong under missing; if the codes are right, say so: expect: { codeShape: 60% }, or { codeShape: { none: why } }',
      },
    ];
  });
}

/** A warning for each code column of a hospital's or a community service's in which somebody's opt-out is recorded. */
export function strayOptOutFindings({ table }: TableInputs, counted: readonly CountedCodes[]): Finding[] {
  return counted.flatMap(({ codes: { column }, optOuts }): Finding[] =>
    optOuts === 0
      ? []
      : [
          {
            check: 'opt-out-codes-elsewhere',
            severity: 'warn',
            column,
            message: `${optOuts} cells of ${column} in ${table.name} are, or may be, opt-out codes, and opt-outs are read from GP tables only`,
            wayOut:
              'their rows are not released, and act on nobody else: see that a GP source or optOuts.register has these opt-outs',
          },
        ],
  );
}

import { comparesUnderNhsNumber } from '../../domain/match-rank.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { isFlat, type Pipeline, sourceIndexOf, subjectTablesOf } from '../../pipeline/pipeline.ts';
import type { Step } from '../../sql/step.ts';
import { linksByTuple } from '../link/match-probabilities.ts';
import { NUMBER_SOURCES } from '../link/under-nhs-number.ts';
import { storedRows } from '../stored-relations.ts';
import { estimateAudit, type LinkCount, type Numberless, type Outcome } from './estimate.ts';
import type { LinkageAudit } from './linkage-audit.ts';
import { auditSteps } from './steps.ts';
import { AS_COUNTED, AS_PUBLISHED, type TakenCounts } from './taken-counts.ts';

/** The steps of the self-audit. */
export function planAudit(pipeline: Pipeline): Step[] {
  const { ranks: ladder, minProbability } = pipeline.link;
  const isCompared = comparesUnderNhsNumber(ladder);
  return auditSteps({
    ladder,
    numberSources: isCompared ? null : NUMBER_SOURCES,
    hasAddresses: pipeline.sources.some(({ addresses }) => addresses !== null),
    flat: subjectTablesOf(pipeline)
      .filter(isFlat)
      .map((table) => ({
        source: sourceIndexOf(pipeline, table),
        relation: storedRows(pipeline, table),
      })),
    linksByTuple: minProbability === null || !isCompared ? null : linksByTuple(minProbability),
  });
}

/** An audit twice, of the same counts. */
export interface AuditedLinkage {
  /** for the operator */
  readonly audit: LinkageAudit;
  /** its rates are of counts as they may be published */
  readonly publishedAudit: LinkageAudit;
}

/**
 * Audits the linkage that the engine holds (src/linker/audit/README.md): it reads what linking left, and changes none of it.
 *
 * @param engine in which the steps of linking have been run
 * @param make runs one step
 */
export async function auditLinkage(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  steps: readonly Step[],
  make: (step: Step) => Promise<void>,
): Promise<AuditedLinkage> {
  for (const step of steps) await make(step);
  const read = (table: string) => engine.query(`SELECT * FROM ${table}`, `reading ${table}`);
  const links = (await read('audit_links')).map(linkCountOf);
  const outcomes = (await read('audit_outcomes')).map(outcomeOf);
  const numberless = (await read('audit_numberless')).map(numberlessOf);
  const estimate = (take: TakenCounts) =>
    estimateAudit(pipeline.link.ranks, links, outcomes, numberless, take);
  return { audit: estimate(AS_COUNTED), publishedAudit: estimate(AS_PUBLISHED) };
}

type Row = Readonly<Record<string, unknown>>;

function linkCountOf(row: Row): LinkCount {
  return {
    ladderIndex: Number(row['place']),
    links: Number(row['links']),
    contradicted: Number(row['contradicted']),
  };
}

function numberlessOf(row: Row): Numberless {
  return { ladderIndex: ladderIndexOf(row, 'place'), ...countsOf(row) };
}

function outcomeOf(row: Row): Outcome {
  return {
    part: Number(row['part']),
    ladderIndex: ladderIndexOf(row, 'place'),
    found: ladderIndexOf(row, 'found'),
    isRight: row['is_right'] as boolean | null,
    hasMatch: row['has_match'] === true,
    isOwnKnown: row['is_own_known'] === true,
    hasOthers: row['has_others'] === true,
    isOpen: row['is_open'] === true,
    ...countsOf(row),
  };
}

function ladderIndexOf(row: Row, name: string): number | null {
  return row[name] === null ? null : Number(row[name]);
}

function countsOf(row: Row): Pick<Outcome, 'subjects' | 'records' | 'squares'> {
  return {
    subjects: Number(row['subjects']),
    records: Number(row['records']),
    squares: Number(row['squares']),
  };
}

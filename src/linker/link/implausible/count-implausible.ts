import { IMPLAUSIBLE_DEFAULTS, IMPLAUSIBLE_RULES } from '../../../domain/implausible.ts';
import type { DuckDbEngine } from '../../../engine/duckdb/engine.ts';
import { rulesAsked } from '../../../pipeline/implausible-rules.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import type { CountByRank, ImplausibleCounts } from '../../result.ts';

/** What the rules of implausible links found, by rule and by match rank; null where nothing is declared to be looked at. */
export async function countImplausible(
  engine: DuckDbEngine,
  pipeline: Pipeline,
): Promise<ImplausibleCounts | null> {
  const asked = rulesAsked(pipeline);
  if (asked.length === 0) return null;
  const byRank = async (relation: string): Promise<CountByRank> => {
    const rows = await engine.query(
      `SELECT match_rank::INTEGER AS match_rank, count(*)::DOUBLE AS links FROM ${relation}
GROUP BY match_rank ORDER BY match_rank`,
      'counting implausible links',
    );
    return Object.fromEntries(rows.map((row) => [String(row['match_rank']), Number(row['links'])]));
  };
  const rules = [];
  for (const rule of IMPLAUSIBLE_RULES) {
    const found = `implausible_links WHERE rule = '${rule}'`;
    rules.push([rule, asked.includes(rule) ? await byRank(found) : null] as const);
  }
  return {
    version: IMPLAUSIBLE_DEFAULTS.version,
    isQuarantined: pipeline.link.quarantineImplausible,
    links: await byRank('linked_subjects WHERE belief > 1'),
    implausible: await byRank('(SELECT DISTINCT subject, match_rank FROM implausible_links) AS found'),
    rules: Object.fromEntries(rules) as ImplausibleCounts['rules'],
  };
}

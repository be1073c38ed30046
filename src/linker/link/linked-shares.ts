import type { Linkage } from '../../baseline/night.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { heldInAll } from '../opt-outs/held-persons.ts';
import type { CountedPersons } from '../release/release-persons.ts';

/**
 * What was linked, as the baseline keeps it: exact counts, which are published nowhere.
 *
 * @param engine in which subjects were linked and who is missed was counted
 */
export async function linkageOf(
  engine: DuckDbEngine,
  { sources, link }: Pipeline,
  { counts: { released, typeTwoOptOut, nationalOptOut }, held }: CountedPersons,
): Promise<Linkage> {
  const groups = await engine.query(
    'SELECT source::INTEGER AS source, records, linked FROM missed_groups WHERE characteristic IS NULL',
    'reading how many records were linked',
  );
  const ranks = await engine.query(
    'SELECT match_rank::INTEGER AS rank, count(*)::DOUBLE AS subjects FROM subject_persons GROUP BY match_rank ORDER BY match_rank',
    'counting subjects by match rank',
  );
  const of = released + heldInAll(held);
  return {
    ladder: JSON.stringify(link.ranks),
    linked: Object.fromEntries(
      groups.map(({ source, records, linked }) => [
        sources[Number(source)]!.name,
        { part: Number(linked), of: Number(records) },
      ]),
    ),
    ranks: Object.fromEntries(ranks.map(({ rank, subjects }) => [String(rank), Number(subjects)])),
    personsOptedOut: {
      'type 2': { part: typeTwoOptOut, of },
      national: { part: nationalOptOut, of },
    },
  };
}

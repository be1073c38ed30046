import { LADDERS, type LadderName } from '../../../domain/match-rank.ts';
import type { Draw } from './draw.ts';
import { POSTCODES } from './people.ts';

/** How a story links: the pipeline file's `link`, and the list of ignored postcodes it may name. */
export interface LinkDraft {
  readonly link: object;
  readonly lists: Readonly<Record<string, string>>;
}

const SHIPPED = Object.keys(LADDERS) as LadderName[];
const DEMOGRAPHICS = ['sex', 'date-of-birth', 'postcode'];

/** A shipped ladder, or one of the file's own; now and then with ignored postcodes. */
export function drawLink(draw: Draw): LinkDraft {
  const ranks = draw.usually(70, draw.oneOf<unknown>(SHIPPED), [drawLadder(draw)]);
  if (!draw.chance(40)) return { link: { ranks }, lists: {} };
  const list = draw.usually(96, drawIgnored(draw), [null, '# postcodes\nnowhere\n']);
  return {
    link: { ranks, ignorePostcodes: 'shared.txt' },
    lists: list === null ? {} : { 'shared.txt': list },
  };
}

/** A few ranks of any kind, in any order and under any number. */
function drawLadder(draw: Draw): object[] {
  const count = draw.number(1, 5);
  return draw
    .shuffled([1, 2, 3, 50, 99])
    .slice(0, count)
    .map((rank) => ({ rank, ...(draw.chance(40) ? drawRankWithout(draw) : drawRankByNumber(draw)) }));
}

function drawRankByNumber(draw: Draw): object {
  const born = draw.oneOf([[], ['date-of-birth'], ['partial-date-of-birth']]);
  return { agree: draw.shuffled(['nhs-number', ...born, ...draw.some(['sex', 'postcode'], 40)]) };
}

function drawRankWithout(draw: Draw): object {
  const agree = draw.shuffled([...DEMOGRAPHICS, ...draw.some(['local-patient-id'], 40)]);
  const unless = draw.some(['first-of-january', 'ignored-postcode'], 50);
  return unless.length === 0 && draw.chance(50) ? { agree } : { agree, unless };
}

function drawIgnored(draw: Draw): string {
  const written = draw
    .some(POSTCODES, 50)
    .map((postcode) => draw.usually(60, postcode, [` ${postcode.toLowerCase()} `, `${postcode} # hostel`]));
  return draw.shuffled(['# shared by many', '', ...written]).join(draw.oneOf(['\n', '\r\n']));
}

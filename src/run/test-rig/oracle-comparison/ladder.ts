import {
  comparesUnderNhsNumber,
  type Exception,
  LADDERS,
  type LadderName,
  type MatchField,
  type MatchRank,
} from '../../../domain/match-rank.ts';
import type { Draw } from './draw.ts';
import { NHS_NUMBERS, POSTCODES } from './people.ts';

/** How a story links: the pipeline file's `link`, and the list of ignored postcodes it may name. */
export interface LinkDraft {
  readonly link: object;
  readonly lists: Readonly<Record<string, string>>;
}

const SHIPPED = Object.keys(LADDERS) as LadderName[];
const DEMOGRAPHICS: readonly MatchField[] = ['sex', 'date-of-birth', 'postcode'];

/** A rank as a pipeline file has it, where exceptions may be left out. */
type RankDraft = Pick<MatchRank, 'agree'> & Partial<Pick<MatchRank, 'unless'>>;

/** A shipped ladder, or one of the file's own; now and then with ignored postcodes and superseded numbers. */
export function drawLink(draw: Draw): LinkDraft {
  const own = drawLadder(draw);
  const ranks = draw.usually<LadderName | typeof own>(70, draw.oneOf(SHIPPED), [own]);
  // a ladder that compares nothing has no probability to ask for
  const hasProbability = comparesUnderNhsNumber(
    typeof ranks === 'string' ? LADDERS[ranks] : ranks.map((one) => ({ unless: [], ...one })),
  );
  const least =
    hasProbability && draw.chance(40) ? { minProbability: draw.oneOf([0.5, 0.95, 0.99, 0.998]) } : {};
  const postcodes = draw.chance(40)
    ? draw.usually(96, drawIgnored(draw), [null, '# postcodes\nnowhere\n'])
    : undefined;
  const busiest = draw.chance(30) ? { ignoreBusiestPostcodes: draw.oneOf(['1%', '25%', '40%', '100%']) } : {};
  const numbers = draw.chance(25) ? drawSuperseded(draw) : undefined;
  return {
    link: {
      ranks,
      ...least,
      ...busiest,
      ...(postcodes === undefined ? {} : { ignorePostcodes: 'shared.txt' }),
      ...(numbers === undefined ? {} : { supersededNumbers: 'superseded.csv' }),
    },
    lists: {
      ...(postcodes == null ? {} : { 'shared.txt': postcodes }),
      ...(numbers === undefined ? {} : { 'superseded.csv': numbers }),
    },
  };
}

/** Numbers that others took the place of: chains of one or two, now and then a circle. */
function drawSuperseded(draw: Draw): string {
  const numbers = draw.shuffled(NHS_NUMBERS.filter((number) => !number.startsWith('9')));
  const chain = numbers.slice(0, draw.number(2, 3));
  const links = chain.slice(1).map((current, index) => `${chain[index]},${current}`);
  const circle = draw.chance(4) ? [`${chain.at(-1)},${chain[0]}`] : [];
  return `${['superseded,current', ...draw.shuffled([...links, ...circle])].join('\n')}\n`;
}

/** A few ranks of any kind, in any order and under any number. */
function drawLadder(draw: Draw): (RankDraft & { readonly rank: number })[] {
  const count = draw.number(1, 5);
  return draw
    .shuffled([1, 2, 3, 50, 99])
    .slice(0, count)
    .map((rank) => ({ rank, ...(draw.chance(40) ? drawRankWithout(draw) : drawRankByNumber(draw)) }));
}

function drawRankByNumber(draw: Draw): RankDraft {
  const born = draw.oneOf<readonly MatchField[]>([[], ['date-of-birth'], ['partial-date-of-birth']]);
  return {
    agree: draw.shuffled<MatchField>(['nhs-number', ...born, ...draw.some(['sex', 'postcode'] as const, 40)]),
  };
}

function drawRankWithout(draw: Draw): RankDraft {
  const agree = draw.shuffled<MatchField>([...DEMOGRAPHICS, ...draw.some(['local-patient-id'] as const, 40)]);
  const unless = draw.some<Exception>(['first-of-january', 'ignored-postcode'], 50);
  return unless.length === 0 && draw.chance(50) ? { agree } : { agree, unless };
}

function drawIgnored(draw: Draw): string {
  const written = draw
    .some(POSTCODES, 50)
    .map((postcode) => draw.usually(60, postcode, [` ${postcode.toLowerCase()} `, `${postcode} # hostel`]));
  return draw.shuffled(['# shared by many', '', ...written]).join(draw.oneOf(['\n', '\r\n']));
}

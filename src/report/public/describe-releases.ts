import type { CareSetting } from '../../domain/role.ts';
import type { SizeBand } from '../../domain/size-band.ts';
import { formatCount } from '../format.ts';
import { escapeHtml } from './escape-html.ts';
import type { PublicFacts, ReleasesToOne } from './public-facts.ts';

/** A source without a description, in words for patients. */
const SETTINGS: Readonly<Record<CareSetting, string>> = {
  gp: 'GP practices: notes of visits, tests and treatment.',
  hospital: 'Hospitals: stays and treatment.',
  community: 'Community services, such as district nurses: visits and care.',
};

/** A list of whose records are joined. */
export function describeSources({ sources }: PublicFacts): string {
  const lines = new Set(sources.map(({ setting, description }) => description ?? SETTINGS[setting]));
  return `<ul>\n${[...lines].map((line) => `<li>${escapeHtml(line)}</li>`).join('\n')}\n</ul>`;
}

/** A section for each recipient and agreement. */
export function describeReleases({ releases }: PublicFacts): string {
  if (releases.length === 0) return '<p>We have handed nothing on so far.</p>';
  return releases.map(releasesToOne).join('\n');
}

function releasesToOne({ agreement, recipient, from, to, releases, tables }: ReleasesToOne): string {
  const times = `from ${longDate(from)} to ${longDate(to)}, ${formatCount(releases)} times`;
  const when = from === to ? `this on once, on ${longDate(from)}` : `this on ${times}`;
  const [heading, first] =
    recipient === null
      ? [`Agreement ${agreement}`, '']
      : [recipient, `<p>The agreement is ${escapeHtml(agreement)}.</p>\n`];
  const persons = tables.find(({ table }) => table === 'persons');
  const others = tables.filter(({ table }) => table !== 'persons');
  return `<h3>${escapeHtml(heading)}</h3>
${first}<p>We handed ${when}:</p>
<ul>
${persons === undefined ? '' : `<li>People: ${size(persons.size)}</li>\n`}${others
  .map(({ table, size: band }) => `<li>${escapeHtml(plainName(table))}: ${size(band)} lines</li>`)
  .join('\n')}
</ul>`;
}

function size({ from, below }: SizeBand): string {
  if (below === null) return `${formatCount(from)} or more`;
  return from === 0
    ? `fewer than ${formatCount(below)}`
    : `${formatCount(from)} to ${formatCount(below - 1)}`;
}

/** The name of a table with blanks: `gp_events` is "Gp events". */
function plainName(table: string): string {
  const words = table.replaceAll(/[_-]+/g, ' ').trim();
  return (words.charAt(0).toUpperCase() + words.slice(1)).replaceAll(/\bgp\b/gi, 'GP');
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** 2026-04-01 is 1 April 2026. */
export function longDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

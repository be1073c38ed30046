import type { ExemptionBasis } from '../../domain/held-reason.ts';
import { escapeHtml } from './escape-html.ts';
import type { PublicFacts } from './public-facts.ts';

/** What a choice does, and how it is made, ended and checked, in HTML without a placeholder. */
interface Choice {
  readonly heading: string;
  readonly does: string;
  readonly make: string;
  readonly end: string;
  readonly check: string;
}

const WEBSITE = '<a href="https://www.nhs.uk/your-nhs-data-matters/">nhs.uk/your-nhs-data-matters</a>';
const TELEPHONE = '<a href="tel:+443003035678">0300 303 5678</a>';

const CHOICES: Readonly<Record<string, Choice>> = {
  'type-1': {
    heading: 'Type 1 opt-out',
    does: 'Your GP practice keeps your record for your own care. We get nothing from it.',
    make: 'Ask your GP practice for the form. Fill it in and give it back.',
    end: 'Fill in the same form again. You can do this at any time.',
    check: 'Ask your GP practice if the choice is on your record.',
  },
  national: {
    heading: 'National data opt-out',
    does: 'Your records are not used to plan care or for research. We leave you out of all we hand on, from every place of care.',
    make: `Go to ${WEBSITE}. You can also use the NHS App, or call ${TELEPHONE}.`,
    end: 'Go to the same place, or call the same number. You can do this at any time.',
    check: 'The same website shows what you chose. So does the app.',
  },
  'type-2': {
    heading: 'Type 2 opt-out',
    does: 'This is an old choice, made at a GP practice up to 2018. We still keep to it. We leave you out of all we hand on.',
    make: 'You can no longer make it. The national data opt-out took its place.',
    end: 'Ask your GP practice to take it off your record.',
    check: 'Ask your GP practice if the choice is on your record.',
  },
};

/** The order in which choices are shown. */
const ORDER = ['type-1', 'national', 'type-2'];

/** A section for each choice that is kept to. */
export function describeChoices({ respected, declared, contact }: PublicFacts): string {
  const known = ORDER.filter((type) => respected.includes(type)).map((type) => CHOICES[type]!);
  const others = declared
    .filter(({ name }) => respected.includes(name))
    .map(
      ({ description }): Choice => ({
        heading: escapeHtml(description),
        does: 'We keep to this choice as well.',
        make: `Ask: ${escapeHtml(contact)}`,
        end: 'Ask at the same place. You can do this at any time.',
        check: 'Ask at the same place.',
      }),
    );
  return [...known, ...others].map(section).join('\n');
}

function section({ heading, does, make, end, check }: Choice): string {
  return `<h3>${heading}</h3>
<p>${does}</p>
<ul>
<li><strong>To make it:</strong> ${make}</li>
<li><strong>To end it:</strong> ${end}</li>
<li><strong>To check it:</strong> ${check}</li>
</ul>`;
}

/** The legal bases of an exemption, in words for patients. */
const BASES: Readonly<Record<ExemptionBasis, string>> = {
  consent: 'each person said yes to this use',
  'legal-duty': 'the law says that we must do this',
  'public-interest': 'the need of all people was found to weigh more',
  anonymised: 'no one can be known from what we hand on',
};

/** Choices that are not applied, each with its reason. */
export function describeExceptions({ exempt, waived, declared }: PublicFacts): string {
  const named = (type: string) =>
    CHOICES[type]?.heading ?? declared.find(({ name }) => name === type)?.description ?? type;
  const lines = [
    ...exempt.map(
      ({ type, basis, because }) =>
        `<strong>${escapeHtml(named(type))}:</strong> we do not apply it here. The reason: ${BASES[basis]}. ${escapeHtml(because)}`,
    ),
    ...waived.map(
      ({ what, reason }) =>
        `<strong>${escapeHtml(what)}:</strong> we do not look for these. The reason: ${escapeHtml(reason)}`,
    ),
  ];
  if (lines.length === 0) return '<p>There are none. We keep to every choice named above.</p>';
  return `<ul>\n${lines.map((line) => `<li>${line}</li>`).join('\n')}\n</ul>`;
}

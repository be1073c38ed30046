import { describe, expect, it } from 'vitest';
import type { PublicFacts } from './public-facts.ts';
import { publicPage } from './public-page.ts';
import { HIGHEST_GRADE, readabilityOf } from './readability.ts';
import { SHIPPED_TEMPLATE } from './shipped-template.ts';

const FACTS: PublicFacts = {
  organisation: 'Netherby Health Partnership',
  contact: 'Ring 0300 000 0000.',
  asOf: '2026-04-01',
  sources: [
    { setting: 'gp', description: null },
    { setting: 'gp', description: null },
    { setting: 'hospital', description: 'Netherby General: stays and treatment.' },
  ],
  respected: ['type-1', 'type-2', 'national'],
  declared: [],
  exempt: [],
  waived: [],
  releases: [
    {
      agreement: 'demo-001',
      recipient: 'University of Fernleigh',
      from: '2026-03-03',
      to: '2026-04-01',
      releases: 30,
      tables: [
        { table: 'persons', size: { from: 1000, below: 10_000 } },
        { table: 'gp_events', size: { from: 0, below: 100 } },
        { table: 'stays', size: { from: 10_000_000, below: null } },
      ],
    },
  ],
};
const page = (facts: Partial<PublicFacts>) =>
  publicPage({ ...FACTS, ...facts }, { shownAs: 'shipped', text: SHIPPED_TEMPLATE });

describe('the page for patients', () => {
  it('is read by a child of 12', () => {
    expect(readabilityOf(page({})).grade).toBeLessThanOrEqual(HIGHEST_GRADE);
    expect(readabilityOf(page({})).words).toBeGreaterThan(300);
  });

  it('says to whom what was handed on, in bands', () => {
    const text = page({});
    expect(text).toContain('<h3>University of Fernleigh</h3>');
    expect(text).toContain('from 3 March 2026 to 1 April 2026, 30 times');
    expect(text).toContain('<li>People: 1,000 to 9,999</li>');
    expect(text).toContain('<li>GP events: fewer than 100 lines</li>');
    expect(text).toContain('<li>Stays: 10,000,000 or more lines</li>');
    expect(page({ releases: [] })).toContain('We have handed nothing on so far.');
  });

  it('names each source once, in the words of the pipeline file if there are any', () => {
    const text = page({});
    expect(text.match(/GP practices: notes/g)).toHaveLength(1);
    expect(text).toContain('Netherby General: stays and treatment.');
  });

  it('says which choices it keeps to, and why not to others', () => {
    const text = page({
      respected: ['national', 'research'],
      declared: [{ name: 'research', description: 'No to research' }],
      exempt: [{ type: 'type-1', basis: 'legal-duty', because: 'The Health Act says so.' }],
      waived: [{ what: 'type 2 opt-outs', reason: 'All of them ended.' }],
    });
    expect(text).not.toContain('<h3>Type 1 opt-out</h3>');
    expect(text).not.toContain('<h3>Type 2 opt-out</h3>');
    expect(text).toContain('<h3>National data opt-out</h3>');
    expect(text).toContain('<h3>No to research</h3>');
    expect(text).toContain(
      '<strong>Type 1 opt-out:</strong> we do not apply it here. The reason: the law says that we must do this. The Health Act says so.',
    );
    expect(text).toContain(
      '<strong>type 2 opt-outs:</strong> we do not look for these. The reason: All of them ended.',
    );
    expect(page({})).toContain('There are none.');
  });

  it('shows every text as text, whoever wrote it', () => {
    const evil = `<script>alert("1")</script>{{ contact }}&'`;
    const shown = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;{{ contact }}&amp;&#39;';
    const text = page({
      organisation: evil,
      contact: evil,
      sources: [{ setting: 'gp', description: evil }],
      respected: ['x'],
      declared: [{ name: 'x', description: evil }],
      exempt: [{ type: evil, basis: 'consent', because: evil }],
      waived: [{ what: evil, reason: evil }],
      releases: [{ ...FACTS.releases[0]!, agreement: evil, recipient: evil }],
    });
    expect(text).not.toContain('<script');
    expect(text.split(shown).length - 1).toBeGreaterThanOrEqual(10);
  });
});

import { describe, expect, it } from 'vitest';
import { type DescribedTable, dataDictionaryJson, dataDictionaryMarkdown } from './data-dictionary.ts';

const TABLE: DescribedTable = {
  name: 'gp_events',
  description: 'What the practice *recorded*.',
  file: 'gp_events.arrow',
  rows: 1_234_565,
  columns: [
    {
      name: 'person_id',
      type: 'utf8',
      description: 'Pseudonym',
      role: 'pseudonym',
      source: 'link',
      rule: 'keyed hash',
      nulls: null,
    },
    {
      name: 'sex',
      type: 'dictionary',
      description: 'As recorded | not\nverified',
      role: 'category',
      source: 'gp.patients.gender',
      rule: 'mapped',
      nulls: 1200,
      codes: [
        { code: '1', meaning: 'male' },
        { code: '2', meaning: 'female' },
      ],
    },
  ],
};

describe('the data dictionary', () => {
  it('is a table that is aligned as plain text too', () => {
    expect(dataDictionaryMarkdown('Release demo-001', [TABLE])).toBe(`# Release demo-001

Counts of 0 to 7 are not shown (\\*), all others are rounded to the nearest 5.

## gp_events

What the practice \\*recorded\\*.

File gp_events.arrow, 1,234,565 rows.

| Column    | Type       | What it holds               | Role      | Source             | Rule       | Missing |
| --------- | ---------- | --------------------------- | --------- | ------------------ | ---------- | ------: |
| person_id | utf8       | Pseudonym                   | pseudonym | link               | keyed hash |      \\* |
| sex       | dictionary | As recorded \\| not verified | category  | gp.patients.gender | mapped     |   1,200 |

### Codes of sex

| Code | Meaning |
| ---- | ------- |
| 1    | male    |
| 2    | female  |
`);
  });

  it('has the same content in JSON', () => {
    const text = dataDictionaryJson('Release demo-001', [TABLE]);
    expect(JSON.parse(text)).toEqual({
      title: 'Release demo-001',
      counts: 'null for 0 to 7, otherwise rounded to the nearest 5',
      tables: [TABLE],
    });
    expect(Object.keys(JSON.parse(text))).toEqual(['title', 'counts', 'tables']);
    expect(Object.keys(JSON.parse(text).tables[0])[0]).toBe('name');
  });
});

import { describe, expect, it } from 'vitest';
import { faultsOf, messagesAtMarks, parse, WHOLE } from './test-rig/marked-file.ts';

const linking = (link: string) => WHOLE.replace('release:\n', `link: ${link}\nrelease:\n`);

describe('minProbability', () => {
  it('is absent by default', () => {
    expect(parse(WHOLE).link.minProbability).toBeNull();
    expect(parse(linking('{ ranks: hesid }')).link.minProbability).toBeNull();
  });

  it.each([
    ['{ ranks: eight-step, minProbability: 0.95 }', 0.95],
    ['{ ranks: [{ rank: 1, agree: [nhs-number, sex] }], minProbability: 0.5 }', 0.5],
  ])('%s', (link, least) => {
    expect(parse(linking(link)).link.minProbability).toBe(least);
  });

  it.each(['0', '1', '95', '-0.1', '0.95%', '"0.95"', '[0.95]', '.nan'])(
    'must be between 0 and 1: %s',
    (asked) => {
      const link = `{ ranks: eight-step, minProbability: §${asked} }`;
      expect(messagesAtMarks(linking(link))).toEqual([
        expect.stringContaining('must be a number between 0 and 1'),
      ]);
    },
  );

  it.each([
    '{ §minProbability: 0.9 }',
    '{ ranks: two-step, §minProbability: 0.9 }',
    '{ ranks: [{ rank: 1, agree: [nhs-number] }], §minProbability: 0.9 }',
  ])('requires a ladder that compares other fields of records with one NHS number: %s', (link) => {
    const { messages, marked, ways } = faultsOf(linking(link));
    expect(messages).toEqual([
      `${marked[0]} no rank compares other fields of records with one NHS number, so links have no probability`,
    ]);
    expect(ways).toEqual(['choose another ladder, such as eight-step']);
  });
});

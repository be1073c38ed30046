import { describe, expect, test } from 'vitest';
import { CROWD_LIMIT, LADDERS } from '../domain/match-rank.ts';
import { ANN, BOB, LEEDS, linkStory, MANCHESTER } from './test-rig/link-story.ts';

const EIGHT = LADDERS['eight-step'];
const REFERENCE = `gp ${ANN} 2 1980-05-17 ${LEEDS}`;

describe('ranks that require the NHS number', () => {
  test.each([
    ['all', `2 1980-05-17 ${LEEDS}`, 1],
    ['another postcode', `2 1980-05-17 ${MANCHESTER}`, 2],
    ['no postcode', '2 1980-05-17 -', 2],
    ['year and month', `2 1980-05-18 ${LEEDS}`, 3],
    ['year and day', `2 1980-06-17 ${LEEDS}`, 3],
    ['month and day', `2 1981-05-17 ${LEEDS}`, 3],
    ['part of the birth date, another postcode', `2 1980-05-18 ${MANCHESTER}`, 4],
    ['another sex', `1 1980-05-17 ${LEEDS}`, 5],
    ['no sex and no birth date', `- - ${LEEDS}`, 5],
    ['the year only', `2 1980-06-18 ${MANCHESTER}`, 8],
    ['the number only', '- - -', 8],
    ['another sex and postcode', `1 1980-05-17 ${MANCHESTER}`, 8],
  ])('eight steps: %s', (_, said, rank) => {
    expect(linkStory({ ann: REFERENCE, other: `hospital ${ANN} ${said}` }, EIGHT)).toEqual({
      ann: `${ANN} 1`,
      other: `${ANN} ${rank}`,
    });
  });

  test('dates with day and month swapped agree in part, unless the year differs', () => {
    const story = {
      ann: `gp ${ANN} 2 1980-05-07 ${LEEDS}`,
      swapped: `hospital ${ANN} 2 1980-07-05 -`,
      'in another year': `hospital ${ANN} 2 1981-07-05 -`,
    };
    expect(linkStory(story, EIGHT)).toMatchObject({ swapped: `${ANN} 4`, 'in another year': `${ANN} 8` });
  });

  test('one reference subject must agree on all the fields of a rank', () => {
    const story = {
      maiden: `gp ${ANN} 2 1980-05-17 ${LEEDS}`,
      married: `gp ${ANN} 2 1971-02-03 ${MANCHESTER}`,
      mixed: `hospital ${ANN} 2 1980-05-17 ${MANCHESTER}`,
    };
    expect(linkStory(story, EIGHT)).toEqual({
      maiden: `${ANN} 1`,
      married: `${ANN} 1`,
      mixed: `${ANN} 2`,
    });
  });

  test('the first source of the pipeline file that has the number is the reference', () => {
    const story = {
      late: `clinic ${ANN} 2 1971-02-03 -`,
      early: `hospital ${ANN} 2 1980-05-17 -`,
      bob: `gp ${BOB} 1 1971-02-03 -`,
    };
    expect(linkStory(story, LADDERS.hesid)).toEqual({
      early: `${ANN} 1`,
      late: 'late 0 contradicted',
      bob: `${BOB} 1`,
    });
  });

  test('a reference subject without the fields of the ladder still belongs to the person', () => {
    const story = { ann: `gp ${ANN} 2 - ${LEEDS}`, other: `hospital ${ANN} 2 1980-05-17 ${LEEDS}` };
    expect(linkStory(story, LADDERS.hesid)).toEqual({ ann: `${ANN} 0`, other: 'other 0 contradicted' });
    expect(linkStory(story, EIGHT)).toEqual({ ann: `${ANN} 5`, other: `${ANN} 5` });
  });
});

describe('a subject at odds with its number', () => {
  const sister = `hospital ${ANN} 2 1984-11-30 ${LEEDS}`;
  const known = `gp ${BOB} 2 1984-11-30 ${LEEDS}`;

  test('is contradicted if its tuple is known of another number, even where a rank applies', () => {
    expect(linkStory({ ann: REFERENCE, sister, known }, EIGHT)).toEqual({
      ann: `${ANN} 1`,
      sister: 'sister 0 contradicted',
      known: `${BOB} 1`,
    });
  });

  test('is linked if no other number is known for its tuple', () => {
    expect(linkStory({ ann: REFERENCE, sister }, EIGHT)).toMatchObject({ sister: `${ANN} 5` });
  });

  test.each([
    ['agrees in part', REFERENCE, `hospital ${ANN} 2 1980-05-18 ${LEEDS}`, `gp ${BOB} 2 1980-05-18 ${LEEDS}`],
    ['has no birth date', REFERENCE, `hospital ${ANN} 2 - ${LEEDS}`, known],
    ['is compared with none', `gp ${ANN} 2 - ${LEEDS}`, sister, known],
    ['lacks a postcode', REFERENCE, `hospital ${ANN} 2 1984-11-30 -`, known],
    [
      'was born on 1 January',
      REFERENCE,
      `hospital ${ANN} 2 1984-01-01 ${LEEDS}`,
      `gp ${BOB} 2 1984-01-01 ${LEEDS}`,
    ],
    ['is its own reference', sister, sister, known],
  ])('but not if it %s', (_, ann, other, another) => {
    expect(linkStory({ ann, other, another }, EIGHT)['other']).toMatch(ANN);
  });

  test('is not at odds if one of several reference subjects has no birth date', () => {
    const story = { ann: REFERENCE, 'ann too': `gp ${ANN} - - ${LEEDS}`, sister, known };
    expect(linkStory(story, EIGHT)).toMatchObject({ sister: `${ANN} 5` });
  });

  test('the tuple of another subject at odds is not a known tuple', () => {
    const story = {
      ann: REFERENCE,
      bob: `gp ${BOB} 1 1971-02-03 ${LEEDS}`,
      'of neither': `hospital ${ANN} 2 1984-11-30 ${LEEDS}`,
      'nor the other': `hospital ${BOB} 2 1984-11-30 ${LEEDS}`,
      'no number': `hospital - 2 1984-11-30 ${LEEDS}`,
    };
    expect(linkStory(story, EIGHT)).toMatchObject({
      'of neither': `${ANN} 5`,
      'nor the other': `${BOB} 5`,
      'no number': `2|1984-11-30|${LEEDS} 0`,
    });
  });

  test('is linked by a ladder that compares no other field', () => {
    expect(linkStory({ ann: REFERENCE, sister, known }, LADDERS['two-step'])).toMatchObject({
      sister: `${ANN} 8`,
    });
  });
});

describe('the number of a crowd', () => {
  const day = (n: number) => `1970-03-${String(n).padStart(2, '0')}`;
  const bearers = (source: string, count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [
        `${source} ${n}`,
        `${source} ${ANN} 1 ${day(n + 1)} ${LEEDS}`,
      ]),
    );
  const contradicted = (linked: Record<string, string>) =>
    Object.keys(linked).filter((name) => linked[name] === `${name} 0 contradicted`).length;

  test('links only subjects that agree on sex and the whole birth date', () => {
    const linked = linkStory(
      { ann: `gp ${ANN} 1 ${day(1)} -`, ...bearers('hospital', CROWD_LIMIT + 1) },
      EIGHT,
    );
    expect(linked).toMatchObject({ ann: `${ANN} 2`, 'hospital 0': `${ANN} 2` });
    expect(contradicted(linked)).toBe(CROWD_LIMIT);
  });

  test('is not a crowd up to the limit, for any number of subjects', () => {
    const linked = linkStory({ ...bearers('gp', CROWD_LIMIT), ...bearers('hospital', CROWD_LIMIT) }, EIGHT);
    expect(contradicted(linked)).toBe(0);
  });

  test('links nobody where its reference subjects are a crowd', () => {
    const story = { ...bearers('gp', CROWD_LIMIT + 1), ...bearers('hospital', 2) };
    expect(contradicted(linkStory(story, EIGHT))).toBe(CROWD_LIMIT + 3);
    expect(linkStory(story, LADDERS['two-step'])['gp 0']).toBe(`${ANN} 8`);
  });

  test('counts a missing value as a value', () => {
    const story = { ...bearers('gp', CROWD_LIMIT), nothing: `gp ${ANN} - - ${LEEDS}` };
    expect(contradicted(linkStory(story, EIGHT))).toBe(CROWD_LIMIT + 1);
  });

  test('has no known tuples, so nobody is contradicted by it', () => {
    const story = {
      ...bearers('gp', CROWD_LIMIT + 1),
      bob: `gp ${BOB} 1 1990-10-28 -`,
      'bob, misdated': `hospital ${BOB} 1 ${day(1)} ${LEEDS}`,
      'no number': `hospital - 1 ${day(2)} ${LEEDS}`,
    };
    expect(linkStory(story, EIGHT)).toMatchObject({
      'bob, misdated': `${BOB} 8`,
      'no number': `1|${day(2)}|${LEEDS} 0`,
    });
  });
});

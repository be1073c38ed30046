import { describe, expect, test } from 'vitest';
import { LADDERS, type Ladder } from '../domain/match-rank.ts';
import { ANN, BOB, LEEDS, linkStory } from './test-rig/link-story.ts';

const EIGHT = LADDERS['eight-step'];

describe('ranks without the NHS number', () => {
  const ann = `gp ${ANN} 2 1980-05-17 ${LEEDS}`;
  const without = `hospital - 2 1980-05-17 ${LEEDS}`;
  const shared = { ignoredPostcodes: new Set([LEEDS]) };

  test('link where exactly one number is known', () => {
    expect(linkStory({ ann, without }, EIGHT)).toMatchObject({ without: `${ANN} 6` });
    const twins = { ann, twin: ann.replace(ANN, BOB), without, too: without };
    expect(linkStory(twins, EIGHT)).toMatchObject({
      without: `2|1980-05-17|${LEEDS} 0`,
      too: `2|1980-05-17|${LEEDS} 0`,
    });
  });

  test('skip ignored postcodes only where the rank excepts them', () => {
    expect(linkStory({ ann, without }, EIGHT, shared)).toMatchObject({ without: `${ANN} 7` });
    expect(linkStory({ ann, without }, LADDERS.hesid, shared)).toMatchObject({
      without: `2|1980-05-17|${LEEDS} 0`,
    });
    expect(linkStory({ ann, without }, LADDERS['two-step'], shared)).toMatchObject({ without: `${ANN} 6` });
  });

  test('never link by 1 January, for any exceptions of the ladder', () => {
    const story = {
      ann: `gp ${ANN} 2 1980-01-01 ${LEEDS}`,
      without: `hospital - 2 1980-01-01 ${LEEDS}`,
    };
    const careless: Ladder = [
      { rank: 4, agree: ['nhs-number'], unless: [] },
      { rank: 5, agree: ['postcode', 'date-of-birth', 'sex'], unless: [] },
    ];
    expect(linkStory(story, careless)).toEqual({ ann: `${ANN} 4`, without: 'without 0' });
  });

  test('ask for a local id of the same provider, on each of the rows', () => {
    const story = {
      ann: `gp ${ANN} 2 1980-05-17 ${LEEDS}`,
      'ann in hospital': `hospital ${ANN} 2 1980-05-17 ${LEEDS} RX1|17,RX1|18`,
      twin: `gp ${BOB} 2 1980-05-17 ${LEEDS} RX2|17`,
      hers: `hospital - 2 1980-05-17 ${LEEDS} RX1|17,RX1|18`,
      'hers, and one of another id': `clinic - 2 1980-05-17 ${LEEDS} RX1|16,RX1|18`,
      'hers, and one without an id': `clinic - 2 1980-05-17 ${LEEDS} RX1|18,-`,
      "a twin's": `clinic - 2 1980-05-17 ${LEEDS} RX2|17`,
      "both's": `clinic - 2 1980-05-17 ${LEEDS} RX2|17,RX1|17`,
      "neither's": `clinic - 2 1980-05-17 ${LEEDS} RX3|17`,
      'born elsewhen': `hospital - 2 1981-05-17 ${LEEDS} RX1|17`,
    };
    expect(linkStory(story, LADDERS.hesid)).toMatchObject({
      hers: `${ANN} 2`,
      'hers, and one of another id': `2|1980-05-17|${LEEDS} 0`,
      'hers, and one without an id': `2|1980-05-17|${LEEDS} 0`,
      "a twin's": `${BOB} 2`,
      "both's": `2|1980-05-17|${LEEDS} 0`,
      "neither's": `2|1980-05-17|${LEEDS} 0`,
      'born elsewhen': `2|1981-05-17|${LEEDS} 0`,
    });
  });

  test('do not use the tuples of subjects that they have linked themselves', () => {
    const story = {
      ann: `hospital ${ANN} 2 1980-05-17 ${LEEDS} RX1|17`,
      twin: `gp ${BOB} 2 1980-05-17 ${LEEDS}`,
      hers: `hospital - 2 1980-05-17 ${LEEDS} RX1|17,RX2|1`,
      further: `clinic - 2 1980-05-17 ${LEEDS} RX2|1`,
    };
    const tuple = `2|1980-05-17|${LEEDS}`;
    const witnesses = [{ tuple, nhsNumber: ANN, localPatientId: 'RX2|1', optOuts: [] }];
    expect(linkStory(story, LADDERS.hesid, { witnesses })).toMatchObject({
      hers: `${ANN} 2`,
      further: `2|1980-05-17|${LEEDS} 0`,
    });
  });
});

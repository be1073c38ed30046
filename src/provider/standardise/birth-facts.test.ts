import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { splitPipeline } from '../../run/test-rig/split-source.ts';
import { BIRTH_YEAR } from '../../store/birth-facts.ts';
import type { Demographics } from '../extract/row-vector.ts';
import { birthFactColumns } from './birth-facts.ts';

const BAND = { rule: 'age-band', at: '2026-03-01', width: 5, top: 90 };

let folder: BenchFolder;
beforeAll(() => {
  folder = BenchFolder.make();
});
afterAll(() => folder.remove());

/** A pipeline that releases these facts of persons. */
function released(persons: object): Pipeline {
  const split = splitPipeline() as { release: { tables: { persons: object } } };
  split.release.tables.persons = persons;
  return folder.parse(split);
}

/** One row. @param birthDate yyyymmdd */
const person = (birthDate: number, sex: number): Demographics => ({
  nhs: new Uint32Array(2),
  birthDate: Int32Array.of(birthDate),
  sex: Int8Array.of(sex),
  postcode: new Uint32Array(4),
});

const factsOf = (pipeline: Pipeline, demographics: Demographics) =>
  Object.fromEntries(birthFactColumns(pipeline).map((fact) => [fact.name, fact.of(demographics, 0)]));

describe('facts of birth', () => {
  it('are those that are released, each of its type, and no others', () => {
    const columns = (persons: object) =>
      birthFactColumns(released(persons)).map(({ name, type }) => [name, type]);
    expect(columns({ area: 'keep' })).toEqual([]);
    expect(columns({ sex: 'keep' })).toEqual([['sex', 'int8']]);
    expect(columns({ sex: 'keep', age_band: BAND })).toEqual([
      ['age_band', 'int16'],
      ['sex', 'int8'],
    ]);
    expect(columns({ year_of_birth: { rule: 'year-of-birth' } })).toEqual([['year_of_birth', 'int16']]);
  });

  it('are unknown where birth date or sex is', () => {
    const pipeline = released({ sex: 'keep', age_band: BAND });
    expect(factsOf(pipeline, person(0, 0))).toEqual({ age_band: null, sex: null });
    expect(factsOf(pipeline, person(19800131, 0))).toEqual({ age_band: 45, sex: null });
    expect(factsOf(pipeline, person(0, 2))).toEqual({ age_band: null, sex: 2 });
    expect(factsOf(released({ year_of_birth: { rule: 'year-of-birth' } }), person(0, 1))).toEqual({
      year_of_birth: null,
    });
  });

  it('have an age that is one year more on the birthday, and none before birth', () => {
    const pipeline = released({ age_band: BAND });
    const bandOf = (birthDate: number) => factsOf(pipeline, person(birthDate, 1))['age_band'];
    const dates = [19810301, 19810302, 20210301, 20210302, 20260301, 20260302, 20080229, 18950101];
    expect(dates.map(bandOf)).toEqual([45, 40, 5, 0, 0, null, 15, 90]);
  });

  it('have an age band by completed years, whose lowest age it is, up to the highest band', () => {
    const day = fc.date({
      min: new Date('1895-01-01'),
      max: new Date('2026-12-31'),
      noInvalidDate: true,
    });
    const bands = fc.constantFrom(5, 10, 15);
    const property = fc.property(day, bands, fc.constantFrom(1, 2), (born, width, sex) => {
      const pipeline = released({ age_band: { ...BAND, width } });
      const iso = born.toISOString().slice(0, 10);
      const date = new Date(BAND.at);
      // birthdays that have been, one by one
      let age = -1;
      for (let year = born.getUTCFullYear(); `${year}${iso.slice(4)}` <= BAND.at; year += 1) age += 1;
      const expected = born > date ? null : Math.min(age - (age % width), BAND.top);
      expect(factsOf(pipeline, person(Number(iso.replaceAll('-', '')), sex))).toEqual({ age_band: expected });
    });
    fc.assert(property, { numRuns: 150 });
  });

  it('have the year of birth for the rule of infants who give birth, under a name that no delivered column has', () => {
    const pipeline = released({ sex: 'keep' });
    const births = [{ table: 'visits', codes: ['code'] }];
    const birthCodes = { delivery: ['O80'], newborn: ['Z38'] };
    const implausible = { activity: [], stays: [], births, birthCodes };
    const asking: Pipeline = { ...pipeline, link: { ...pipeline.link, implausible } };
    expect(factsOf(pipeline, person(19800131, 2))).toEqual({ sex: 2 });
    expect(factsOf(asking, person(19800131, 2))).toEqual({ sex: 2, [BIRTH_YEAR]: 1980 });
    expect(factsOf(asking, person(0, 2))).toEqual({ sex: 2, [BIRTH_YEAR]: null });
  });
});

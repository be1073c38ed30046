import { describe, expect, it } from 'vitest';
import type { TallystickError } from '../domain/problem.ts';
import { parsePipeline } from './parse-pipeline.ts';

const WHOLE = `tallystick: 1
name: nightly
keys: { linkage: { file: linkage.key }, release: { file: release.key } }
sources:
  acute:
    setting: hospital
    format: { date: "%Y-%m-%d" }
    tables:
      stays:
        files: stays.csv
        columns: { nhs: { role: nhs-number }, dob: { role: date-of-birth }, ward: { role: category } }
optOuts: { register: { file: register.csv } }
release: { agreement: demo, tables: { stays: { ward: keep } } }
`;
const context = {
  file: '/srv/pipeline.yaml',
  runDate: '2026-04-01',
  variables: {},
  shownAs: 'pipeline.yaml',
  identifierIn: () => null,
};
const expectOf = (more: string) => parsePipeline(WHOLE + more, context).expect;

function faultsOf(text: string): string {
  try {
    parsePipeline(text, context);
  } catch (fault) {
    expect(fault).toMatchObject({ exitCode: 2 });
    return (fault as TallystickError).message;
  }
  throw new Error('nothing was found at fault');
}

describe('the expectations of a night', () => {
  it('have a limit for everything by default', () => {
    const column = { warn: 0.05, stop: 0.2, atLeast: 0.1 };
    expect(expectOf('')).toEqual({
      nights: 30,
      rows: { stays: { warn: 0.3, stop: 0.5 } },
      valid: { stays: { nhs: column, dob: column } },
      linked: { warn: 0.02, stop: 0.1 },
      optOuts: {
        warn: null,
        stop: 0.1,
        steady: { warn: null, stop: 0.05 },
        practices: { warn: null, stop: 0.5 },
      },
      repeats: { warn: null, stop: 0.5 },
    });
  });

  it('are those of the file; settings of a table or a column take precedence', () => {
    expect(
      expectOf(`expect:
  nights: 60
  rows: { warn: 10%, stop: never, tables: { stays: { stop: 200% } } }
  valid: { atLeast: 50%, stop: 5 points, columns: { stays: { dob: { atLeast: 0%, warn: 1 point } } } }
  linked: { warn: 0.5 points, stop: never }
  optOuts: { warn: 2.5%, stop: 5%, steady: { warn: 1%, stop: 2% }, practices: { stop: never } }
  repeats: { stop: never }
`),
    ).toEqual({
      nights: 60,
      rows: { stays: { warn: 0.1, stop: 2 } },
      valid: {
        stays: { nhs: { warn: 0.05, stop: 0.05, atLeast: 0.5 }, dob: { warn: 0.01, stop: 0.05, atLeast: 0 } },
      },
      linked: { warn: 0.005, stop: null },
      optOuts: {
        warn: 0.025,
        stop: 0.05,
        steady: { warn: 0.01, stop: 0.02 },
        practices: { warn: null, stop: null },
      },
      repeats: { warn: null, stop: null },
    });
  });

  it('include optOuts.maxFall as another name of expect.optOuts.stop, but not both', () => {
    const older = WHOLE.replace('file: register.csv }', 'file: register.csv }, maxFall: 3%');
    expect(parsePipeline(older, context).expect.optOuts).toMatchObject({ warn: null, stop: 0.03 });
    expect(faultsOf(`${older}expect: { optOuts: { stop: 5% } }\n`)).toContain(
      'pipeline.yaml:12:46: the permitted fall of opt-outs is given twice',
    );
  });

  it.each([
    ['rows: { tables: { stay: { warn: 1% } } }', '14:29: there is no table stay\n    there are stays'],
    ['valid: { columns: { stays: { ward: { warn: 1 point } } } }', '14:40: ward is no column of NHS numbers'],
    ['valid: { columns: { beds: { nhs: { warn: 1 point } } } }', '14:31: there is no table beds'],
    ['rows: { warn: 0.3 }', '14:25: `expect.rows.warn` must be a share such as 30%, or never'],
    ['rows: { warn: ±30% }', 'must be a share such as 30%, or never'],
    ['rows: { warn: -30% }', 'must be a share such as 30%, or never'],
    ['linked: { stop: 2% }', 'must be points such as "2 points", or never'],
    ['valid: { atLeast: 110% }', 'must be a share such as 10%'],
    ['nights: 0', '`expect.nights` must be at least 2'],
    ['opt-outs: { stop: 1% }', 'unknown key `opt-outs`'],
  ])('%s', (said, fault) => {
    expect(faultsOf(`${WHOLE}expect: { ${said} }\n`)).toContain(fault);
  });
});

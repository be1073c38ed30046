import type { BenchFolder } from './bench-folder.ts';

/** What a made-up night is like; each may be changed from one night to the next. */
export interface NightShape {
  readonly patients?: number;
  readonly stays?: number;
  /** of each kind, as lines of the register */
  readonly typeOne?: number;
  readonly typeTwo?: number;
  /** patients with a coded type 1 opt-out */
  readonly coded?: number;
  /** share of the hospital's rows without an NHS number and with nothing else by which they could be linked */
  readonly unknownStays?: number;
  /** how sexes are written by the GP */
  readonly sex?: (index: number) => string;
}

/** An NHS number of the test range; null where the check digit would be 10. */
function nhsNumber(serial: number): string | null {
  const base = String(999_000_000 + serial);
  const sum = [...base].reduce((all, digit, index) => all + Number(digit) * (10 - index), 0);
  const check = 11 - (sum % 11);
  return check === 10 ? null : `${base}${check % 11}`;
}

const NUMBERS = Array.from({ length: 1200 }, (_, index) => nhsNumber(index)).flatMap((one) => one ?? []);
const lines = <T>(length: number, line: (index: number) => T) =>
  Array.from({ length }, (_, index) => line(index));
const two = (value: number) => String(value).padStart(2, '0');
const born = (index: number) => `${1940 + (index % 60)}-${two(1 + (index % 12))}-${two(2 + (index % 26))}`;
const postcode = (index: number) => `LS${1 + (index % 9)} ${index % 10}A${'ABDEFGHJLN'[index % 10]}`;

/** The rows of the hospital, without the header; each has an id of its own. */
export function stayRows(from: number, to: number, unknown = 0): string[] {
  return lines(to - from, (index) => {
    const stay = from + index;
    const isUnknown = index < (to - from) * unknown;
    const who = isUnknown
      ? ',,,'
      : `${NUMBERS[stay % 400]},${born(stay % 400)},${1 + (stay % 2)},${postcode(stay % 400)}`;
    return `S${stay},${who},2026-01-${two(1 + (stay % 28))},ward ${stay % 7}`;
  });
}
export const STAYS_HEADER = 'stay,nhs,dob,sex,home,admitted,ward';

/** The rows of the GP's patients, without the header. */
export function patientRows(patients: number, sex: (index: number) => string): string[] {
  return lines(
    patients,
    (index) => `k${index},${NUMBERS[index]},${born(index)},${sex(index)},${postcode(index)}`,
  );
}
export const PATIENTS_HEADER = 'key,nhs,dob,sex,home';

/** Puts the files of one night where the pipeline looks for them. */
export function putNight(folder: BenchFolder, shape: NightShape = {}): void {
  const { patients = 400, stays = 600, typeOne = 40, typeTwo = 40, coded = 30 } = shape;
  const put = (file: string, rows: readonly string[]) => folder.put(file, `${rows.join('\n')}\n`);
  const sex = shape.sex ?? ((index) => String(1 + (index % 2)));
  put('patients.csv', [PATIENTS_HEADER, ...patientRows(patients, sex)]);
  put('visits.csv', [
    'key,seen,code',
    ...lines(patients, (index) => `k${index},2026-02-0${1 + (index % 9)},44054006`),
    ...lines(coded, (index) => `k${patients - 1 - index},2025-01-01,827241000000103`),
  ]);
  put('stays.csv', [STAYS_HEADER, ...stayRows(0, stays, shape.unknownStays)]);
  put('register.csv', [
    'nhs_number,type,event,date',
    ...lines(typeOne, (index) => `${NUMBERS[index]},1,registered,2024-01-01`),
    ...lines(typeTwo, (index) => `${NUMBERS[100 + index]},2,registered,2024-01-01`),
  ]);
}

/** The pipeline of such nights. */
export function nightlyPipeline(more: object = {}, files: { readonly stays?: unknown } = {}): object {
  return {
    tallystick: 1,
    name: 'tiny',
    synthetic: true,
    keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
    sources: {
      surgery: {
        setting: 'gp',
        format: { date: '%Y-%m-%d' },
        patients: {
          files: 'patients*.csv*',
          columns: {
            key: { role: 'patient-key' },
            nhs: { role: 'nhs-number' },
            dob: { role: 'date-of-birth' },
            sex: { role: 'sex' },
            home: { role: 'postcode' },
          },
        },
        tables: {
          visits: {
            files: 'visits*.csv*',
            date: 'seen',
            columns: {
              key: { role: 'patient-key' },
              seen: { role: 'date' },
              code: { role: 'code', system: 'snomed' },
            },
          },
        },
      },
      acute: {
        setting: 'hospital',
        format: { date: '%Y-%m-%d' },
        tables: {
          stays: {
            files: files.stays ?? 'stays*.csv*',
            date: 'admitted',
            columns: {
              stay: { role: 'record-id' },
              nhs: { role: 'nhs-number' },
              dob: { role: 'date-of-birth' },
              sex: { role: 'sex' },
              home: { role: 'postcode' },
              admitted: { role: 'date' },
              ward: { role: 'category' },
            },
          },
        },
      },
    },
    optOuts: {
      register: { file: 'register.csv', asOf: '2026-04-01', maxAge: '400d' },
      codes: { table: 'visits', column: 'code', date: 'seen' },
    },
    release: {
      agreement: 'tiny-001',
      tables: {
        persons: { sex: 'keep' },
        visits: { seen: 'keep', code: 'keep' },
        stays: { admitted: 'keep', ward: 'keep' },
      },
    },
    ...more,
  };
}

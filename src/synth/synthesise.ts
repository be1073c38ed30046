import { parseDay } from './calendar.ts';
import {
  COMMUNITY_PATIENTS_HEADER,
  CONTACTS_HEADER,
  CommunityExtract,
  REFERRALS_HEADER,
} from './community-extract.ts';
import { checkErrorModel, type ErrorModel } from './error-model.ts';
import { ExtractFile, type WrittenFile } from './extract-file.ts';
import { GP_ADDRESSES_HEADER, GP_EVENTS_HEADER, GP_PATIENTS_HEADER, GpExtract } from './gp-extract.ts';
import { EPISODES_HEADER } from './hes-form.ts';
import { HospitalExtract } from './hospital-extract.ts';
import { Misrecorder } from './misrecord.ts';
import { NhsNumberSource } from './nhs-number-source.ts';
import { OptOutRegister, REGISTER_HEADER } from './opt-out-register.ts';
import { foundOrganisations } from './organisations.ts';
import { Places } from './places.ts';
import { Population } from './population.ts';
import { Random } from './random.ts';
import { PERSONS_HEADER, TRUTH_HEADER, TruthPersons } from './truth-persons.ts';

export { DEFAULT_ERRORS, type ErrorModel } from './error-model.ts';
export type { WrittenFile } from './extract-file.ts';

/** The settings of a synthesis. */
export interface SynthSettings {
  /** How many people: 1 to NhsNumberSource.CAPACITY. */
  readonly patients: number;
  /** Any integer; its low 32 bits count. */
  readonly seed: number;
  /** YYYY-MM-DD, from 2020 to 2099; nothing is dated after it. */
  readonly runDate: string;
  readonly errors: ErrorModel;
  /** With `gz` the three large files (events, episodes, contacts) are gzipped. */
  readonly compress: 'none' | 'gz';
}

/** What was written. */
export interface SynthSummary {
  /** In a fixed order: gp, hospital, community, opt-outs, truth. */
  readonly files: readonly WrittenFile[];
  /** Rows of the seven extracts of the three care settings, without the opt-out register and the truth. */
  readonly extractRows: number;
  /** All rows, without headers. */
  readonly rows: number;
  /** All bytes on disk. */
  readonly bytes: number;
}

/** Type 2 and national opt-outs and five years of care must fit before the run day. */
const EARLIEST_RUN_DATE = '2020-01-01';
const LATEST_RUN_DATE = '2099-12-31';

/** The number of people between two reports of progress. */
const PROGRESS_STEP = 10_000;

/**
 * Writes synthetic linked extracts of all three care settings into a directory (created as needed, files of these
 * names overwritten): `gp/`, `hospital/`, `community/`, `opt-outs/` and, beside them, the `truth/` behind
 * them.
 *
 * The same settings give the same bytes (with `gz`, on the same build of Node, whose zlib decides the bytes).
 * Memory does not grow with the number of patients, except for about 100 bytes for each postcode (one for 36 patients).
 *
 * @param onProgress called with the number of patients done, every 10,000 and at the end
 * @throws RangeError for settings out of range, before anything is written; and any error of the file system
 */
export async function synthesise(
  settings: SynthSettings,
  outDir: string,
  onProgress?: (patientsDone: number) => void,
): Promise<SynthSummary> {
  checkSettings(settings);
  const files = await openFiles(settings, outDir);
  const all = Object.values(files);
  try {
    await writeHouseholds(settings, files, onProgress);
    const written: WrittenFile[] = [];
    for (const file of all) written.push(await file.close());
    return summarise(written);
  } catch (error) {
    for (const file of all) file.abandon();
    throw error;
  }
}

type Files = Awaited<ReturnType<typeof openFiles>>;

async function openFiles({ seed, compress }: SynthSettings, outDir: string) {
  const gzip = compress === 'gz';
  const open = (path: string, header: string, options = {}) =>
    ExtractFile.open(outDir, path, header, options);
  const shuffle = (purpose: string) => new Random(seed, `shuffle ${purpose}`);
  return {
    gpPatients: await open('gp/patients.csv', GP_PATIENTS_HEADER),
    gpAddresses: await open('gp/addresses.csv', GP_ADDRESSES_HEADER),
    gpEvents: await open('gp/events.csv', GP_EVENTS_HEADER, { gzip }),
    episodes: await open('hospital/episodes.csv', EPISODES_HEADER, { gzip, shuffle: shuffle('episodes') }),
    communityPatients: await open('community/CYP001MPI.csv', COMMUNITY_PATIENTS_HEADER),
    referrals: await open('community/CYP101Referral.csv', REFERRALS_HEADER),
    contacts: await open('community/CYP201CareContact.csv', CONTACTS_HEADER, {
      gzip,
      shuffle: shuffle('contacts'),
    }),
    register: await open('opt-outs/register.csv', REGISTER_HEADER),
    truth: await open('truth/truth.csv', TRUTH_HEADER),
    persons: await open('truth/persons.csv', PERSONS_HEADER),
  };
}

async function writeHouseholds(
  { patients, seed, runDate, errors }: SynthSettings,
  files: Files,
  onProgress: ((patientsDone: number) => void) | undefined,
): Promise<void> {
  const runDay = parseDay(runDate);
  const places = new Places(patients, new Random(seed, 'places'));
  const { practices, trusts, communityProviders } = foundOrganisations(patients);
  const nhsNumbers = new NhsNumberSource(new Random(seed, 'nhs numbers'));
  const population = new Population({ patients, seed, runDay, errors }, places, nhsNumbers);
  const misrecorder = new Misrecorder(errors, places, runDay, new Random(seed, 'errors'));

  const { truth } = files;
  const gpFiles = { patients: files.gpPatients, addresses: files.gpAddresses, events: files.gpEvents, truth };
  const gp = new GpExtract(gpFiles, misrecorder, runDay, practices, new Random(seed, 'gp'));
  const hospitalFiles = { episodes: files.episodes, truth };
  const hospital = new HospitalExtract(
    hospitalFiles,
    misrecorder,
    runDay,
    trusts,
    new Random(seed, 'hospital'),
  );
  const { communityPatients, referrals, contacts } = files;
  const communityFiles = { patients: communityPatients, referrals, contacts, truth };
  const communityRandom = new Random(seed, 'community');
  const community = new CommunityExtract(
    communityFiles,
    misrecorder,
    runDay,
    communityProviders,
    communityRandom,
  );
  const register = new OptOutRegister(files.register, misrecorder, errors, new Random(seed, 'register'));
  const persons = new TruthPersons(files.persons);

  const all = Object.values(files);
  let done = 0;
  for (let household = population.next(); household !== undefined; household = population.next()) {
    const practice = gp.choosePractice(household);
    gp.write(household, practice);
    hospital.write(household, practice);
    community.write(household);
    for (const person of household.people) register.write(person);
    persons.write(household);
    for (const file of all) if (file.isFull) await file.flush();
    const stepsBefore = Math.floor(done / PROGRESS_STEP);
    done += household.people.length;
    if (done === patients || Math.floor(done / PROGRESS_STEP) > stepsBefore) onProgress?.(done);
  }
}

function summarise(files: readonly WrittenFile[]): SynthSummary {
  const isExtract = ({ path }: WrittenFile): boolean => /^(gp|hospital|community)\//.test(path);
  const rowsOf = (some: readonly WrittenFile[]): number => some.reduce((sum, { rows }) => sum + rows, 0);
  return {
    files,
    extractRows: rowsOf(files.filter(isExtract)),
    rows: rowsOf(files),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** @throws RangeError for settings out of range */
export function checkSettings({ patients, seed, runDate, errors }: SynthSettings): void {
  if (!Number.isInteger(patients) || patients < 1 || patients > NhsNumberSource.CAPACITY) {
    throw new RangeError(`patients must be a whole number from 1 to ${NhsNumberSource.CAPACITY}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError('seed must be a whole number');
  const runDay = parseDay(runDate);
  if (runDay < parseDay(EARLIEST_RUN_DATE) || runDay > parseDay(LATEST_RUN_DATE)) {
    throw new RangeError(`runDate must lie between ${EARLIEST_RUN_DATE} and ${LATEST_RUN_DATE}`);
  }
  checkErrorModel(errors);
}

import { join } from 'node:path';

/**
 * The floor's SQL, in the order it runs. Every choice is the fastest of those tried; README.md has the numbers.
 *
 * Each extract is read once. Identifiers and dates are typed as they are read; a person is a distinct NHS number; records
 * are joined to persons on the raw NHS number (through the source's own key where they carry no NHS number); every table is sorted
 * by person and date and written as one Parquet file.
 *
 * @param data directory of the extracts
 * @param out directory of the Parquet files
 * @param headerOf names of a CSV file's columns
 */
export function floorSteps(data: string, out: string, headerOf: (path: string) => string[]): string[] {
  const csv = (name: string): string => {
    const path = join(data, name);
    const columns = headerOf(path).map((column) => `${text(column)}: 'VARCHAR'`);
    return `read_csv(${text(path)}, columns = {${columns.join(', ')}}, auto_detect = false, header = true,
      delim = ',', quote = '"', escape = '"', encoding = 'utf-8')`;
  };
  const parquet = (table: string): string => text(join(out, `${table}.parquet`));
  const write = (table: string, select: string): string =>
    `COPY (${select}) TO ${parquet(table)} (FORMAT parquet)`;
  return [
    `CREATE TABLE gp_patients AS
     SELECT patient_id, ${nhsNumber('nhs_number')} AS nhs_number, gender AS sex,
            ${britishDate('date_of_birth')} AS date_of_birth, lsoa AS area, ethnic_category,
            ${britishDate('date_of_death')} AS date_of_death
     FROM ${csv('gp/patients.csv')}`,
    `CREATE TABLE community_patients AS
     SELECT LocalPatientID, ${nhsNumber('NHSNumber')} AS nhs_number, Gender AS sex,
            CAST(DateOfBirth AS DATE) AS date_of_birth, EthnicCategory AS ethnic_category,
            CAST(DateOfDeath AS DATE) AS date_of_death
     FROM ${csv('community/CYP001MPI.csv')}`,
    `CREATE TABLE episodes AS
     SELECT ${nhsNumber('NEWNHSNO')} AS nhs_number, SEX AS sex, ${britishDate('DOB')} AS date_of_birth,
            LSOA11 AS area, ETHNOS AS ethnic_category, PROCODE, ${britishDate('ADMIDATE')} AS ADMIDATE,
            ${britishDate('DISDATE')} AS DISDATE, ${britishDate('EPISTART')} AS EPISTART, ADMIMETH, DISMETH,
            CAST(EPIORDER AS BIGINT) AS EPIORDER, DIAG_01, DIAG_02, OPERTN_01
     FROM ${csv('hospital/episodes.csv')}`,
    PERSONS,
    `CREATE TABLE gp_keys AS SELECT patient_id, person FROM gp_patients JOIN persons USING (nhs_number)`,
    `CREATE TABLE community_keys AS
     SELECT LocalPatientID, person FROM community_patients JOIN persons USING (nhs_number)`,
    write(
      'gp_events',
      `SELECT person, ${britishDate('effective_date')} AS effective_date, snomed_concept_id,
              CAST(value AS DOUBLE) AS value, unit
       FROM ${csv('gp/events.csv')} JOIN gp_keys USING (patient_id)
       ORDER BY person, effective_date`,
    ),
    write(
      'hospital_episodes',
      `SELECT person, PROCODE, ADMIDATE, DISDATE, EPISTART, ADMIMETH, DISMETH, EPIORDER, DIAG_01, DIAG_02, OPERTN_01
       FROM episodes JOIN persons USING (nhs_number)
       ORDER BY person, EPISTART`,
    ),
    `CREATE TABLE referrals AS
     SELECT ServiceRequestID, person, CAST(ReferralRequest_ReceivedDate AS DATE) AS ReferralRequest_ReceivedDate,
            SourceOfReferral
     FROM ${csv('community/CYP101Referral.csv')} JOIN community_keys USING (LocalPatientID)`,
    write(
      'community_referrals',
      `SELECT person, ReferralRequest_ReceivedDate, SourceOfReferral FROM referrals
       ORDER BY person, ReferralRequest_ReceivedDate`,
    ),
    write(
      'community_contacts',
      `SELECT person, CAST(Contact_Date AS DATE) AS Contact_Date,
              CAST(CareContact_Duration AS BIGINT) AS CareContact_Duration, AttendanceStatus
       FROM ${csv('community/CYP201CareContact.csv')} JOIN referrals USING (ServiceRequestID)
       ORDER BY person, Contact_Date`,
    ),
    write('persons', personsWithDates(parquet)),
  ];
}

/**
 * The persons, with the values of the first source that has them (a source's records in no order), with a number in the
 * order of their NHS numbers.
 */
const PERSONS = `CREATE TABLE persons AS
WITH known AS (
  SELECT nhs_number, 0 AS source, sex, date_of_birth, area, ethnic_category, date_of_death, NULL::DATE AS seen
  FROM gp_patients
  UNION ALL
  SELECT nhs_number, 1, sex, date_of_birth, area, ethnic_category, NULL, EPISTART FROM episodes
  UNION ALL
  SELECT nhs_number, 2, sex, date_of_birth, NULL, ethnic_category, date_of_death, NULL FROM community_patients
), met AS (
  SELECT nhs_number, bit_or(1 << source) AS sources, min_by(sex, source) AS sex,
         min_by(date_of_birth, source) AS date_of_birth, min_by(area, source) AS area,
         min_by(ethnic_category, source) AS ethnic_category, min_by(date_of_death, source) AS date_of_death,
         min(seen) AS first_seen_hospital, max(seen) AS last_seen_hospital
  FROM known WHERE nhs_number IS NOT NULL GROUP BY nhs_number
)
SELECT CAST(row_number() OVER (ORDER BY nhs_number) AS INTEGER) AS person, nhs_number,
       CASE sources WHEN 1 THEN 'gp' WHEN 2 THEN 'hospital' WHEN 3 THEN 'gp+hospital' WHEN 4 THEN 'community'
         WHEN 5 THEN 'gp+community' WHEN 6 THEN 'hospital+community' ELSE 'gp+hospital+community' END AS settings,
       bit_count(sources) AS settings_met, sex, date_of_birth, area, ethnic_category, date_of_death,
       first_seen_hospital, last_seen_hospital
FROM met`;

/** Persons with the first and last day in each care setting, from two columns of the finished files. */
function personsWithDates(parquet: (table: string) => string): string {
  return `WITH gp AS (
  SELECT person, min(effective_date) AS first_seen_gp, max(effective_date) AS last_seen_gp
  FROM ${parquet('gp_events')} GROUP BY person
), community AS (
  SELECT person, min(day) AS first_seen_community, max(day) AS last_seen_community
  FROM (SELECT person, ReferralRequest_ReceivedDate AS day FROM ${parquet('community_referrals')}
        UNION ALL SELECT person, Contact_Date FROM ${parquet('community_contacts')})
  GROUP BY person
)
SELECT * FROM persons LEFT JOIN gp USING (person) LEFT JOIN community USING (person) ORDER BY person`;
}

/** Ten digits as a number: it joins and sorts faster than text. Some systems write it with blanks inside. */
function nhsNumber(column: string): string {
  return `TRY_CAST(replace(${column}, ' ', '') AS BIGINT)`;
}

function britishDate(column: string): string {
  return `CAST(strptime(${column}, '%d/%m/%Y') AS DATE)`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

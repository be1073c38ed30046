import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floorSteps } from './floor-sql.ts';

/* The floor must give the correct result: small extracts, and the expected tables. */

const EXTRACTS = {
  'gp/patients.csv': [
    'patient_id,nhs_number,surname,date_of_birth,gender,lsoa,ethnic_category,date_of_death',
    'g1,9000000009,"Smith, A",01/02/1950,F,E01,A,',
    'g2,9000000017,Jones,31/12/1999,M,E02,B,05/03/2026',
  ],
  'gp/events.csv': [
    'patient_id,effective_date,snomed_concept_id,value,unit,note',
    'g2,03/01/2026,111,,,"two\nlines"',
    'g1,02/02/2025,222,1.5,kg,',
    'g1,01/02/2025,333,,,',
  ],
  'hospital/episodes.csv': [
    'NEWNHSNO,DOB,SEX,ETHNOS,LSOA11,PROCODE,ADMIDATE,DISDATE,EPISTART,ADMIMETH,DISMETH,EPIORDER,DIAG_01,DIAG_02,OPERTN_01',
    '900 000 0009,01/02/1950,2,A,E09,R1,01/01/2024,02/01/2024,01/01/2024,11,1,1,F103,,Z274',
    ',01/02/1950,2,A,E09,R1,01/01/2024,02/01/2024,01/01/2024,11,1,1,F103,,Z274',
    '9000000025,02/02/1960,1,C,E03,R2,01/05/2024,,01/05/2024,21,,2,,,',
  ],
  'community/CYP001MPI.csv': [
    'LocalPatientID,NHSNumber,DateOfBirth,Gender,EthnicCategory,DateOfDeath',
    'c1,9000000017,1999-12-31,1,B,',
    'c2,,1970-01-01,1,B,',
  ],
  'community/CYP101Referral.csv': [
    'ServiceRequestID,LocalPatientID,ReferralRequest_ReceivedDate,SourceOfReferral',
    's1,c1,2024-06-14,18',
    's2,c2,2024-06-15,06',
  ],
  'community/CYP201CareContact.csv': [
    'CareContactID,ServiceRequestID,Contact_Date,Contact_Time,CareContact_Duration,AttendanceStatus',
    'k1,s1,2024-07-01,10:00:00,30,5',
    'k2,s2,2024-07-02,10:00:00,30,5',
  ],
};

const directory = mkdtempSync(join(tmpdir(), 'tallystick-floor-'));
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();

beforeAll(async () => {
  for (const [name, lines] of Object.entries(EXTRACTS)) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
  }
  const headerOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n')[0]!.split(',');
  for (const sql of floorSteps(directory, directory, headerOf)) await connection.run(sql);
});

afterAll(() => {
  connection.disconnectSync();
  instance.closeSync();
  rmSync(directory, { recursive: true });
});

async function rowsOf(table: string): Promise<string[]> {
  const reader = await connection.runAndReadAll(`FROM '${join(directory, table)}.parquet'`);
  return reader.getRowsJson().map((row) => row.map((cell) => cell ?? '-').join(' '));
}

describe('floorSteps', () => {
  it('writes every record of a person with an NHS number, typed, by person and date', async () => {
    expect(await rowsOf('gp_events')).toEqual([
      '1 2025-02-01 333 - -',
      '1 2025-02-02 222 1.5 kg',
      '2 2026-01-03 111 - -',
    ]);
    expect(await rowsOf('hospital_episodes')).toEqual([
      '1 R1 2024-01-01 2024-01-02 2024-01-01 11 1 1 F103 - Z274',
      '3 R2 2024-05-01 - 2024-05-01 21 - 2 - - -',
    ]);
    expect(await rowsOf('community_referrals')).toEqual(['2 2024-06-14 18']);
    expect(await rowsOf('community_contacts')).toEqual(['2 2024-07-01 30 5']);
  });

  it('writes one row for each person, with the values of the first source that has them', async () => {
    expect(await rowsOf('persons')).toEqual([
      '1 9000000009 gp+hospital 2 F 1950-02-01 E01 A - 2024-01-01 2024-01-01 2025-02-01 2025-02-02 - -',
      '2 9000000017 gp+community 2 M 1999-12-31 E02 B 2026-03-05 - - 2026-01-03 2026-01-03 2024-06-14 2024-07-01',
      '3 9000000025 hospital 1 1 1960-02-02 E03 C - 2024-05-01 2024-05-01 - - - -',
    ]);
  });
});

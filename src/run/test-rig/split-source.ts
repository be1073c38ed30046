/** A GP source of patients, visits and, by way of visits, measurements; opt-outs coded in the visits. */
export function splitPipeline(
  extra: { readonly quarantine?: string; readonly canaries?: string } = {},
): object {
  return {
    tallystick: 1,
    name: 'tiny',
    synthetic: true,
    keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
    sources: {
      surgery: {
        setting: 'gp',
        format: { date: '%d/%m/%Y' },
        quarantine: { max: extra.quarantine ?? '0%' },
        patients: {
          files: 'patients.csv',
          columns: {
            id: { role: 'patient-key' },
            nhs: { role: 'nhs-number' },
            surname: { role: 'name' },
            born: { role: 'date-of-birth' },
            sex: { role: 'sex' },
            postcode: { role: 'postcode' },
            home: { role: 'address' },
            phone: { role: 'contact' },
            lsoa: { role: 'area' },
          },
        },
        tables: {
          visits: {
            files: 'visits.csv',
            date: 'seen',
            columns: {
              id: { role: 'patient-key' },
              visit: { role: 'record-id' },
              seen: { role: 'date' },
              code: { role: 'code', system: 'snomed' },
              note: { role: 'free-text' },
            },
          },
          readings: {
            files: 'readings.csv',
            columns: {
              visit: { role: 'parent-key', references: 'visits' },
              value: { role: 'decimal' },
              unit: { role: 'category' },
            },
          },
        },
      },
    },
    optOuts: {
      register: { file: 'register.csv', asOf: '2026-04-01', allowEmpty: true },
      codes: { table: 'visits', column: 'code', date: 'seen' },
    },
    release: {
      agreement: 'tiny-001',
      tables: {
        persons: { sex: 'keep', age_band: { rule: 'age-band' }, area: 'keep', first_seen: 'month' },
        visits: { visit: 'keep', seen: 'keep', code: 'keep' },
        readings: { visit: 'keep', value: 'keep', unit: 'keep' },
      },
    },
    ...(extra.canaries === undefined ? {} : { canaries: extra.canaries }),
  };
}

export const PATIENTS_HEADER = 'id,nhs,surname,born,sex,postcode,home,phone,lsoa\n';
export const VISITS_HEADER = 'id,visit,seen,code,note\n';
export const READINGS_HEADER = 'visit,value,unit\n';

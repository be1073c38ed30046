/** A pipeline of one flat hospital source, in the shape of a pipeline file; parts can be replaced. */
export interface FlatSource {
  readonly files?: unknown;
  readonly format?: object;
  readonly quarantine?: string;
  readonly allowEmpty?: boolean;
  /** columns besides `nhs` */
  readonly columns?: Readonly<Record<string, object>>;
  /** rules by column; every given column is kept if absent */
  readonly release?: Readonly<Record<string, unknown>>;
  readonly date?: string;
  readonly canaries?: string;
  /** a sensitive-code file */
  readonly sensitiveCodes?: string;
}

/** Ten NHS numbers of the test range with the right check digit. */
export const NHS_NUMBERS = [
  '9990548609', '9990000018', '9434765919', '9876543210', '9449305552',
  '9000543664', '9000956406', '9000617017', '9000429321', '9000962382',
] as const; // biome-ignore format: a table

export function flatPipeline(source: FlatSource = {}): object {
  const columns = source.columns ?? { ward: { role: 'category' } };
  return {
    tallystick: 1,
    name: 'tiny',
    synthetic: true,
    keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
    sources: {
      acute: {
        setting: 'hospital',
        format: { date: '%d/%m/%Y', timestamp: '%Y-%m-%dT%H:%M:%S', ...source.format },
        quarantine: { max: source.quarantine ?? '0%' },
        tables: {
          stays: {
            files: source.files ?? 'stays.csv',
            ...(source.date === undefined ? {} : { date: source.date }),
            ...(source.allowEmpty === undefined ? {} : { allowEmpty: source.allowEmpty }),
            columns: { nhs: { role: 'nhs-number' }, ...columns },
          },
        },
      },
    },
    optOuts: { register: { file: 'register.csv', asOf: '2026-04-01', allowEmpty: true } },
    release: {
      agreement: 'tiny-001',
      ...(source.sensitiveCodes === undefined ? {} : { sensitiveCodes: source.sensitiveCodes }),
      tables: {
        stays: source.release ?? Object.fromEntries(Object.keys(columns).map((name) => [name, 'keep'])),
      },
    },
    ...(source.canaries === undefined ? {} : { canaries: source.canaries }),
  };
}

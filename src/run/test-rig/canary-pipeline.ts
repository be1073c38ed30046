import { flatPipeline } from './flat-source.ts';
import { splitPipeline } from './split-source.ts';

type Part = Record<string, unknown>;

export interface CanaryOptions {
  readonly quarantine?: string;
  readonly canaries?: string;
  readonly asOf?: string;
  /** more release rules for `stays` */
  readonly stays?: Part;
}

/** Both sources of the canary folder in one pipeline: GP patients, visits and readings; hospital stays. */
export function canaryPipeline(options: CanaryOptions = {}): object {
  const { quarantine = '0%', asOf = '2026-04-01' } = options;
  const gp = splitPipeline({ quarantine }) as Record<'sources' | 'optOuts' | 'release', Part>;
  const flat = flatPipeline({
    quarantine,
    date: 'seen',
    columns: {
      forename: { role: 'name' },
      localid: { role: 'local-patient-id', provider: 'provider' },
      provider: { role: 'organisation' },
      born: { role: 'date-of-birth' },
      sex: { role: 'sex' },
      postcode: { role: 'postcode' },
      home: { role: 'address' },
      ward: { role: 'category' },
      nights: { role: 'integer' },
      seen: { role: 'date' },
      note: { role: 'free-text' },
    },
  }) as typeof gp;
  return {
    ...flat,
    sources: { ...gp.sources, ...flat.sources },
    optOuts: { ...gp.optOuts, register: { file: 'register.csv', asOf } },
    link: { keepMap: true }, // what it leaves beside the run is searched like the run
    release: {
      agreement: 'tiny-001',
      tables: {
        ...(gp.release['tables'] as Part),
        stays: { provider: 'keep', ward: 'keep', nights: 'keep', seen: 'keep', ...options.stays },
      },
    },
    ...(options.canaries === undefined ? {} : { canaries: options.canaries }),
  };
}

import type { ExemptionBasis } from '../../domain/held-reason.ts';
import type { CareSetting } from '../../domain/role.ts';
import type { SizeBand } from '../../domain/size-band.ts';

/**
 * Everything that the page for patients is made from. There is no count in it, but bands of counts: so whatever a template does, the page
 * has none.
 */
export interface PublicFacts {
  /** who runs the service, as patients know it */
  readonly organisation: string;
  /** where a patient can ask */
  readonly contact: string;
  /** YYYY-MM-DD: the run date of the last release; null where there is none */
  readonly asOf: string | null;
  readonly sources: readonly { readonly setting: CareSetting; readonly description: string | null }[];
  /** the types of opt-out that act, by name */
  readonly respected: readonly string[];
  /** types declared by the pipeline file, in its words */
  readonly declared: readonly { readonly name: string; readonly description: string }[];
  readonly exempt: readonly {
    readonly type: string;
    readonly basis: ExemptionBasis;
    readonly because: string;
  }[];
  readonly waived: readonly { readonly what: string; readonly reason: string }[];
  readonly releases: readonly ReleasesToOne[];
}

/** All kept releases under one agreement to one recipient. */
export interface ReleasesToOne {
  readonly agreement: string;
  /** null where the manifests do not say */
  readonly recipient: string | null;
  /** YYYY-MM-DD: run dates of the first and the last */
  readonly from: string;
  readonly to: string;
  readonly releases: number;
  readonly tables: readonly { readonly table: string; readonly size: SizeBand }[];
}

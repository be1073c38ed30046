import type { Pipeline } from '../pipeline/pipeline.ts';
import type { CarriedFault } from '../program/carried-fault.ts';
import type { LogEvent } from '../program/run-settings.ts';
import type { KnownDigests } from '../store/store-files.ts';

/*
 * What passes between the linker's process and the provider's: settings one way, and the other way what is logged and shown,
 * then one last word. No cell's value and no key is in any of it.
 */

/** What the provider is to do: the first message, and the only one that it gets. */
export interface ProviderOrder {
  readonly pipeline: Pipeline;
  /** id of the release key, which must be another than the linkage key; the key itself is not known there */
  readonly releaseKeyId: string;
  /** an empty directory inside the private one, 0700 */
  readonly storeDirectory: string;
  readonly privateDirectory: string;
  readonly runDate: string;
  readonly threads: number;
  readonly memory: string;
}

/** A store that the provider has filled. */
export interface ProvidedStore {
  /** id of the key that signed it: what the linker trusts */
  readonly storeKeyId: string;
  /** what its files were when they were digested, so that nobody need digest them again */
  readonly digests: KnownDigests;
  /** of each stage */
  readonly seconds: Readonly<Record<string, number>>;
}

/** The messages of the provider. `done` or `failed` is the last one. */
export type ProviderMessage =
  | { readonly say: 'log'; readonly event: LogEvent }
  | { readonly say: 'begin'; readonly stage: string; readonly rowsExpected: number | null }
  | { readonly say: 'rows'; readonly rowsDone: number }
  | { readonly say: 'end' }
  | { readonly say: 'done'; readonly store: ProvidedStore }
  | { readonly say: 'failed'; readonly fault: CarriedFault };

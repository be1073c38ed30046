import { environment } from '../domain/problem.ts';
import type { StoreKey } from '../keys/store-key.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';

/** @throws TallystickError (exit 3) where the pipeline file pins the store key of another linkage key */
export function assertPinned({ keys }: Pick<Pipeline, 'keys'>, { id }: Pick<StoreKey, 'id'>): void {
  if (keys.storeKeyId === null || keys.storeKeyId === id) return;
  throw environment({
    file: keys.linkage,
    message: `this linkage key makes store key ${id}; the pipeline file pins ${keys.storeKeyId} (keys.linkage.storeKeyId)`,
    wayOut:
      'restore the right key file from its backup, or correct the path: nothing made with another key joins',
  });
}

import type { KeyIds } from '../../baseline/night.ts';
import { assertTwoKeys, type KeyPurpose, type KeyRing, openKeyFile } from '../../keys/key-ring.ts';
import { StoreKey } from '../../keys/store-key.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { assertPinned } from '../../provider/assert-pinned.ts';
import { attempt, type DeliveryFinding, ok } from './delivery-finding.ts';

/** The keys of a pipeline as far as they can be used. */
export interface CheckedKeys {
  readonly findings: readonly DeliveryFinding[];
  /** null where one of the keys cannot be used */
  readonly keyIds: KeyIds | null;
  /** open, and to be closed by the caller; null where it cannot be used */
  readonly linkage: KeyRing | null;
  readonly release: KeyRing | null;
}

/**
 * Whether each key would be taken: there, whole, closed to others, two different ones, and the one whose store key is pinned.
 *
 * @param keys paths; those that are absent are not reported
 */
export async function checkKeys(
  keys: Partial<Record<KeyPurpose, string>> & Partial<Pick<Pipeline['keys'], 'storeKeyId'>>,
): Promise<CheckedKeys> {
  const { linkage, release, storeKeyId = null } = keys;
  const findings: DeliveryFinding[] = [];
  const open = async (path: string | undefined, purpose: KeyPurpose): Promise<KeyRing | null> => {
    if (path === undefined) return null;
    const what = `${purpose} key`;
    const ring = await attempt(what, () => openKeyFile(path, purpose));
    findings.push('fault' in ring ? ring.fault : ok(what, `${path}, private, key id ${ring.value.keyId}`));
    return 'fault' in ring ? null : ring.value;
  };
  const linkageRing = await open(linkage, 'linkage');
  const storeKey = linkageRing === null ? null : new StoreKey(linkageRing);
  if (storeKey !== null) {
    const pinned = await attempt('store key', () =>
      assertPinned({ keys: { linkage: linkage!, release: release ?? '', storeKeyId } }, storeKey),
    );
    findings.push(
      'fault' in pinned
        ? pinned.fault
        : ok('store key', `derived from it, id ${storeKey.id}${storeKeyId === null ? '' : ', as pinned'}`),
    );
  }
  const releaseRing = await open(release, 'release');
  if (linkageRing === null || storeKey === null || releaseRing === null) {
    return { findings, keyIds: null, linkage: linkageRing, release: releaseRing };
  }
  const two = await attempt('release key', () =>
    assertTwoKeys(linkageRing.keyId, releaseRing.keyId, release!),
  );
  if ('fault' in two) findings.splice(-1, 1, two.fault);
  const keyIds = { linkage: linkageRing.keyId, release: releaseRing.keyId, store: storeKey.id };
  return { findings, keyIds, linkage: linkageRing, release: releaseRing };
}

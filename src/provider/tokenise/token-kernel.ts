import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { TupleText } from '../../domain/tuple.ts';
import { HmacKernel } from '../../kernel/hmac-kernel.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { type TokenKind, tokenInfo } from '../../keys/recipes.ts';

/** The text that is hashed: a standardised one where `domain/` has a rule for it. */
type CanonicalText<Kind extends TokenKind> = Kind extends 'nhs-number'
  ? NhsNumber
  : Kind extends 'sex|date-of-birth|postcode'
    ? TupleText
    : string;

/** The hash kernel with one loaded sub-key for each kind of token a run needs. */
export class TokenKernel {
  readonly kernel: HmacKernel;
  readonly #slots: ReadonlyMap<string, number>;

  /** @param ring gives each sub-key once; its bytes are overwritten as soon as it is loaded */
  constructor(ring: Pick<KeyRing, 'derive'>, kinds: readonly TokenKind[]) {
    const distinct = [...new Set(kinds)];
    this.kernel = new HmacKernel(distinct.length);
    for (const [slot, kind] of distinct.entries()) {
      const key = ring.derive(tokenInfo(kind));
      this.kernel.loadKey(slot, key);
      key.fill(0);
    }
    this.#slots = new Map(distinct.map((kind, slot) => [kind, slot]));
  }

  /** The key slot of a kind. */
  slot(kind: TokenKind): number {
    const slot = this.#slots.get(kind);
    if (slot === undefined) throw new RangeError(`no sub-key was loaded for ${kind}`);
    return slot;
  }

  /** One token, 16 bytes, of one canonical text. For lists; rows go through the batch path. */
  tokenOf<Kind extends TokenKind>(kind: Kind, canonical: CanonicalText<Kind>): Uint8Array {
    const token = new Uint8Array(16);
    this.kernel.hashOne(this.slot(kind), Buffer.from(canonical, 'utf8'), token);
    return token;
  }

  close(): void {
    this.kernel.close();
  }
}

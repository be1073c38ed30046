import { isExempt, type ReasonName, reasonNamed } from '../../domain/held-reason.ts';
import type { Pseudonym } from '../../domain/pseudonym.ts';
import { PseudonymSet } from '../../gates/pseudonym-set.ts';
import type { PairHasher } from '../../keys/pair-hasher.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readDecidedTokens } from '../../store/decided-tokens.ts';
import { ANY_SOURCE, readOptOutList } from '../../store/opt-out-list.ts';
import { type TokenText, tokenBytes } from '../../store/token-text.ts';
import type { OpenStores } from '../open-stores.ts';
import type { OptOutPseudonyms } from '../publish/gates.ts';
import { reasonIfNotAllowed } from './allow-list.ts';

/** Tokens that are hashed at once. */
const HASHED_AT_ONCE = 1024;

/**
 * The pseudonyms that must not be found in the files, straight from the tokens of the stores' lists and the release key. Whoever is listed for a
 * reason that the pipeline has not is in no file.
 */
export function optOutPseudonyms(
  pipeline: Pipeline,
  stores: OpenStores,
  hasher: PairHasher,
): OptOutPseudonyms {
  const sources = new Set(pipeline.sources.map(({ name }) => name));
  const { reasons, exempt } = pipeline.optOuts;
  const wholePersons = new Set<Pseudonym>();
  const gpRecords = new Set<Pseudonym>();
  const allowed = new Set<Pseudonym>();
  const pseudonymOf = (token: TokenText) => hasher.hashOne(tokenBytes(token)) as Pseudonym;
  for (const file of stores.optOutFiles) {
    for (const { kind, source, token } of readOptOutList(file, sources)) {
      if (source !== ANY_SOURCE) continue; // a token of a record without an NHS number is no person's pseudonym
      if (kind !== 'allowed' && isExempt(kind, exempt)) continue;
      const pseudonym = pseudonymOf(token);
      if (kind === 'allowed') allowed.add(pseudonym);
      else if (reasonNamed(reasons, kind)?.scope === 'gp-records') gpRecords.add(pseudonym);
      else wholePersons.add(pseudonym);
    }
  }
  const isAllowList =
    reasonIfNotAllowed(pipeline.optOuts) !== null && pipeline.optOuts.untied === 'hold-back';
  const [ofPersons, ofGpRecords] = [new PseudonymSet(wholePersons), new PseudonymSet(gpRecords)];
  for (const { kind, a, b } of stores.decidedFiles.flatMap(readDecidedTokens)) {
    if (isExempt(kind as ReasonName, exempt)) continue;
    const isOfGp = reasonNamed(reasons, kind)?.scope === 'gp-records';
    addPseudonyms(isOfGp ? ofGpRecords : ofPersons, a, b, hasher);
  }
  return {
    wholePersons: ofPersons,
    gpRecords: ofGpRecords,
    allowed: isAllowList ? new PseudonymSet(allowed) : null,
  };
}

/** Adds the pseudonyms of tokens, many at a time. */
function addPseudonyms(
  to: PseudonymSet,
  a: BigInt64Array<ArrayBuffer>,
  b: BigInt64Array<ArrayBuffer>,
  hasher: PairHasher,
): void {
  const bytesOf = (half: BigInt64Array<ArrayBuffer>, from: number, rows: number) =>
    new Uint8Array(
      half.buffer,
      half.byteOffset + from * half.BYTES_PER_ELEMENT,
      rows * half.BYTES_PER_ELEMENT,
    );
  to.reserve(a.length);
  for (let from = 0; from < a.length; from += HASHED_AT_ONCE) {
    const rows = Math.min(HASHED_AT_ONCE, a.length - from);
    const { first, second } = hasher.hashPairs(bytesOf(a, from, rows), bytesOf(b, from, rows), rows);
    to.addHashes(first, second, rows);
  }
}

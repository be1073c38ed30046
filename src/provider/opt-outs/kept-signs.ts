import type { NhsNumber } from '../../domain/nhs-number.ts';
import { TokenSet } from '../tokenise/token-set.ts';
import type { KeptEvents } from './read-kept-register.ts';

/** Whether somebody has an event in the kept register, which has tokens and no numbers. */
export interface KeptSigns {
  isAny(number: NhsNumber): boolean;
  isTypeOne(number: NhsNumber): boolean;
}

/** @param tokenOf the token of a number, valid until the next is asked for */
export function keptSigns(
  kept: KeptEvents | null,
  tokenOf: (number: NhsNumber) => Uint8Array,
): KeptSigns | null {
  if (kept === null) return null;
  let sets: { readonly any: TokenSet; readonly typeOne: TokenSet } | null = null;
  // most runs ask for nobody: their records are searched
  const made = () => {
    sets ??= setsOf(kept);
    return sets;
  };
  return {
    isAny: (number) => made().any.hasBytes(tokenOf(number)),
    isTypeOne: (number) => made().typeOne.hasBytes(tokenOf(number)),
  };
}

function setsOf({ events: { count, tokens, types, typeNames } }: KeptEvents) {
  const [any, typeOne] = [new TokenSet(count), new TokenSet()];
  const isTypeOne = typeNames.map((name) => name === 'type-1');
  for (let row = 0; row < count; row += 1) {
    const word = row * 4;
    const token = [tokens[word]!, tokens[word + 1]!, tokens[word + 2]!, tokens[word + 3]!] as const;
    any.add(...token);
    if (isTypeOne[types[row]!]) typeOne.add(...token);
  }
  return { any, typeOne };
}

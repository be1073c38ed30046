import { bug } from '../domain/problem.ts';

/**
 * Sixteen bytes before the first region of the kernel's memory and behind each one. WebAssembly knows the ends of
 * the memory only: without guards, a write past a region would change the next one without a word, and with it the tokens.
 * It is no text that a record holds and no number that a hash is likely to leave.
 */
const GUARD = new Int32Array(new TextEncoder().encode('tallystick guard').buffer);

/** Writes the guards at these addresses of a memory, seen as 32-bit words. */
export function setGuards(words: Int32Array, addresses: readonly number[]): void {
  for (const at of addresses) words.set(GUARD, at / 4);
}

/**
 * Refuses a memory in which something was written past a region. A guard is never set again, so whoever asks later is refused
 * too.
 *
 * @throws TallystickError with EXIT.bug, with the guard's address
 */
export function requireGuards(words: Int32Array, addresses: readonly number[]): void {
  for (let i = 0; i < addresses.length; i += 1) {
    const word = addresses[i]! / 4;
    if (
      words[word] !== GUARD[0] ||
      words[word + 1] !== GUARD[1] ||
      words[word + 2] !== GUARD[2] ||
      words[word + 3] !== GUARD[3]
    ) {
      throw bug(`hash kernel: something was written past a region, into the guard at byte ${addresses[i]}`);
    }
  }
}

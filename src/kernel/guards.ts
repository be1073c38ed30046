import { bug } from '../domain/problem.ts';

/**
 * Sixteen bytes before the first region of the kernel's memory and after each one. WebAssembly checks the ends of
 * the memory only: without guards, a write past a region would silently change the next one, and with it the tokens.
 * Their value is no text of a record and an unlikely result of a hash.
 */
const GUARD = new Int32Array(new TextEncoder().encode('tallystick guard').buffer);

/** Writes the guards at these addresses of a memory, seen as 32-bit words. */
export function setGuards(words: Int32Array, addresses: readonly number[]): void {
  for (const at of addresses) words.set(GUARD, at / 4);
}

/**
 * Refuses a memory in which there was a write past a region. A guard is never set again, so every later call is refused
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

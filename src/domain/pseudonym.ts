import type { Branded } from './branded.ts';

/** A pseudonym as text: 32 lower-case hexadecimal digits. A token is never one. */
export type Pseudonym = Branded<string, 'pseudonym'>;

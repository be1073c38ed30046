import type { Path } from './locate.ts';

/** Takes down one fault at a place in the file; `onKey` points at the key and not at its value. */
export type Complain = (path: Path, message: string, wayOut?: string, onKey?: boolean) => void;

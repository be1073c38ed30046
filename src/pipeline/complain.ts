import type { Path } from './locate.ts';

/** Reports one fault at a path of the file; with `onKey` the location is that of the key, not of its value. */
export type Complain = (path: Path, message: string, wayOut?: string, onKey?: boolean) => void;

import { TextScanner } from '../../kernel/text-scanner.ts';

/** Scanners that are not in use: each reading of a file needs one, and many files are only looked into. */
const idle: TextScanner[] = [];

/** A scanner, until it is returned. */
export function borrowScanner(): TextScanner {
  return idle.pop() ?? new TextScanner();
}

/** Clears a scanner, so that nothing of what it read is left in its memory. */
export function returnScanner(scanner: TextScanner): void {
  scanner.clear();
  idle.push(scanner);
}

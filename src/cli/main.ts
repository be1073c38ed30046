#!/usr/bin/env node
/*
 * SIGUSR1 opens Node's inspector, which asks for no password: whoever reaches its port reads keys and identifiers. A listener
 * takes the signal away from Node, in every thread. So it comes before everything else, which is imported afterwards: an
 * `import` line would be carried out first.
 */
process.on('SIGUSR1', () => undefined);
await import('./command-line.ts');

export {};

// What the binary exports; ../kernel-binary.ts says so in TypeScript.
export { compress } from './compress';
export { encode, mark } from './dictionary';
export { hashBatch } from './hash-batch';
export { countLineEnds, lineEndsFound, scan } from './scan';

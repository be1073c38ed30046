// The exports of the binary; ../kernel-binary.ts declares them in TypeScript.
export { compress } from './compress';
export { encode, mark } from './dictionary';
export { hashBatch } from './hash-batch';
export { countLineEnds, lineEndsFound, scan } from './scan';

// What the binary exports; ../kernel-binary.ts says so in TypeScript.
export { compress } from './compress';
export { hashBatch } from './hash-batch';
export { scan } from './scan';

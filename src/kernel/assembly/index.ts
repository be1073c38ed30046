// The exports of the binary; ../kernel-binary.ts declares them in TypeScript.
export { compress } from './compress';
export { hashBatch } from './hash-batch';
export { scan } from './scan';

// The exports of the binary; ../kernel-binary.ts declares them in TypeScript.
export { compress } from './compress';
export { readDates } from './dates';
export { encode, mark } from './dictionary';
export { hashBatch } from './hash-batch';
export { readNhsNumbers } from './nhs-numbers';
export { readDecimals, readIntegers } from './numbers';
export { readPostcodes } from './postcodes';
export { countLineEnds, lineEndsFound, scan } from './scan';
export { readTexts } from './texts';

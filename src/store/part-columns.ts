/** What a part of a token store holds. The types belong to the form of the file, which is defined in `write/`. */
export type { PartChunk, PartColumn, PartType, PartValues } from '../write/parts/part-columns.ts';

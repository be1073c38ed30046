import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** RFC 8878, sections 3.1.1 and 3.1.2; both numbers little-endian, skippable frames by their upper 28 bits. */
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** magic (4), descriptor (1), window (1), dictionary id (4), content size (8) */
const LONGEST_HEADER = 18;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

/** A frame of a file: of data, or one that is to be skipped. */
export interface ZstdFrame {
  /** position of its first byte in the file */
  readonly start: number;
  /** position behind its last byte */
  readonly end: number;
  readonly isSkippable: boolean;
  /** the low 32 bits of the XXH64 of its text; null where it has none */
  readonly checksum: number | null;
}

/**
 * The frames of a file, in order; null if it is not whole zstd frames from start to end, or is empty. Nothing is decompressed: it
 * goes from block header to block header, some 8,000 of them a gigabyte. `fzstd` takes a file that lacks its last blocks for whole.
 */
export function zstdFrames(path: string): ZstdFrame[] | null {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(LONGEST_HEADER);
    const read = (offset: number) =>
      bytes.subarray(0, readSync(descriptor, bytes, 0, LONGEST_HEADER, offset));
    const frames: ZstdFrame[] = [];
    for (let offset = 0; offset < size; ) {
      const frame = frameAt(read, offset, size);
      if (frame === null) return null;
      frames.push(frame);
      offset = frame.end;
    }
    return frames.length > 0 ? frames : null;
  } finally {
    closeSync(descriptor);
  }
}

/** The frame that begins at `start`; null if that is not a frame, or it is not all there. */
function frameAt(read: (offset: number) => Buffer, start: number, size: number): ZstdFrame | null {
  const header = read(start);
  if (header.length < 6) return null;
  const magic = header.readUInt32LE(0);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
    if (header.length < 8) return null;
    const end = start + 8 + header.readUInt32LE(4);
    return end <= size ? { start, end, isSkippable: true, checksum: null } : null;
  }
  if (magic !== FRAME_MAGIC) return null;
  const descriptor = header[4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const sizeFlag = descriptor >> 6;
  const contentSize = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
  let offset = start + 5 + (isSingleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[descriptor & 3]! + contentSize;
  for (let isLast = false; !isLast; ) {
    const block = read(offset);
    if (offset > size || block.length < 3) return null;
    const word = block.readUIntLE(0, 3);
    isLast = (word & 1) !== 0;
    const isRepeated = ((word >> 1) & 3) === 1;
    offset += 3 + (isRepeated ? 1 : word >> 3);
  }
  const end = offset + (hasChecksum ? 4 : 0);
  if (end > size) return null;
  return { start, end, isSkippable: false, checksum: hasChecksum ? read(offset).readUInt32LE(0) : null };
}

/**
 * Memory for a batch of columns that is used again for the next batch: of new memory for each, the garbage collector would have to find
 * hundreds of mebibytes a second, and lets some 64 MiB a thread pass before it looks.
 */
export class BatchMemory {
  readonly #buffers = new Map<string, ArrayBuffer>();

  /** So many bytes for a part of a column; whatever was in them is overwritten by the caller, and means nothing. */
  take(part: string, bytes: number): Uint8Array<ArrayBuffer> {
    let buffer = this.#buffers.get(part);
    if (buffer === undefined || buffer.byteLength < bytes) {
      buffer = new ArrayBuffer(bytes);
      this.#buffers.set(part, buffer);
    }
    return new Uint8Array(buffer, 0, bytes);
  }
}

/**
 * Buffers that were used and overwritten, for the next caller that needs one: of new ones, the garbage collector would have to find hundreds of mebibytes
 * a second.
 */
export class SpareBuffers {
  readonly #buffers: ArrayBuffer[] = [];

  /** So many bytes of a buffer, which may have more: of a used one if there is one that is large enough. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const index = this.#buffers.findIndex(({ byteLength }) => byteLength >= length);
    if (index < 0) return new Uint8Array(length);
    const [buffer] = this.#buffers.splice(index, 1);
    return new Uint8Array(buffer!, 0, length);
  }

  /** Overwrites the bytes, which must not be used any more, and keeps their buffer. */
  giveBack(bytes: Uint8Array<ArrayBuffer>): void {
    bytes.fill(0);
    this.#buffers.push(bytes.buffer);
  }
}

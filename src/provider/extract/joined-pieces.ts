/**
 * Puts what is left of a text in front of its next piece, in two buffers that take turns: a new one for each piece would be a gibibyte a second for the
 * garbage collector to find. What was joined is valid until the join behind the next.
 */
export class JoinedPieces {
  #last: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #next: Buffer<ArrayBuffer> = Buffer.alloc(0);

  /** @param rest may be in what was joined last */
  join(rest: Uint8Array, piece: Uint8Array): Buffer {
    const length = rest.length + piece.length;
    // twice the room: a record that goes on and on makes each join longer
    const buffer = this.#next.length < length ? Buffer.allocUnsafeSlow(2 * length) : this.#next;
    buffer.set(rest);
    buffer.set(piece, rest.length);
    this.#next = this.#last;
    this.#last = buffer;
    return buffer.subarray(0, length);
  }
}

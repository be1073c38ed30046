/**
 * A table of a flatbuffer, in which Arrow keeps its metadata. A table begins with the distance back to its vtable; the vtable is the
 * number of its bytes, the number of bytes of the table, and for each field its distance from the table's beginning, 0 where it has the default.
 *
 * The library reads zeros behind the end of the bytes, and a damaged length then keeps it busy for hours. Here every access is inside the
 * bytes, or a RangeError, and a list is as long as the bytes allow.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  /** The table that a flatbuffer is. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  byte(field: number, otherwise: number): number {
    const at = this.#place(field);
    return at === null ? otherwise : this.#view.getUint8(at);
  }

  flag(field: number): boolean {
    return this.byte(field, 0) !== 0;
  }

  short(field: number, otherwise: number): number {
    const at = this.#place(field);
    return at === null ? otherwise : this.#view.getInt16(at, true);
  }

  int(field: number, otherwise: number): number {
    const at = this.#place(field);
    return at === null ? otherwise : this.#view.getInt32(at, true);
  }

  /** @throws RangeError where it is no whole number that a double holds */
  long(field: number): number {
    const at = this.#place(field);
    return at === null ? 0 : this.#longAt(at);
  }

  text(field: number): string | null {
    const at = this.#place(field);
    if (at === null) return null;
    const begin = this.#follow(at);
    const bytes = this.#view.getUint32(begin, true);
    // the constructor refuses bytes beyond the end
    const text = new Uint8Array(
      this.#view.buffer,
      this.#view.byteOffset + begin + 4,
      this.#within(begin + 4, bytes),
    );
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  }

  table(field: number): FlatTable | null {
    const at = this.#place(field);
    return at === null ? null : new FlatTable(this.#view, this.#follow(at));
  }

  tables(field: number): FlatTable[] {
    return this.#list(field, 4).map((at) => new FlatTable(this.#view, this.#follow(at)));
  }

  /**
   * A list of structs, of whose 8-byte whole numbers each is read.
   *
   * @param longs how many there are in a struct
   */
  structs(field: number, longs: number): number[][] {
    return this.#list(field, 8 * longs).map((at) =>
      Array.from({ length: longs }, (_, one) => this.#longAt(at + 8 * one)),
    );
  }

  /** Where a field is; null where it has the default. */
  #place(field: number): number | null {
    const vtable = this.#at - this.#view.getInt32(this.#at, true);
    const slot = 4 + 2 * field;
    if (slot >= this.#view.getUint16(vtable, true)) return null;
    const distance = this.#view.getUint16(vtable + slot, true);
    return distance === 0 ? null : this.#at + distance;
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  #list(field: number, bytes: number): number[] {
    const at = this.#place(field);
    if (at === null) return [];
    const begin = this.#follow(at);
    const length = this.#view.getUint32(begin, true);
    this.#within(begin + 4, length * bytes);
    return Array.from({ length }, (_, one) => begin + 4 + one * bytes);
  }

  #within(from: number, bytes: number): number {
    if (from + bytes > this.#view.byteLength) throw new RangeError('a list is longer than the metadata');
    return bytes;
  }

  #longAt(at: number): number {
    const value = Number(this.#view.getBigInt64(at, true));
    if (!Number.isSafeInteger(value)) throw new RangeError('a number is too large');
    return value;
  }
}

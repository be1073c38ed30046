import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';

/** A byte pattern that must not be found, and what it is a form of. */
interface Pattern {
  readonly bytes: Buffer;
  readonly about: string;
}

/** Where a canary was found. */
export interface Found {
  readonly where: string;
  readonly about: string;
}

/** Searches bytes for many canaries at once, each in every form in which it might be written. */
export class ByteSearch {
  /** patterns by their first four bytes */
  readonly #byStart = new Map<number, Pattern[]>();
  /** a bit for each pair of first bytes that any pattern has: turns nearly all places away */
  readonly #sieve = new Uint8Array(65_536 / 8);
  looked = 0;

  /**
   * @param texts names, addresses, postcodes, keys: as utf-8, utf-16 and latin-1, as written and in one case
   * @param nhsNumbers ten digits: also 3-3-4, as hexadecimal and base64 of the digits, and as whole numbers in binary
   */
  constructor(texts: readonly string[], nhsNumbers: readonly string[]) {
    for (const text of texts) this.#addText(text, text);
    for (const digits of nhsNumbers) {
      this.#addText(digits, digits);
      const parts = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
      for (const joint of [' ', '-']) this.#addText(parts.join(joint), digits);
      const hex = Buffer.from(digits).toString('hex');
      this.#add(Buffer.from(hex), `${digits} as hexadecimal`);
      for (const lead of [0, 1, 2]) {
        // base64 of the digits at each of its three offsets, without the ends that the neighbours decide
        const encoded = Buffer.from('\0'.repeat(lead) + digits)
          .toString('base64')
          .replace(/=+$/, '');
        this.#add(Buffer.from(encoded.slice(lead === 0 ? 0 : lead + 1, -1)), `${digits} as base64`);
      }
      const long = Buffer.alloc(8);
      long.writeBigInt64LE(BigInt(digits));
      this.#add(long, `${digits} as 64 bits`);
      const double = Buffer.alloc(8);
      double.writeDoubleLE(Number(digits));
      this.#add(double, `${digits} as a double`);
      if (Number(digits) < 2 ** 32) {
        const int = Buffer.alloc(4);
        int.writeUInt32LE(Number(digits));
        this.#add(int, `${digits} as 32 bits`);
      }
    }
  }

  #addText(text: string, about: string): void {
    for (const form of new Set([text, text.toUpperCase(), text.toLowerCase()])) {
      this.#add(Buffer.from(form, 'utf8'), about);
      this.#add(Buffer.from(form, 'utf16le'), `${about} as utf-16`);
      this.#add(Buffer.from(form, 'latin1'), `${about} as latin-1`);
    }
  }

  #add(bytes: Buffer, about: string): void {
    if (bytes.length < 4) throw new RangeError(`${about} is too short to look for`);
    const start = bytes.readUInt32LE(0);
    const same = this.#byStart.get(start) ?? [];
    if (same.some((one) => one.bytes.equals(bytes))) return;
    this.#byStart.set(start, [...same, { bytes, about }]);
    const pair = start & 0xffff;
    this.#sieve[pair >> 3]! |= 1 << (pair & 7);
  }

  /** Every pattern in some bytes, each once. */
  bytes(where: string, content: Uint8Array): Found[] {
    const found = new Map<string, Found>();
    const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    this.looked += buffer.length;
    for (let index = 0; index + 4 <= buffer.length; index += 1) {
      const pair = buffer[index]! | (buffer[index + 1]! << 8);
      if ((this.#sieve[pair >> 3]! & (1 << (pair & 7))) === 0) continue;
      for (const { bytes, about } of this.#byStart.get(buffer.readUInt32LE(index)) ?? []) {
        if (buffer.subarray(index, index + bytes.length).equals(bytes)) found.set(about, { where, about });
      }
    }
    return [...found.values()];
  }

  text(where: string, content: string): Found[] {
    return this.bytes(where, Buffer.from(content, 'utf8'));
  }

  /** An error as anything might print it: its message, stack and causes, its own fields, and its JSON. */
  error(where: string, fault: unknown): Found[] {
    const texts = [inspect(fault, { depth: Infinity, showHidden: true }), JSON.stringify(fault) ?? ''];
    for (let one = fault; one instanceof Error; one = one.cause)
      texts.push(one.message, one.stack ?? '', String(one));
    return texts.flatMap((text) => this.text(where, text));
  }

  /** Every file under a folder, its name too; what vanishes meanwhile is passed over. */
  folder(path: string): Found[] {
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
      const file = join(path, name);
      const stat = statSync(file, { throwIfNoEntry: false });
      const inName = this.text(`the name of ${file}`, name);
      if (stat === undefined || !stat.isFile()) return inName;
      try {
        return [...inName, ...this.bytes(file, readFileSync(file))];
      } catch {
        return inName;
      }
    });
  }
}

import { DamagedPart } from './part-layout.ts';

/**
 * The texts of a dictionary.
 *
 * @param offsets where each text begins, and behind them where the last ends
 * @param bytes the texts in UTF-8, one behind the other
 * @throws DamagedPart where they cannot be read, or two are equal
 */
export function readTexts(offsets: Int32Array, bytes: Uint8Array): readonly string[] {
  const size = offsets.length - 1;
  if (offsets[0] !== 0) throw damaged();
  for (let at = 0; at < size; at++) {
    const end = offsets[at + 1]!;
    // a byte 10xxxxxx is inside a character
    if (end < offsets[at]! || end > bytes.length || (end < bytes.length && (bytes[end]! & 0xc0) === 0x80)) {
      throw damaged();
    }
  }
  const whole = decode(bytes.subarray(0, offsets[size]));
  const texts: string[] = new Array(size);
  if (whole.length === offsets[size]) {
    // every character is one byte and one unit of the text
    for (let at = 0; at < size; at++) texts[at] = whole.slice(offsets[at], offsets[at + 1]);
  } else {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < size; at++) texts[at] = buffer.toString('utf8', offsets[at], offsets[at + 1]);
  }
  if (new Set(texts).size < size) throw new DamagedPart('has a dictionary with a text twice');
  return texts;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged();
  }
}

function damaged(): DamagedPart {
  return new DamagedPart('has a dictionary that cannot be read');
}

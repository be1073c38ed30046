import type { Postcode } from '../../domain/postcode.ts';
import type { HmacKernel } from '../../kernel/hmac-kernel.ts';
import { MAX_MESSAGE_BYTES, SLOT_BYTES } from '../../kernel/hmac-kernel.ts';
import {
  INLINE_TEXT_BYTES,
  readInt64,
  viewSlots,
  writeBar,
  writeDigit,
  writeDigits2,
  writeDigits4,
  writeDigits10,
  writeInlineText,
  writeIsoDate,
} from '../../kernel/slots-text.ts';
import type { ComparedField } from '../../store/token-plan.ts';
import { type Demographics, TEXT_WORDS, type TextColumn, type TupleParts } from '../extract/row-vector.ts';

/** True of a row with a valid NHS number. */
export function hasNhsNumber({ nhs }: Demographics, row: number): boolean {
  return nhs[row * 2] !== 0 || nhs[row * 2 + 1] !== 0;
}

/** True of a row with sex, birth date and postcode all valid. */
export function isWhole({ birthDate, sex, postcode }: TupleParts, row: number): boolean {
  return birthDate[row] !== 0 && sex[row] !== 0 && postcode[row * 4] !== 0;
}

/**
 * Writes canonical texts (README.md) of chosen rows into the kernel's slots and hashes them: slot i holds row
 * `rows[i]`. A text too long for a slot is hashed by itself, and its result put where the batch would have put it.
 */
export class RowTexts {
  readonly #kernel: HmacKernel;
  readonly #view: DataView<ArrayBuffer>;
  readonly #long: { slot: number; message: Uint8Array }[] = [];
  readonly #token = new Uint8Array(16);

  constructor(kernel: HmacKernel) {
    this.#kernel = kernel;
    this.#view = viewSlots(kernel.slots);
  }

  /** NHS number: ten digits. */
  nhsNumbers(keySlot: number, demographics: Demographics, rows: Uint16Array, count: number): void {
    for (let i = 0; i < count; i += 1) {
      writeDigits10(this.#view, i * SLOT_BYTES, readInt64(demographics.nhs, rows[i]!));
      this.#kernel.lengths[i] = 10;
    }
    this.#kernel.hash(keySlot, count);
  }

  /** `nhs|part`, of rows that have both: what is bound to an NHS number can be compared under that number only. */
  boundToNhsNumber(
    keySlot: number,
    part: ComparedField,
    { nhs, sex, birthDate, postcode }: Demographics,
    rows: Uint16Array,
    count: number,
  ): void {
    const view = this.#view;
    for (let i = 0; i < count; i += 1) {
      const start = i * SLOT_BYTES;
      const row = rows[i]!;
      writeDigits10(view, start, readInt64(nhs, row));
      writeBar(view, start + 10);
      this.#kernel.lengths[i] = 11 + writePart(view, start + 11, part, row, sex, birthDate, postcode);
    }
    this.#kernel.hash(keySlot, count);
  }

  /** `sex|YYYY-MM-DD|postcode`, of rows that have all three. */
  sexBirthDatePostcodes(
    keySlot: number,
    { sex, birthDate, postcode }: Demographics,
    rows: Uint16Array,
    count: number,
  ): void {
    const view = this.#view;
    for (let i = 0; i < count; i += 1) {
      const start = i * SLOT_BYTES;
      const row = rows[i]!;
      writeDigit(view, start, sex[row]!);
      writeBar(view, start + 1);
      writeIsoDate(view, start + 2, birthDate[row]!);
      writeBar(view, start + 12);
      this.#kernel.lengths[i] = 13 + writeInlineText(view, start + 13, postcode, row);
    }
    this.#kernel.hash(keySlot, count);
  }

  /** `nhs|YYYY-MM-DD|sex|postcode`, a part that is missing left empty. */
  demographics(
    keySlot: number,
    { nhs, birthDate, sex, postcode }: Demographics,
    rows: Uint16Array,
    count: number,
  ): void {
    const view = this.#view;
    for (let i = 0; i < count; i += 1) {
      const row = rows[i]!;
      const start = i * SLOT_BYTES;
      let offset = start;
      const number = readInt64(nhs, row);
      if (number !== 0) {
        writeDigits10(view, offset, number);
        offset += 10;
      }
      writeBar(view, offset);
      offset += 1;
      if (birthDate[row] !== 0) {
        writeIsoDate(view, offset, birthDate[row]!);
        offset += 10;
      }
      writeBar(view, offset);
      offset += 1;
      if (sex[row] !== 0) {
        writeDigit(view, offset, sex[row]!);
        offset += 1;
      }
      writeBar(view, offset);
      offset += 1;
      offset += writeInlineText(view, offset, postcode, row);
      this.#kernel.lengths[i] = offset - start;
    }
    this.#kernel.hash(keySlot, count);
  }

  /** A key unchanged, or two joined by `|` (provider and local id). */
  keys(keySlot: number, texts: readonly TextColumn[], rows: Uint16Array, count: number): void {
    for (let i = 0; i < count; i += 1) {
      const row = rows[i]!;
      const start = i * SLOT_BYTES;
      let offset = start;
      let fits = true;
      for (let part = 0; part < texts.length; part += 1) {
        if (part > 0) {
          writeBar(this.#view, offset);
          offset += 1;
        }
        const room = MAX_MESSAGE_BYTES - (offset - start);
        const written = this.#writeText(offset, room, texts[part]!, row);
        if (written < 0) {
          fits = false;
          break;
        }
        offset += written;
      }
      if (!fits) {
        this.#long.push({ slot: i, message: joinTexts(texts, row) });
        offset = start;
      }
      this.#kernel.lengths[i] = offset - start;
    }
    this.#kernel.hash(keySlot, count);
    for (const { slot, message } of this.#long) {
      this.#kernel.hashOne(keySlot, message, this.#token);
      const token = new DataView(this.#token.buffer);
      this.#kernel.first[slot] = token.getBigInt64(0, true);
      this.#kernel.second[slot] = token.getBigInt64(8, true);
    }
    this.#long.length = 0;
  }

  /** Writes one text and returns its length, or -1 if it does not fit. */
  #writeText(offset: number, room: number, text: TextColumn, row: number): number {
    const length = text.words[row * TEXT_WORDS]!;
    if (length > room || room < INLINE_TEXT_BYTES) return -1; // an inline write is always twelve bytes wide
    if (length <= INLINE_TEXT_BYTES) return writeInlineText(this.#view, offset, text.words, row);
    this.#kernel.slots.set(text.longText(row), offset);
    return length;
  }
}

/** Writes one part of a person and returns its length: sex, YYYY, two digits of month or day, or the postcode. */
function writePart(
  view: DataView,
  offset: number,
  part: ComparedField,
  row: number,
  sex: Int8Array,
  birthDate: Int32Array,
  postcode: Uint32Array,
): number {
  const date = birthDate[row]!;
  switch (part) {
    case 'sex':
      writeDigit(view, offset, sex[row]!);
      return 1;
    case 'year':
      writeDigits4(view, offset, (date / 10_000) | 0);
      return 4;
    case 'month':
      writeDigits2(view, offset, ((date / 100) | 0) % 100);
      return 2;
    case 'day':
      writeDigits2(view, offset, date % 100);
      return 2;
    default:
      return writeInlineText(view, offset, postcode, row);
  }
}

/** The postcode of a row. Makes a string: for rows that have been singled out already. */
export function postcodeOf({ postcode }: TupleParts, row: number): Postcode {
  return Buffer.from(inlineText(postcode, row)).toString('utf8') as Postcode;
}

function inlineText(words: Uint32Array, row: number): Uint8Array {
  const word = row * TEXT_WORDS;
  return new Uint8Array(words.buffer, words.byteOffset + word * 4 + 4, words[word]!);
}

function joinTexts(texts: readonly TextColumn[], row: number): Uint8Array {
  const parts = texts.map((text) =>
    text.words[row * TEXT_WORDS]! > INLINE_TEXT_BYTES ? text.longText(row) : inlineText(text.words, row),
  );
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from('|'), part])));
}

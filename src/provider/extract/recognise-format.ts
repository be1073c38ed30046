import { type Problem, refused } from '../../domain/problem.ts';
import type { FileFormat } from '../../pipeline/file-format.ts';
import type { InputFile } from './find-files.ts';
import { openText } from './open-text.ts';

/** What is looked at in each file: past the bytes in which a tar archive says what it is. */
const HEAD_BYTES = 4096;
const TAR_MARK_AT = 257;

interface Signature {
  readonly is: string;
  readonly matches: (head: Buffer) => boolean;
  readonly wayOut: string;
}

const starts =
  (...beginnings: readonly string[]) =>
  (head: Buffer) =>
    beginnings.some((one) => head.subarray(0, one.length).equals(Buffer.from(one, 'latin1')));
const begins = (pattern: RegExp) => (head: Buffer) =>
  pattern.test(head.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, ''));
const isZip = starts('PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08');

/** Level, then the mark of a block or, of an empty file, of the end. */
const BZIP2 = [...'123456789'].flatMap((level) => [`BZh${level}1AY&SY`, `BZh${level}\x17rE8P\x90`]);
const UNPACK = 'unpack it first, or have the files delivered plain, as .gz or as .zst';
const AS_TEXT = 'have it exported as delimited text (CSV)';
const CONVERT = 'convert it to delimited text (CSV), and back to the sender if that was agreed';
const ERROR_PAGE = 'this may be the error page of a download: fetch the file again';

/** Formats that are delivered in place of delimited text, the closer description first. */
const SIGNATURES: readonly Signature[] = [
  {
    is: 'an XLSX or ODS spreadsheet',
    matches: (head) =>
      isZip(head) && /\[Content_Types\]\.xml|xl\/|opendocument/.test(head.toString('latin1')),
    wayOut: AS_TEXT,
  },
  { is: 'a zip archive', matches: isZip, wayOut: UNPACK },
  { is: 'a 7z archive', matches: starts('7z\xbc\xaf\x27\x1c'), wayOut: UNPACK },
  { is: 'a RAR archive', matches: starts('Rar!\x1a\x07'), wayOut: UNPACK },
  {
    is: 'a tar archive',
    matches: (head) => head.subarray(TAR_MARK_AT, TAR_MARK_AT + 5).toString('latin1') === 'ustar',
    wayOut: UNPACK,
  },
  { is: 'xz-compressed', matches: starts('\xfd7zXZ\0'), wayOut: UNPACK },
  { is: 'bzip2-compressed', matches: starts(...BZIP2), wayOut: UNPACK },
  { is: 'lz4-compressed', matches: starts('\x04\x22\x4d\x18'), wayOut: UNPACK },
  { is: 'compressed by `compress`', matches: starts('\x1f\x9d'), wayOut: UNPACK },
  { is: 'gzip-compressed', matches: starts('\x1f\x8b'), wayOut: 'let its name end in .gz' },
  { is: 'zstd-compressed', matches: starts('\x28\xb5\x2f\xfd'), wayOut: 'let its name end in .zst' },
  {
    is: 'encrypted (PGP)',
    matches: begins(/^\s*-----BEGIN PGP /),
    wayOut: 'decrypt it first',
  },
  { is: 'a PDF document', matches: starts('%PDF-'), wayOut: AS_TEXT },
  { is: 'an XLS or DOC file', matches: starts('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), wayOut: AS_TEXT },
  { is: 'a Parquet file', matches: starts('PAR1\x15'), wayOut: CONVERT },
  { is: 'an Arrow file', matches: starts('ARROW1\0\0', '\xff\xff\xff\xff'), wayOut: CONVERT },
  { is: 'an ORC file', matches: starts('ORC\x11'), wayOut: CONVERT },
  { is: 'an Avro file', matches: starts('Obj\x01'), wayOut: CONVERT },
  { is: 'an SQLite database', matches: starts('SQLite format 3\0'), wayOut: AS_TEXT },
  { is: 'an HTML page', matches: begins(/^\s*<(?:!doctype\s+html|html)\b/i), wayOut: ERROR_PAGE },
  { is: 'an XML file', matches: begins(/^\s*<\?xml\b/), wayOut: ERROR_PAGE },
  { is: 'JSON', matches: begins(/^\s*(?:\{\s*"[^"]*"\s*:|\[\s*[{[])/), wayOut: CONVERT },
];

/** Formats that a compressed file is, before it is unpacked. */
const OWN_SIGNATURE = { gzip: 'gzip-compressed', zstd: 'zstd-compressed' } as const;

/**
 * Refuses a file that is something else than delimited text, or text of another encoding, by its first bytes: what it is
 * instead is more to the point than that no column has its name.
 *
 * @throws TallystickError (exit 1)
 */
export async function refuseOtherFormats(file: InputFile, { encoding }: FileFormat): Promise<void> {
  const { shownAs, compression } = file;
  if (compression !== 'none') {
    const packed = packedProblem(await headOf({ ...file, compression: 'none' }), shownAs, compression);
    if (packed !== null) throw refused(packed);
  }
  const head = await headOf(file);
  const found = SIGNATURES.find(({ matches }) => matches(head));
  if (found !== undefined) {
    const inside = compression === 'none' ? '' : ' inside';
    throw refused({ file: shownAs, message: `is ${found.is}${inside}`, wayOut: found.wayOut });
  }
  const other = otherEncoding(head, encoding);
  if (other === null) return;
  throw refused(otherEncodingProblem(shownAs, other, encoding));
}

function otherEncodingProblem(shownAs: string, is: string, declared: FileFormat['encoding']): Problem {
  return {
    file: shownAs,
    message: `is ${is}, and ${declared} is declared`,
    wayOut: 'declare the encoding it has: utf-8, windows-1252, latin-1 or utf-16',
  };
}

/**
 * The same for a list, which is small and plain: its bytes are at hand. A list whose layout is not declared is in UTF-8.
 *
 * @throws TallystickError (exit 1)
 */
export function refuseOtherFormatsOfList(
  bytes: Buffer,
  shownAs: string,
  declared: FileFormat['encoding'] | null = null,
): void {
  const head = bytes.subarray(0, HEAD_BYTES);
  const found = SIGNATURES.find(({ matches }) => matches(head));
  if (found !== undefined) {
    const isPacked = Object.values(OWN_SIGNATURE).some((own) => own === found.is);
    const wayOut = isPacked ? 'unpack it first: a list is read as it is' : found.wayOut;
    throw refused({ file: shownAs, message: `is ${found.is}`, wayOut });
  }
  const other = otherEncoding(head, declared ?? 'utf-8');
  if (other === null) return;
  if (declared !== null) throw refused(otherEncodingProblem(shownAs, other, declared));
  throw refused({
    file: shownAs,
    message: `is ${other}, and a list is in utf-8`,
    wayOut: 'save it as text in UTF-8',
  });
}

/** What is wrong with a file that its name says is compressed, by its first bytes. */
function packedProblem(head: Buffer, shownAs: string, compression: 'gzip' | 'zstd'): Problem | null {
  const found = SIGNATURES.find(({ matches }) => matches(head));
  if (found?.is === OWN_SIGNATURE[compression]) return null;
  if (found !== undefined) {
    const message = `is ${found.is}, and named as if it were ${compression}`;
    return { file: shownAs, message, wayOut: found.wayOut };
  }
  // a zstd file may begin with a frame that is passed over
  if (compression === 'zstd' && head.length >= 4 && (head.readUInt32LE() & 0xfffffff0) === 0x184d2a50)
    return null;
  return { file: shownAs, message: `is not a whole ${compression} file`, wayOut: 'ask for the file again' };
}

/** The first bytes of what a file holds, unpacked. */
async function headOf(file: InputFile): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of openText(file, 'utf-8')) {
    pieces.push(piece.subarray(0, HEAD_BYTES));
    length += piece.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
}

/** The encoding that a file's first bytes show, where it is not the declared one; null where they show none. */
function otherEncoding(head: Buffer, declared: FileFormat['encoding']): string | null {
  if (starts('\xff\xfe\0\0', '\0\0\xfe\xff')(head)) return 'utf-32';
  if (declared === 'utf-16') return starts('\xef\xbb\xbf')(head) ? 'utf-8' : null;
  if (starts('\xff\xfe', '\xfe\xff')(head)) return 'utf-16';
  if (declared !== 'utf-8' && starts('\xef\xbb\xbf')(head)) return 'utf-8';
  return isEverySecondByteZero(head) ? 'utf-16 without a byte order mark' : null;
}

/** True of the letters and signs of a header in utf-16. */
function isEverySecondByteZero(head: Buffer): boolean {
  const looked = head.subarray(0, 64);
  const zeros = [0, 0];
  for (const [index, byte] of looked.entries()) if (byte === 0) zeros[index % 2]! += 1;
  return looked.length >= 8 && Math.max(...zeros) > looked.length * 0.4 && Math.min(...zeros) === 0;
}

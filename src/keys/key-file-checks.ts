/** The attributes of a file or folder that decide whether a key in it is safe, as in `fs.Stats`. */
export interface KeyPlaceStat {
  readonly uid: number;
  readonly mode: number;
}

/** What is wrong with a key file, without a byte of it, and the way out. */
export interface KeyFault {
  readonly message: string;
  readonly wayOut: string;
}

const ROOT = 0;
/** Any permission for group or others. */
const OTHERS = 0o077;
/** The permissions refused for a file of root: the group may read it, as with secrets mounted into containers. */
const OTHERS_OF_ROOTS = 0o037;
const OTHERS_WRITE = 0o022;
/** In a folder with this bit (sticky), only its owner can move or remove a file. */
const STICKY = 0o1000;
/** Of 32 random bytes about 30 are distinct; fewer than this occur less than once in 10^20 keys. */
const LEAST_DIFFERENT = 12;
/** Lengths of a pattern that is repeated to make 32 bytes. */
const PERIODS = [2, 4, 8, 16];

/**
 * Checks that a key file is private to its user, by the rules of ssh: it belongs to the user who runs the program, or to root,
 * and nobody else can read or write it.
 *
 * @param user id of the user who runs the program
 * @param path for the way out
 */
export function keyFileFault(file: KeyPlaceStat, user: number, path: string): KeyFault | null {
  if (file.uid !== user && file.uid !== ROOT) {
    return {
      message: `belongs to another user (uid ${file.uid})`,
      wayOut:
        'a key belongs to whoever runs the job, or to root: change its owner, and consider whether it has been seen',
    };
  }
  if ((file.mode & (file.uid === user ? OTHERS : OTHERS_OF_ROOTS)) === 0) return null;
  return {
    message: `is open to others (mode ${(file.mode & 0o777).toString(8)})`,
    wayOut: `chmod 600 ${path}, and consider whether the key has been seen`,
  };
}

/** Checks that nobody else can replace the key file: looks at its folder. */
export function keyFolderFault(folder: KeyPlaceStat, user: number): KeyFault | null {
  const wayOut = 'move the key to a folder of your own with mode 700: here, others can exchange it';
  if (folder.uid !== user && folder.uid !== ROOT) {
    return { message: `is in a folder of another user (uid ${folder.uid})`, wayOut };
  }
  if ((folder.mode & OTHERS_WRITE) === 0 || (folder.mode & STICKY) !== 0) return null;
  const mode = (folder.mode & 0o777).toString(8);
  return { message: `is in a folder that others can write to (mode ${mode})`, wayOut };
}

/** Checks that 32 bytes can be random: no text in any common encoding, no repetition, no counting. */
export function keyBytesFault(bytes: Uint8Array): KeyFault | null {
  const wayOut =
    'a key is 32 bytes from a random source, and no password: restore the right file from its backup';
  if (new Set(bytes).size === 1) return { message: 'holds 32 equal bytes', wayOut };
  if (isText(bytes)) return { message: 'holds text, and not random bytes', wayOut };
  const step = bytes[1]! - bytes[0]!;
  const isCounting = bytes.every(
    (byte, index) => index === 0 || ((byte - bytes[index - 1]! - step) & 0xff) === 0,
  );
  const isRepeated = PERIODS.some((period) => bytes.every((byte, index) => byte === bytes[index % period]));
  if (isCounting || isRepeated || new Set(bytes).size < LEAST_DIFFERENT) {
    return { message: 'holds bytes of a pattern, and not random ones', wayOut };
  }
  return null;
}

/** UTF-8 without control characters but tabs and line ends. Zero bytes are skipped: in UTF-16 every second byte is zero. */
function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.filter((byte) => byte !== 0));
    return !/[^\P{Cc}\t\n\r]/u.test(text);
  } catch {
    return false; // random bytes are such text about once in 10^10 keys, from the lengths of UTF-8 characters
  }
}

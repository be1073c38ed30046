import { type NhsNumber, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { interrupted, usage } from '../../domain/problem.ts';

/** The standard input: a terminal, a file or a pipe. */
type Input = NodeJS.ReadStream;
/** A longer input is no NHS number, whatever it is. */
const MOST_BYTES = 1024;

/**
 * Reads one NHS number from the standard input: one line; or, where that is a terminal, what is typed after a question, and is not
 * shown. It is never an argument: arguments are seen by every user of the machine, and kept in the shell's history.
 *
 * @param ask shows the question
 * @throws TallystickError (exit 2) for anything else, without a digit of it
 */
export async function askNhsNumber(
  input: Input,
  ask: (text: string) => void,
  allowTestRange: boolean,
): Promise<NhsNumber> {
  const text = input.isTTY ? await typed(input, ask) : await piped(input);
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const wayOut = 'give one NHS number on one line, as in: tallystick opt-out status FILE < number.txt';
  if (lines.length !== 1) {
    const message = lines.length === 0 ? 'holds no NHS number' : 'holds more than one line';
    throw usage({ file: 'stdin', message, wayOut });
  }
  const { value, outcome } = standardiseNhsNumber(lines[0]!, { allowTestRange });
  if (value !== null) return value;
  const why =
    outcome === 'test-range'
      ? 'is an NHS number of the test range; a pipeline of made-up people says synthetic: true'
      : outcome === 'placeholder'
        ? 'is an NHS number that belongs to no person'
        : 'is not a valid NHS number';
  throw usage({
    file: 'stdin',
    line: 1,
    message: why,
    wayOut: 'check each digit; the last is a check digit',
  });
}

async function piped(input: Input): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of input) {
    const bytes = Buffer.from(piece as Buffer);
    pieces.push(bytes);
    length += bytes.length;
    if (length > MOST_BYTES) break;
  }
  const all = Buffer.concat(pieces);
  const text = all.toString('utf8').replace(/^\ufeff/, '');
  for (const piece of [all, ...pieces]) piece.fill(0);
  return length > MOST_BYTES ? 'more\nthan one line' : text;
}

/** What is typed up to the end of a line, with the terminal's echo off. */
function typed(input: Input, ask: (text: string) => void): Promise<string> {
  ask('NHS number (not shown): ');
  input.setRawMode(true);
  input.setEncoding('utf8');
  return new Promise<string>((done, fail) => {
    let text = '';
    const end = (settle: () => void) => {
      input.off('data', take);
      input.setRawMode(false);
      input.pause();
      ask('\n');
      settle();
    };
    const take = (keys: string) => {
      for (const key of keys) {
        if (key === '\r' || key === '\n' || key === '\u0004') return end(() => done(text));
        if (key === '\u0003') return end(() => fail(interrupted()));
        text = key === '\u007f' || key === '\b' ? text.slice(0, -1) : text + key;
      }
    };
    input.on('data', take);
    input.resume();
  });
}

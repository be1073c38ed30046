import { type Problem, refused, TallystickError } from '../domain/problem.ts';
import { readPlainText } from '../read-plain-file.ts';
import type { ArrowFile, ReadBatch } from '../write/arrow-read.ts';
import type { ReadColumn } from '../write/read-column.ts';
import type { ReadField } from '../write/read-field.ts';
import { withoutWords } from './declared-words.ts';
import { DistinctSample } from './distinct-sample.ts';
import { type Finding, FORMS, type FormName, stopsRun } from './form.ts';
import { findIdentifier, lookFor, type TextKind } from './identifier-shapes.ts';
import { isNhsNumber } from './nhs-number-forms.ts';
import { readableText } from './readable-text.ts';

/** One location with texts that look like an identifier. Counts, never the texts. */
export interface Leak {
  readonly file: string;
  readonly column: string;
  readonly finding: Finding;
  readonly count: number;
}

/** Role, in a file's metadata, of columns that this program filled with hexadecimal hashes. */
const HASH_ROLES = new Set(['pseudonym', 'record-id', 'parent-key']);
/** Replaces the name of a file or a column that is an identifier itself. */
const WITHHELD = '(a name that is withheld)';
const PROSE: TextKind = { setting: 'prose', system: null };
/** A 64-bit number in decimal. One in a hundred million has fewer than twelve digits by chance. */
const HALF_OF_TOKEN = /^-?\d{12,19}$/;
/** A ten-digit number at least this large could be an NHS number with a leading zero put back. */
const LEAST_NUMBER = 10 ** 8;
const TEN_DIGITS = 10 ** 10;
/** Round numbers, such as 7200000000 white cells a litre: one NHS number in ten thousand ends like this. */
const ROUND = 10_000;
/**
 * One in eleven of any ten-digit numbers has the right check digit by chance. So a column of numbers is passed if it holds at
 * least 1,000 of them and not much more than that share (12 %, three standard errors above 9.1 %) would pass: seconds since 1970,
 * or numbers of some other kind. A column of NHS numbers has a share near 100 %, and one that holds a few among small numbers
 * does not have a thousand.
 */
const CHANCE = { numbers: 1_000, share: 0.12 };

/** Reads the canary file: one text a line, `#` for comments; null gives none. */
export function readCanaries(path: string | null): readonly string[] {
  if (path === null) return [];
  let text: string;
  try {
    text = readPlainText(path);
  } catch (fault) {
    if (fault instanceof TallystickError) throw fault;
    throw refused({ file: path, message: 'the canary file cannot be read' });
  }
  return text
    .split(/\r?\n/)
    .map((line) => readableText(line).trim().toLowerCase())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The counts of the weak forms in one location. */
interface Evidence {
  readonly file: string;
  readonly column: string;
  /** by form, and by slot: forms that are judged apart from others of their kind */
  readonly samples: Map<FormName, Map<number, DistinctSample>>;
}

/** Counts findings by file and column. */
export class LeakScan {
  /** findings of strong forms */
  readonly #counts = new Map<string, Leak>();
  /** findings of weak forms, which are judged by their number */
  readonly #evidence = new Map<string, Evidence>();
  /** the location of the last value: the values of a column are checked one after another */
  #last: Evidence | null = null;
  /** by file and column: numbers of the size of an NHS number, and the number of them that could be one */
  readonly #numbers = new Map<string, { file: string; column: string; seen: number; could: number }>();
  readonly #canaries: readonly string[];
  readonly #declared: ReadonlySet<string>;
  /** the number of values and texts checked */
  looked = 0;

  /**
   * @param canaries texts that must never appear, whatever their case
   * @param declared words of names that are not taken for postcodes (declared-words.ts)
   */
  constructor(canaries: readonly string[], declared: ReadonlySet<string> = new Set()) {
    this.#declared = declared;
    this.#canaries = canaries.map((canary) => readableText(canary).toLowerCase());
  }

  /** The findings that stop the run: strong forms, and weak forms where there are more than chance explains. */
  get leaks(): readonly Leak[] {
    const leaks = new Map<string, Leak>();
    const add = ({ file, column, finding, count }: Leak) => {
      const location = { file: this.#shown(file), column: this.#shown(column) };
      const key = `${file}\u0000${column}\u0000${finding}`;
      leaks.set(key, { ...location, finding, count: (leaks.get(key)?.count ?? 0) + count });
    };
    for (const leak of this.#counts.values()) add(leak);
    for (const { file, column, samples } of this.#evidence.values()) {
      for (const [form, slots] of samples) {
        for (const { hits, seen, total } of slots.values()) {
          if (stopsRun(form, hits, seen)) add({ file, column, finding: FORMS[form].finding, count: total });
        }
      }
    }
    for (const { file, column, seen, could } of this.#numbers.values()) {
      if (could > 0 && (seen < CHANCE.numbers || could / seen > CHANCE.share))
        add({ file, column, finding: 'NHS number', count: could });
    }
    return [...leaks.values()];
  }

  /** A text of a file, such as a log line or a file name. */
  text(file: string, column: string, text: string, kind: TextKind = PROSE): void {
    this.looked += 1;
    const rest = kind.setting === 'prose' ? withoutWords(text, this.#declared) : text;
    if (rest === text) this.#look(file, column, text, kind);
    else {
      this.#look(file, column, text, kind, (finding) => finding !== 'postcode');
      this.#look(file, column, rest, kind, (finding) => finding === 'postcode');
    }
  }

  #look(
    file: string,
    column: string,
    text: string,
    kind: TextKind,
    counts: (finding: Finding) => boolean = () => true,
  ): void {
    lookFor(text, this.#canaries, kind, (form, number, passes, slot = 0) => {
      if (!counts(FORMS[form].finding)) return;
      if (FORMS[form].chance === null) {
        if (passes()) this.#note(file, column, FORMS[form].finding);
      } else this.#sampleOf(file, column, form, slot).add(number, passes);
    });
  }

  #sampleOf(file: string, column: string, form: FormName, slot: number): DistinctSample {
    let evidence = this.#last;
    if (evidence === null || evidence.file !== file || evidence.column !== column) {
      const key = `${file}\u0000${column}`;
      evidence = this.#evidence.get(key) ?? { file, column, samples: new Map() };
      this.#evidence.set(key, evidence);
      this.#last = evidence;
    }
    const { samples } = evidence;
    let slots = samples.get(form);
    if (slots === undefined) {
      slots = new Map();
      samples.set(form, slots);
    }
    let sample = slots.get(slot);
    if (sample === undefined) {
      sample = new DistinctSample();
      slots.set(slot, sample);
    }
    return sample;
  }

  /** The name of a location, unless it is an identifier itself. */
  #shown(name: string): string {
    return findIdentifier(name, this.#canaries, null, 'prose') === null ? name : WITHHELD;
  }

  /** Every text inside a JSON file: keys and strings. Its numbers are the program's own counts. */
  json(file: string, value: unknown, path = ''): void {
    if (typeof value === 'string') this.text(file, path, value);
    else if (Array.isArray(value)) for (const one of value) this.json(file, one, path);
    else if (value !== null && typeof value === 'object') {
      for (const [key, one] of Object.entries(value)) {
        this.text(file, path, key);
        this.json(file, one, path === '' ? key : `${path}.${key}`);
      }
    }
  }

  /** A line of the log: an event as JSON, whose numbers are the program's own counts and times, or a text. */
  logLine(line: string): void {
    if (line.startsWith('{')) this.json('the log', JSON.parse(line));
    else this.text('the log', '', line);
  }

  /** The findings, as messages. */
  problems(wayOut: string): Problem[] {
    return this.leaks.map(({ file, column, finding, count }) => ({
      file,
      ...(column === '' ? {} : { column }),
      message: `leak scan: ${count} ${count === 1 ? 'text looks' : 'texts look'} like a ${finding}`,
      wayOut,
    }));
  }

  /** A text file, line by line. */
  lines(file: string, text: string): void {
    for (const line of text.split('\n')) this.text(file, '', line);
  }

  /**
   * A list of tokens, as a store has them: comma-separated halves of tokens, and words such as the name of a source. A number of
   * more digits than an identifier has is a half of a token. Everything else is checked, each text once.
   */
  tokenList(file: string, list: string): void {
    for (const text of new Set(list.split(/[,\n]/))) {
      if (!HALF_OF_TOKEN.test(text)) this.text(file, '', text);
    }
  }

  /** The parts of an Arrow file that occur once: metadata, and the values of each dictionary. */
  schema(file: string, arrow: ArrowFile): void {
    for (const [key, value] of arrow.metadata) this.text(file, key, value);
    for (const field of arrow.fields) {
      this.text(file, field.name, field.name);
      for (const value of field.metadata.values()) this.text(file, field.name, value);
      for (const value of field.dictionary ?? []) {
        this.text(file, field.name, value, { setting: 'cell', system: field.metadata.get('system') ?? null });
      }
    }
  }

  /** The values of a batch. Dates cannot hold an identifier, and dictionaries are checked already. */
  batch(file: string, fields: readonly ReadField[], batch: ReadBatch): void {
    for (const [index, column] of batch.columns.entries())
      this.#column(file, fields[index]!, column, batch.rows);
  }

  #column(file: string, field: ReadField, column: ReadColumn, rows: number): void {
    this.looked += rows;
    switch (column.kind) {
      case 'int64':
        for (const value of column.values) {
          if (value >= LEAST_NUMBER && value < TEN_DIGITS) this.#number(file, field, Number(value));
        }
        break;
      case 'int32':
      case 'float64':
        for (let row = 0; row < rows; row += 1) {
          const value = column.values[row]!;
          if (value >= LEAST_NUMBER && value < TEN_DIGITS) this.#number(file, field, value);
        }
        break;
      case 'utf8':
        if (HASH_ROLES.has(field.metadata.get('role') ?? '')) this.#hashes(file, field, column, rows);
        else this.#texts(file, field, column, rows);
        break;
      default:
    }
  }

  #number(file: string, field: ReadField, value: number): void {
    if (!Number.isInteger(value) || value % ROUND === 0) return;
    const key = `${file}\u0000${field.name}`;
    let numbers = this.#numbers.get(key);
    if (numbers === undefined) {
      numbers = { file, column: field.name, seen: 0, could: 0 };
      this.#numbers.set(key, numbers);
    }
    numbers.seen += 1;
    if (isNhsNumber(String(value).padStart(10, '0'))) numbers.could += 1;
  }

  /** A column of hashes holds 32 characters in every row that has a value, so no other text fits. */
  #hashes(
    file: string,
    field: ReadField,
    { offsets, nulls }: ReadColumn & { kind: 'utf8' },
    rows: number,
  ): void {
    if (offsets[rows] === (rows - nulls) * 32) return;
    this.#note(file, field.name, 'NHS number');
  }

  #texts(
    file: string,
    field: ReadField,
    { offsets, bytes }: ReadColumn & { kind: 'utf8' },
    rows: number,
  ): void {
    const text = new TextDecoder();
    const kind: TextKind = { setting: 'cell', system: field.metadata.get('system') ?? null };
    for (let row = 0; row < rows; row += 1) {
      this.text(file, field.name, text.decode(bytes.subarray(offsets[row], offsets[row + 1])), kind);
    }
  }

  #note(file: string, column: string, finding: Finding): void {
    const key = `${file}\u0000${column}\u0000${finding}`;
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { file, column, finding, count });
  }
}

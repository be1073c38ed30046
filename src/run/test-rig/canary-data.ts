import { hasCheckDigit } from '../../domain/nhs-number.ts';
import type { BenchFolder } from './bench-folder.ts';

/** A run of numbers that is the same each time: canaries must not depend on chance. */
function* draw(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

/** Made-up people. No text is shared by two of them, or is in two fields. */
export class Canaries {
  readonly #numbers = draw(20_260_401);
  readonly texts: string[] = [];
  readonly nhsNumbers: string[] = [];

  #next(below: number): number {
    return Math.floor((this.#numbers.next().value / 2 ** 32) * below);
  }

  #letters(count: number): string {
    return Array.from({ length: count }, () => String.fromCharCode(97 + this.#next(26))).join('');
  }

  #keep(text: string): string {
    this.texts.push(text);
    return text;
  }

  name(): string {
    return this.#keep(`Qz${this.#letters(7)}wick`);
  }

  address(): string {
    return this.#keep(`${1 + this.#next(99)} ${this.name()} Lane`);
  }

  phone(): string {
    return this.#keep(`07700${900_000 + this.#next(100_000)}${this.#next(10)}`);
  }

  key(): string {
    return this.#keep(`LK-${this.#letters(9)}`);
  }

  postcode(): string {
    const letters = 'ABDEFGHJLNPQRSTUWXYZ';
    const inward = `${this.#next(10)}${letters[this.#next(20)]}${letters[this.#next(20)]}`;
    const outward = `${'BCDEFGHLMNPRSTWY'[this.#next(16)]}${'ABCDEFGHKLMNOPRSTUVWY'[this.#next(21)]}${10 + this.#next(90)}`;
    this.#keep(`${outward}${inward}`);
    return this.#keep(`${outward} ${inward}`);
  }

  /** A valid number; one in fifty is small enough for 32 bits, in which chance finds things in hashes now and then. */
  nhsNumber(): string {
    for (;;) {
      const top =
        this.nhsNumbers.length % 50 === 0
          ? 1_000_000_000 + this.#next(10 ** 9)
          : 4_000_000_000 + this.#next(10 ** 9);
      const digits = String(top);
      if (!hasCheckDigit(digits)) continue;
      this.nhsNumbers.push(digits);
      return digits;
    }
  }
}

/** What is planted where it does not belong, for a run that must be refused. */
export interface Planted {
  /** lines put at the end of a file of the name */
  readonly lines?: Readonly<Record<string, (canaries: Canaries) => readonly string[]>>;
}

const PEOPLE = 60;
const date = (canaries: number, year: number) =>
  `${String(1 + (canaries % 28)).padStart(2, '0')}/${String(1 + (canaries % 12)).padStart(2, '0')}/${year}`;

/**
 * Fills a folder with a GP source (patients, visits, readings) and a flat hospital source in which every field that can
 * hold a text holds a canary: keys, names, addresses, numbers, free text, undeclared columns.
 */
export function plantCanaries(folder: BenchFolder, planted: Planted = {}): Canaries {
  const canaries = new Canaries();
  const files: Record<string, string[]> = {
    'patients.csv': ['id,nhs,surname,born,sex,postcode,home,phone,lsoa,next_of_kin,old_nhs'],
    'visits.csv': ['id,visit,seen,code,note,clerk,contact'],
    'readings.csv': ['visit,value,unit,remark'],
    'stays.csv': ['nhs,forename,localid,provider,born,sex,postcode,home,ward,nights,seen,note,extra'],
    'register.csv': ['nhs_number,type,event,date'],
  };
  for (let person = 0; person < PEOPLE; person += 1) {
    const key = canaries.key();
    const nhs = canaries.nhsNumber();
    const spaced = `${nhs.slice(0, 3)} ${nhs.slice(3, 6)} ${nhs.slice(6)}`;
    const [surname, home, postcode] = [canaries.name(), canaries.address(), canaries.postcode()];
    const sex = 1 + (person % 2);
    const born = date(person, 1940 + person);
    files['patients.csv']!.push(
      [key, person % 2 === 0 ? nhs : spaced, surname, born, sex, postcode, `"${home}, Leeds"`, canaries.phone(),
        `E0100${1000 + (person % 5)}`, canaries.name(), canaries.nhsNumber()].join(','), // biome-ignore format: a row
    );
    for (let visit = 0; visit < 3; visit += 1) {
      const id = canaries.key();
      const note = `"Seen by Dr ${canaries.name()},\n${canaries.nhsNumber()} at ${canaries.address()} ${canaries.postcode()}"`;
      const code = person === 7 && visit === 0 ? '827241000000103' : '53741008';
      files['visits.csv']!.push(
        [key, id, date(visit, 2025), code, note, canaries.name(), canaries.phone()].join(','),
      );
      files['readings.csv']!.push([id, visit + 0.5, 'mm', canaries.address()].join(','));
    }
    files['stays.csv']!.push(
      [person % 5 === 0 ? '' : nhs, canaries.name(), canaries.key(), 'RJ1', born, sex, postcode.replace(' ', ''),
        canaries.address(), `W${person % 4}`, person, date(person, 2025), canaries.name(), canaries.phone()].join(','), // biome-ignore format: a row
    );
    if (person % 10 === 3)
      files['register.csv']!.push([nhs, person % 20 === 3 ? '1' : '2', 'registered', '2024-01-01'].join(','));
  }
  for (const [name, lines] of Object.entries(planted.lines ?? {})) files[name]!.push(...lines(canaries));
  for (const [name, lines] of Object.entries(files)) folder.put(name, `${lines.join('\n')}\n`);
  return canaries;
}

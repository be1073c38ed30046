import type { Random } from './random.ts';
import { encodeText } from './row-buffer.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** A name as the sources write it: UTF-8, as spelt (GP, community) and in capitals (hospital). */
export interface Name {
  readonly spelt: Uint8Array;
  readonly capitals: Uint8Array;
}

const FEMALE =
  `Olivia Amelia Isla Ava Freya Lily Ivy Florence Willow Rosie Sophia Grace Daisy Evie Phoebe Maya Zara
Aisha Fatima Maryam Priya Anjali Sunita Chloe Emily Charlotte Jessica Megan Bethany Hannah Rebecca Laura
Sarah Claire Helen Karen Susan Julie Jacqueline Deborah Tracey Alison Lorraine Margaret Dorothy Jean Joan
Doreen Edna Winifred Mavis Sheila Patricia Kathleen Maureen Siân Zoë Chloé Renée Anaïs Aoife Niamh Nia Eleri
Małgorzata Agnieszka Katarzyna Ioana Elena Ngozi Chidinma Yetunde Abena Mei Xiu Anne-Marie Mary-Jane`.split(
    /\s+/,
  );

const MALE =
  `Noah Oliver George Arthur Leo Theo Freddie Archie Jack Henry Alfie Oscar Ethan Mohammed Yusuf Ibrahim
Hamza Arjun Rohan Vikram Sanjay Callum Liam Ryan Jordan Connor Luke Adam Daniel Matthew James Thomas
Christopher Andrew Stephen Paul Mark Ian Neil Gary Kevin Nigel Trevor Graham Keith Barry Roger Dennis
Stanley Albert Harold Ernest Cyril Norman Raymond José Seán Łukasz André Björn Jürgen Rhys Dafydd Gethin
Piotr Krzysztof Mihai Andrei Chukwuemeka Kwame Oluwaseun Wei Hao Minh Jean-Paul Finn-Lee`.split(/\s+/);

const SURNAMES =
  `Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White
Roberts Green Hall Wood Jackson Clarke Khan Hussain Ahmed Ali Begum Singh Kaur Shah Kumar Sharma Harris
Lewis Martin Cooper King Lee Baker Harrison Morgan Allen James Scott Phillips Watson Davis Parker Price
Bennett Young Griffiths Mitchell Kelly Cook Carter Richardson Bailey Collins Bell Shaw Murphy Miller Cox
Richards Marshall Anderson Simpson Ellis Adams Begley Wilkinson Foster Chapman Powell Webb Rogers Gray Mason
Hunt Hussein Holmes Mills Palmer Matthews Gibson Fisher Barnes Knight Harvey Barker Butler Jenkins Stevens
Pearson Dixon Fletcher Grant Howard Andrews Reynolds Elliott Lloyd Fox Hughes Saunders West Chowdhury Akhtar
Malik Iqbal Mahmood O'Brien O'Neill O'Connor D'Souza McDonald MacLeod Smith-Jones Taylor-Reed Clarke-Osei
Nowak Kowalczyk Wójcik Lewandowska Popescu Ionescu Okafor Adeyemi Mensah Boateng Nguyễn Trần Chen Wong Zhang
García Fernández Müller Schröder Björklund Françoise Lefèvre Kovács Novák Öztürk Ferreira Gonçalves`.split(
    /\s+/,
  );

/** Each surname is a little rarer than the one before: about one person in sixty has the first. */
const SURNAME_RANK_OFFSET = 12;

const TITLES: Readonly<Record<'boy' | 'man' | 'girl' | 'woman', readonly Uint8Array[]>> = {
  boy: [encodeText('Master')],
  man: ['Mr', 'Mr', 'Mr', 'Mr', 'Mr', 'Mr', 'Mr', 'Dr', 'Rev'].map(encodeText),
  girl: [encodeText('Miss')],
  woman: ['Mrs', 'Ms', 'Miss', 'Mrs', 'Ms', 'Mrs', 'Miss', 'Dr'].map(encodeText),
};

const femaleNames = FEMALE.map(nameOf);
const maleNames = MALE.map(nameOf);
const surnames = SURNAMES.map(nameOf);
const surnameChoice = new WeightedChoice(SURNAMES.map((_, rank) => 1 / (rank + SURNAME_RANK_OFFSET)));

/** A forename usual for the sex (1 male, 2 female). */
export function drawForename(sex: 1 | 2, random: Random): Name {
  return random.oneOf(sex === 1 ? maleNames : femaleNames);
}

/** A surname, common ones more often. */
export function drawSurname(random: Random): Name {
  return surnames[surnameChoice.pick(random)]!;
}

/** A title fit for sex and age in years. */
export function drawTitle(sex: 1 | 2, age: number, random: Random): Uint8Array {
  if (sex === 1) return random.oneOf(age < 16 ? TITLES.boy : TITLES.man);
  return random.oneOf(age < 16 ? TITLES.girl : TITLES.woman);
}

function nameOf(text: string): Name {
  return { spelt: encodeText(text), capitals: encodeText(text.toUpperCase()) };
}

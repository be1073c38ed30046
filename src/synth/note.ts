import type { Person } from './household.ts';
import type { Random } from './random.ts';
import { encodeText, type RowBuffer } from './row-buffer.ts';

/**
 * Free text as in real extracts: it names the patient, quotes their number or address, and contains
 * characters that break a careless reader. Slots: {forename}, {surname}, {nhs}, {postcode}.
 */
const IMPERSONAL_NOTES = [
  'Reviewed. No change.',
  'Bloods taken, to call for results',
  'Repeat in 12 months',
  'Did not attend; text sent',
  'Advice given, safety net, patient happy with plan',
  'Smoking cessation offered, declined',
  'Says it "comes and goes", worse at night',
  'BP 138/84, pulse regular',
  'F2F review. Chest clear, sats fine, no red flags',
  'Seen with interpreter',
];
const PERSONAL_NOTES = [
  '{forename} {surname} seen at home, {postcode}',
  'Letter from hospital re {forename} {surname}, NHS No {nhs}',
  'Mother of {forename} rang: "not eating", to attend today',
  '{surname} {forename} NHS {nhs} - DNA clinic',
  'Moved to {postcode}, registration updated',
  'Spoke to Mrs {surname}, carer',
];
const MANY_LINED_NOTES = [
  'Phone call.\nNo answer, voicemail left.',
  'History: cough 2/52\nExamination: NAD\nPlan: "watch and wait", review {forename} in 2/52',
];

/**
 * The share of events with a note; the shares of notes that identify the patient, and of notes with several lines.
 */
const NOTED_SHARE = 0.22;
const PERSONAL_SHARE = 0.12;
const MANY_LINED_SHARE = 0.004;
/** The share of NHS numbers in notes that are written 3-3-4. */
const SPACED_SHARE = 0.5;

type Slot = 'forename' | 'surname' | 'nhs' | 'postcode';
type Part = Uint8Array | Slot;
const slotNames: readonly string[] = ['forename', 'surname', 'nhs', 'postcode'] satisfies Slot[];

const impersonal = IMPERSONAL_NOTES.map(readNote);
const personal = PERSONAL_NOTES.map(readNote);
const manyLined = MANY_LINED_NOTES.map(readNote);

/** Writes the note field of one event, quoted where necessary; most events have none. */
export function writeNote(row: RowBuffer, person: Person, postcode: string, random: Random): void {
  if (!random.chance(NOTED_SHARE)) return;
  const notes = random.chance(MANY_LINED_SHARE)
    ? manyLined
    : random.chance(PERSONAL_SHARE)
      ? personal
      : impersonal;
  for (const part of random.oneOf(notes)) {
    if (typeof part !== 'string') row.token(part);
    else if (part === 'forename') row.token(person.forename.spelt);
    else if (part === 'surname') row.token(person.surname.spelt);
    else if (part === 'postcode') row.ascii(postcode);
    else row.ascii(random.chance(SPACED_SHARE) ? spaced(person.nhsNumber) : person.nhsNumber);
  }
}

/**
 * A note as pieces ready to write. Names, numbers and postcodes contain nothing that needs quoting.
 */
function readNote(note: string): Part[] {
  const field = /[",\n]/.test(note) ? `"${note.replaceAll('"', '""')}"` : note;
  return field
    .split(/\{(\w+)\}/)
    .map((piece) => (slotNames.includes(piece) ? (piece as Slot) : encodeText(piece)));
}

function spaced(digits: string): string {
  return `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`;
}

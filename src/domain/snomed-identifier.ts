/**
 * The check digit and the parts of a SNOMED CT identifier: item, namespace in an extension, two digits of partition, and
 * a check digit after Verhoeff (SNOMED CT Release File Specification, section 6, "SCTIDs").
 */

/** Multiplication in the dihedral group D5: 0-4 are rotations, 5-9 reflections. */
function times(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b) % 5) : (5 + a - b) % 5;
}

/** Verhoeff's permutation; it is applied n times to the digit at position n from the right. */
const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
/** Applied eight times, it is the identity. */
const PERMUTATIONS = Array.from({ length: 8 }, (_, power) =>
  Array.from({ length: 10 }, (_, digit) => {
    let permuted = digit;
    for (let time = 0; time < power; time += 1) permuted = PERMUTATION[permuted]!;
    return permuted;
  }),
);

/** True of a text of ASCII digits that ends in its Verhoeff check digit. */
function hasVerhoeffDigit(digits: string): boolean {
  let check = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    check = times(check, PERMUTATIONS[index % 8]![digit]!);
  }
  return check === 0;
}

/** An item of at least one digit, a namespace of seven, partition and check digit. */
const SHORTEST_EXTENSION = 11;

/** The partition: the two digits before the last of a well-formed identifier; null for any other text. */
function partitionOf(text: string): string | null {
  if (!/^[1-9][0-9]{5,17}$/.test(text)) return null;
  const partition = text.slice(-3, -1);
  if (!/^[01][012]$/.test(partition)) return null;
  if (partition.startsWith('1') && text.length < SHORTEST_EXTENSION) return null;
  return hasVerhoeffDigit(text) ? partition : null;
}

/**
 * True of any SNOMED CT identifier: 6 to 18 digits, a partition (00, 01, 02; 10, 11, 12 in an extension, which has 11 digits
 * or more), and a correct check digit. About one NHS number (ten digits) in 330 is one by chance: three partitions
 * in a hundred, and one check digit in ten.
 */
export function isSnomedIdentifier(text: string): boolean {
  return partitionOf(text) !== null;
}

/**
 * True of the identifier of a concept: partition 00, or 10 in an extension. Descriptions (01, 11) and relationships (02, 12)
 * have identifiers too, and no record is coded with one: a column of description identifiers holds no code that a list of
 * concepts could match.
 */
export function isConceptIdentifier(text: string): boolean {
  const partition = partitionOf(text);
  return partition === '00' || partition === '10';
}

/** Digits of the longest identifiers of the International Edition, but for those of its own model. */
const LONGEST_CORE = 10;

/**
 * True of the identifier of a concept that somebody may have issued. Namespaces are numbered from 1000000, the UK's, upwards,
 * and hundreds are in use, not thousands (SNOMED International's register of namespaces). The International Edition numbers
 * concepts from the smallest up, and has reached ten digits; those of its model begin with 9000000000.
 */
export function isIssuedConcept(text: string): boolean {
  const partition = partitionOf(text);
  if (partition === '10') return text.slice(-10, -6) === '1000';
  return partition === '00' && (text.length <= LONGEST_CORE || text.startsWith('9000000000'));
}

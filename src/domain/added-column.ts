import { comparesUnderNhsNumber, describeLadder, type Ladder } from './match-rank.ts';
import type { PlannedColumn } from './planned-column.ts';
import { CARE_SETTINGS, type CareSetting } from './role.ts';

/** A column that no source delivers: a run adds it to a released table. `sql` is its name in the table that is written. */
export interface AddedColumn extends PlannedColumn {
  readonly sql: string;
  readonly isNullable: boolean;
}

/** Every released file begins with it. */
export const PERSON: AddedColumn = {
  name: 'person',
  type: 'hex-token',
  sql: 'person',
  role: 'pseudonym',
  system: null,
  source: 'release',
  rule: 'hashed for this agreement',
  description: 'Pseudonym of the person, for this agreement only: the same in every file of the release',
  isNullable: false,
};

/** What most of the others have in common. */
const COMMON = { system: null, source: 'link', rule: 'keep' } as const;

const MATCH_RANK_NAME = 'match_rank';

/** How each record was linked. */
function matchRank(ladder: Ladder): AddedColumn {
  return {
    ...COMMON,
    name: MATCH_RANK_NAME,
    type: 'int8',
    sql: MATCH_RANK_NAME,
    role: 'category',
    description: `On what the record agreed with the person: ${describeLadder(ladder)}`,
    isNullable: false,
  };
}

/** The probability of the link: added where the ladder compares fields under the NHS number. */
const MATCH_PROBABILITY: AddedColumn = {
  ...COMMON,
  name: 'match_probability',
  type: 'float64',
  sql: 'match_probability',
  role: 'category',
  description:
    'How probably the record is the person’s, from 0 to 1, by what it agrees and disagrees on: an estimate from all the pairs of ' +
    'this run, whose parameters are in its linkage statement. Empty where nothing had to be linked: in the first source that ' +
    'knows the person’s NHS number, and for a person of its own (rank 0)',
  isNullable: true,
};

/** The weight with which linked records represent all records: added where the pipeline file asks for it. */
export const LINKAGE_WEIGHT: AddedColumn = {
  ...COMMON,
  name: 'linkage_weight',
  type: 'float64',
  sql: 'linkage_weight',
  role: 'category',
  source: 'missed',
  description:
    'Inverse-probability weight: 1 by the estimated probability that a record of the source was linked to a valid NHS number, by what is released of ' +
    'sex, age band, ethnic category and deprivation. With it, linked records represent those that were not. Empty for a person of its own (rank 0) without an NHS number',
  isNullable: true,
};

/** Where each person was met. */
export const SETTINGS_TOGETHER: AddedColumn = {
  ...COMMON,
  name: 'settings',
  type: 'dictionary',
  sql: 'settings',
  role: 'category',
  description: `Care settings in which the person was met: ${CARE_SETTINGS.join(', ')}, joined by +`,
  isNullable: true,
};

export const SETTINGS_MET: AddedColumn = {
  ...COMMON,
  name: 'settings_met',
  type: 'int8',
  sql: 'settings_met',
  role: 'integer',
  description: 'In how many care settings the person was met',
  isNullable: false,
};

/** By which rank a care setting's records were linked to the person. */
export function matchRankIn(careSetting: CareSetting, ladder: Ladder): AddedColumn {
  const name = `${MATCH_RANK_NAME}_${careSetting}`;
  return {
    ...COMMON,
    name,
    type: 'int8',
    sql: name,
    role: 'category',
    description: `On what the person's ${careSetting} records agreed with the person (the weakest, where they differ): ${describeLadder(ladder)}`,
    isNullable: true,
  };
}

/** The columns that describe a record's link, after the pseudonym. */
export function linkColumns(ladder: Ladder, linkageWeights: boolean): readonly AddedColumn[] {
  return [
    matchRank(ladder),
    ...(comparesUnderNhsNumber(ladder) ? [MATCH_PROBABILITY] : []),
    ...(linkageWeights ? [LINKAGE_WEIGHT] : []),
  ];
}

/** The columns that are added to a table of records, in their order; the released ones follow. */
export function addedToRecords(ladder: Ladder, linkageWeights: boolean): readonly AddedColumn[] {
  return [PERSON, ...linkColumns(ladder, linkageWeights)];
}

/** The columns that are added to `persons`, in their order; what is known of the person follows. */
export function addedToPersons(ladder: Ladder, met: readonly CareSetting[]): readonly AddedColumn[] {
  const careSettings = CARE_SETTINGS.filter((careSetting) => met.includes(careSetting));
  return [
    PERSON,
    SETTINGS_TOGETHER,
    SETTINGS_MET,
    ...careSettings.map((careSetting) => matchRankIn(careSetting, ladder)),
  ];
}

/** Names that no released column may have, because some run adds a column of that name to records. */
export const NAMES_TAKEN: readonly string[] = [
  PERSON.name,
  MATCH_RANK_NAME,
  MATCH_PROBABILITY.name,
  LINKAGE_WEIGHT.name,
];

/**
 * Column roles: the role of a column decides what may be done with it.
 *
 * - identifier: read, standardised and turned into tokens; never stored or released as itself
 * - stripped:   not read; of an opt-out flag only whether the value means an opt-out
 * - payload:    clinical and administrative facts, which may cross the identity boundary
 */
export const ROLES = {
  'nhs-number': 'identifier',
  postcode: 'identifier',
  'date-of-birth': 'identifier',
  sex: 'identifier',
  'patient-key': 'identifier',
  'local-patient-id': 'identifier',
  name: 'stripped',
  address: 'stripped',
  contact: 'stripped',
  'free-text': 'stripped',
  'opt-out-flag': 'stripped',
  'record-id': 'payload',
  'parent-key': 'payload',
  code: 'payload',
  category: 'payload',
  organisation: 'payload',
  area: 'payload',
  integer: 'payload',
  decimal: 'payload',
  date: 'payload',
  timestamp: 'payload',
  'date-of-death': 'payload',
  'ethnic-category': 'payload',
  deprivation: 'payload',
} as const;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as [Role, ...Role[]];

/** How a payload column is held below the identity boundary. */
export type PayloadType = 'text' | 'integer' | 'decimal' | 'date' | 'timestamp' | 'token';

/** The stored type of a payload role; null for roles that are never stored as themselves. */
export function payloadType(role: Role): PayloadType | null {
  switch (role) {
    case 'code':
    case 'category':
    case 'organisation':
    case 'area':
    case 'ethnic-category':
    case 'deprivation':
      return 'text';
    case 'integer':
      return 'integer';
    case 'decimal':
      return 'decimal';
    case 'date':
    case 'date-of-death':
      return 'date';
    case 'timestamp':
      return 'timestamp';
    case 'record-id':
    case 'parent-key':
      return 'token';
    default:
      return null;
  }
}

/** Code systems whose values a `code` column may declare. */
export const CODE_SYSTEMS = ['snomed', 'read-v2', 'ctv3', 'icd-10', 'opcs-4', 'local'] as const;
export type CodeSystem = (typeof CODE_SYSTEMS)[number];

/** The care setting from which a source's records come. */
export const CARE_SETTINGS = ['gp', 'hospital', 'community'] as const;
export type CareSetting = (typeof CARE_SETTINGS)[number];

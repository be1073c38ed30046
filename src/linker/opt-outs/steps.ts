import { type HeldReason, type ReasonName, ReasonSets } from '../../domain/held-reason.ts';
import { same, samePair, sameSubject } from '../../sql/same.ts';
import { joined, type Sql, sql, table, union, unionAll } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';
import { KNOWN_TOKEN_NUMBER } from '../link/token-sql.ts';
import { ALLOWED } from './allow-list.ts';
import { reasonNumberSql } from './held-code.ts';

const NUMBERS = 'opt_out_numbers';
const SUBJECTS = 'opt_out_subjects';

/**
 * Opt-outs by the numbers of NHS numbers, and by those of subjects: of `opt_out_tokens` (kind, source, a, b), where source is -1 for NHS
 * numbers. A token that no row has is nobody's, and is left out.
 */
export const OPT_OUT_NUMBERS: readonly Step[] = [
  step({
    name: NUMBERS,
    about: 'opt-outs by NHS number, of numbers that some row has',
    sql: sql`SELECT kind, nhs
FROM (SELECT kind, ${KNOWN_TOKEN_NUMBER}(a, b).number AS nhs
      FROM ${table('opt_out_tokens')}
      WHERE source = -1) AS listed
WHERE nhs IS NOT NULL`,
  }),
  step({
    name: SUBJECTS,
    about: 'opt-outs of subjects, by the key of a patient or what a row is known by',
    sql: sql`SELECT o.kind, s.subject
FROM (SELECT kind, source, a AS subject_a, b AS subject_b FROM ${table('opt_out_tokens')}) AS o
JOIN ${table('subjects')} AS s ON ${same('source', 'o', 's')} AND ${samePair('subject', 'o', 's')}`,
  }),
];

export interface OptOutStepSettings {
  /** all reasons of the pipeline, in their order */
  readonly reasons: readonly HeldReason[];
  /** those that are switched off for this agreement: whatever is listed for them has no effect */
  readonly exempt: ReadonlySet<ReasonName>;
  /** why a person with an NHS number is held who is not among the allowed; null where nobody has to be */
  readonly ifNotAllowed: ReasonName | null;
  /** there may be subjects whose number or link is refused */
  readonly mayContradict: boolean;
  /**
   * persons without an NHS number are not released; those whose number is contradicted, or whose tuple a witness,
   * somebody whose number is in doubt or somebody who opted out has, never are
   */
  readonly holdBackUntied: boolean;
  /** the person of every subject before implausible links were undone: opt-outs act on these persons */
  readonly asLinked: Sql;
  /** indices of the GP sources in the pipeline file */
  readonly gpSources: readonly number[];
}

/**
 * Why persons are held, as masks (`domain/held-reason`): whole persons, with every record that was linked to them, those without an
 * NHS number included; and GP records that could not be known to be theirs before linking. Reads what `OPT_OUT_NUMBERS` make, and `witnesses`.
 */
export function optOutSteps(settings: OptOutStepSettings, dialect: Dialect): Step[] {
  const { reasons, exempt, ifNotAllowed, holdBackUntied } = settings;
  const sets = new ReasonSets(reasons);
  const listed = (scope: HeldReason['scope']) =>
    reasons.filter((one) => one.scope === scope && !exempt.has(one.name));
  return [
    listedPersonsStep(settings, listed('person'), sets, dialect),
    gpReasonsStep(listed('gp-records'), sets, holdBackUntied, dialect),
    ...(ifNotAllowed === null
      ? []
      : [
          step({
            name: 'allowed_persons',
            about: 'persons who are on the list of those who may be used',
            sql: sql`SELECT nhs AS anchor FROM ${table(NUMBERS)} WHERE kind = '${ALLOWED}'`,
          }),
        ]),
    ...(holdBackUntied ? [] : [doubtfulTuplesStep(ifNotAllowed !== null)]),
    personDecisionsStep(settings, sets),
  ];
}

/** SQL of the mask of the reason that a kind of the list names, from `kind`. One that is not a reason stops the run: nobody knows what it holds. */
function maskOfKind(listed: readonly HeldReason[], sets: ReasonSets, dialect: Dialect): string {
  if (listed.length === 0) return '0'; // none is read: every type of this scope is switched off
  const words = listed.map(({ name }) => `WHEN ${dialect.text(name)} THEN ${sets.maskOf(name)}`);
  return `CASE kind ${words.join(' ')} ELSE error('an opt-out of an unknown kind') END`;
}

/** Whole persons: by their numbers, by any of their subjects, and by what is known of a patient whose number is not. */
function listedPersonsStep(
  { reasons, exempt, asLinked }: OptOutStepSettings,
  listed: readonly HeldReason[],
  sets: ReasonSets,
  dialect: Dialect,
): Step {
  const byNumber = sql`SELECT kind, nhs AS anchor FROM ${table(NUMBERS)}`;
  const bySubject = sql`SELECT t.kind, s.anchor
FROM ${asLinked} AS s
JOIN ${table(SUBJECTS)} AS t ON ${sameSubject('t', 's')}`;
  // the number of a patient who has none, or one in doubt, is not known: the opt-out acts on every number that is known for the
  // patient's tuple
  const byTuple = sql`SELECT w.kind, k.nhs AS anchor
FROM ${table('known_tuples')} AS k
JOIN (SELECT t.kind, s.tuple
      FROM ${table('subjects')} AS s
      JOIN ${table(SUBJECTS)} AS t ON ${sameSubject('t', 's')}
      WHERE s.nhs IS NULL
      UNION
      SELECT t.kind, d.tuple
      FROM ${table('in_doubt')} AS d
      JOIN ${table(SUBJECTS)} AS t ON ${sameSubject('t', 'd')}
      UNION
      SELECT opt_out AS kind, tuple
      FROM ${table('witnesses')}
      WHERE opt_out IS NOT NULL) AS w ON ${same('tuple', 'k', 'w')}
WHERE NOT k.is_witness`;
  // those that act on GP records are for the next step, and nothing acts that is switched off
  const others = [
    ALLOWED,
    ...reasons
      .filter(({ name, scope }) => scope === 'gp-records' || exempt.has(name))
      .map(({ name }) => name),
  ].map(dialect.text);
  return step({
    name: 'listed_persons',
    about: 'persons for whom a reason is listed that holds all their records, with a bit for each reason',
    sql: sql`SELECT anchor, CAST(bit_or(mask) AS INTEGER) AS mask
FROM (SELECT anchor, ${maskOfKind(listed, sets, dialect)} AS mask
      FROM (${unionAll([byNumber, bySubject, byTuple])}) AS every_listed
      WHERE kind NOT IN (${others.join(', ')})) AS listed
GROUP BY anchor`,
  });
}

/** GP records: rows with an NHS number were stopped above the identity boundary, so that it is left to find those of the other rows. */
function gpReasonsStep(
  listed: readonly HeldReason[],
  sets: ReasonSets,
  holdBackUntied: boolean,
  dialect: Dialect,
): Step {
  const kinds = listed.map(({ name }) => dialect.text(name));
  const ofKinds = kinds.length === 0 ? 'false' : `kind IN (${kinds.join(', ')})`;
  const byNumber = sql`SELECT kind, nhs AS anchor FROM ${table(NUMBERS)} WHERE ${ofKinds}`;
  // whoever goes by a tuple may be anybody who is known for it, linked or not
  const byTuple = sql`SELECT t.kind, k.tuple AS anchor
FROM ${table('known_tuples')} AS k
JOIN (${byNumber}) AS t ON t.anchor = k.nhs
WHERE NOT k.is_witness`;
  return step({
    name: 'gp_reasons',
    about:
      'persons whose GP records are held where they could not be known to be theirs before linking, with a bit for each reason',
    sql: sql`SELECT anchor, CAST(bit_or(${maskOfKind(listed, sets, dialect)}) AS INTEGER) AS mask
FROM (${unionAll([byNumber, ...(holdBackUntied ? [] : [byTuple])])}) AS listed
GROUP BY anchor`,
  });
}

function doubtfulTuplesStep(hasAllowed: boolean): Step {
  const isIn = (relation: string) =>
    sql`EXISTS (SELECT 1 FROM ${table(relation)} AS listed WHERE listed.anchor = k.nhs)`;
  const isHeld = [isIn('listed_persons'), ...(hasAllowed ? [sql`NOT ${isIn('allowed_persons')}`] : [])];
  return step({
    name: 'doubtful_tuples',
    about:
      'sex|birth date|postcode tokens that a witness has, somebody whose number is in doubt, or who is held: such a person of its own may be that one',
    sql: union([
      sql`SELECT tuple AS anchor FROM ${table('witnesses')}`,
      sql`SELECT tuple FROM ${table('in_doubt')}`,
      sql`SELECT k.tuple
FROM ${table('known_tuples')} AS k
WHERE NOT k.is_witness AND (${joined(isHeld, ' OR ')})`,
    ]),
  });
}

/**
 * Every person with the masks of all reasons that hold: those that hold all its records (`mask`), and those that hold its GP records
 * (`gp_mask`). Of somebody whom GP sources alone know, nothing is left then: both hold the person.
 */
function personDecisionsStep(
  { ifNotAllowed, mayContradict, holdBackUntied, gpSources }: OptOutStepSettings,
  sets: ReasonSets,
): Step {
  const isGpOnly =
    gpSources.length === 0 ? '' : `, bool_and(source IN (${gpSources.join(', ')})) AS is_gp_only`;
  const isNotAllowed = sql`is_tied AND NOT EXISTS (SELECT 1 FROM ${table('allowed_persons')} AS a WHERE a.anchor = p.anchor)`;
  // whoever opted out is not allowed either, and has been answered
  const isAnswered =
    ifNotAllowed === 'national-unanswered' ? ` AND coalesce(l.mask, 0) & ${sets.maskOf('national')} = 0` : '';
  const isUntied = mayContradict ? 'NOT is_tied AND NOT is_contradicted' : 'NOT is_tied';
  const isUnknown = holdBackUntied
    ? isUntied
    : sql`${isUntied} AND EXISTS (SELECT 1 FROM ${table('doubtful_tuples')} AS d WHERE d.anchor = p.anchor)`;
  const found: readonly (readonly [condition: string | Sql, reason: ReasonName])[] = [
    ...(mayContradict ? [['is_contradicted', 'contradicted'] as const] : []),
    ...(ifNotAllowed === null ? [] : [[sql`${isNotAllowed}${isAnswered}`, ifNotAllowed] as const]),
    [isUnknown, 'unknown-number'],
  ];
  const masks = found.map(
    ([condition, reason]) => sql`\n         | CASE WHEN ${condition} THEN ${sets.maskOf(reason)} ELSE 0 END`,
  );
  const ofGp = isGpOnly === '' ? '' : `\n         | CASE WHEN is_gp_only THEN coalesce(g.mask, 0) ELSE 0 END`;
  return step({
    name: 'person_decisions',
    about: 'every person with all reasons why it is held, a bit each, and the number of the one that counts',
    sql: sql`SELECT anchor, mask, gp_mask, ${reasonNumberSql('mask')} AS reason
FROM (SELECT p.anchor, coalesce(g.mask, 0) AS gp_mask,
       CAST(coalesce(l.mask, 0)${joined(masks, '')}${ofGp} AS INTEGER) AS mask
      FROM (SELECT anchor, bool_or(is_tied) AS is_tied${mayContradict ? ', bool_or(is_contradicted) AS is_contradicted' : ''}${isGpOnly}
            FROM ${table('subject_persons')}
            GROUP BY anchor) AS p
      LEFT JOIN ${table('listed_persons')} AS l ON ${same('anchor', 'l', 'p')}
      LEFT JOIN ${table('gp_reasons')} AS g ON ${same('anchor', 'g', 'p')}) AS decided`,
  });
}

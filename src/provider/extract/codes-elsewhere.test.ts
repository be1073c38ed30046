/** The filter for columns in which no opt-out is coded lets every cell through of which the rule makes something. */
import { expect, test } from 'vitest';
import {
  OPT_OUT_CODES,
  type OptOutCodeTable,
  optOutCodes,
  readOptOutCell,
} from '../../domain/opt-out-codes.ts';
import { damagedIdentifiers } from '../../domain/test-rig/damaged-identifiers.ts';
import {
  READ_DAMAGES,
  READ_DISGUISES,
  SNOMED_DAMAGES,
  SNOMED_DISGUISES,
  SPELLINGS,
} from '../../domain/test-rig/spellings.ts';
import { isCodeForKeySql, mayBeCodeElsewhereSql } from './codes-elsewhere.ts';
import { heldBack } from './test-rig/held-back.ts';

const SYSTEMS = ['local', 'icd-10', 'opcs-4'] as const;
const PLAIN = [
  'E119',
  'mmol/L',
  'A81001',
  'E01008291',
  '36.60',
  '1234567890123',
  '2026-04-01',
  'Seen by nurse',
];

function written({ codes }: OptOutCodeTable): string[] {
  return codes.flatMap(({ system, code }) => {
    const changes =
      system === 'snomed' ? [...SNOMED_DISGUISES, ...SNOMED_DAMAGES] : [...READ_DISGUISES, ...READ_DAMAGES];
    const forms = [
      code,
      ...SPELLINGS[system].map((spell) => spell(code)),
      ...changes.map((change) => change(code)),
      ...(system === 'snomed' ? damagedIdentifiers(code) : []),
    ];
    const apart = [...code].join(' ');
    return [...forms, apart, apart.replaceAll(' ', '-')].flatMap((form) => [
      form,
      `was ${form} once`,
      `(${form})`,
    ]);
  });
}

test.each([
  ['as published', OPT_OUT_CODES],
  [
    'with a supplier’s own, and one of two characters',
    optOutCodes([
      { type: 'type-1', kind: 'registered', system: 'read-v2', code: 'R2_9Nu0' },
      { type: 'type-1', kind: 'withdrawn', system: 'read-v2', code: '1a' },
      { type: 'type-2', kind: 'registered', system: 'snomed', code: '44054006' },
    ]),
  ],
])('codes %s', async (_, table) => {
  const cells = [...new Set([...written(table), ...PLAIN])];
  const plain = await heldBack(cells, mayBeCodeElsewhereSql('cell', table));
  const lost = plain.filter((cell) =>
    SYSTEMS.some((system) => readOptOutCell(system, cell, table) !== 'none'),
  );
  expect(lost).toEqual([]);
  expect(plain).toEqual(expect.arrayContaining(PLAIN));
});

test('a key is taken for an opt-out code only where it is one as most systems write it', async () => {
  const declared = optOutCodes([], [{ system: 'ctv3', code: 'XaZ89' }]);
  const cells = ['827241000000103', '9Nu0', '9Nu0.', 'XaaVL', 'XaZ89', 'p1', '9nu0', '8272410000001030', ''];
  expect(await heldBack(cells, isCodeForKeySql('cell', declared))).toEqual(cells.slice(4));
});

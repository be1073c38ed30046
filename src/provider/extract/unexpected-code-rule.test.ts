/** The filter for columns in which no opt-out is coded lets every cell through of which the rule makes something. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  OPT_OUT_CODES,
  type OptOutCodeTable,
  optOutCodes,
  plainOptOutCodes,
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
import { nearly } from './test-rig/written-cells.ts';
import { CodeForKeyRule, codeFilter, UnexpectedCodeRule } from './unexpected-code-rule.ts';

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

/** Code tables: as published, and with codes that a pipeline file may add. */
const TABLES: [string, OptOutCodeTable][] = [
  ['as published', OPT_OUT_CODES],
  [
    'with a supplier’s own, and one of two characters',
    optOutCodes([
      { type: 'type-1', kind: 'registered', system: 'read-v2', code: 'R2_9Nu0' },
      { type: 'type-1', kind: 'withdrawn', system: 'read-v2', code: '1a' },
      { type: 'type-2', kind: 'registered', system: 'snomed', code: '44054006' },
    ]),
  ],
  [
    'with codes that are digits throughout',
    optOutCodes([
      { type: 'type-1', kind: 'registered', system: 'read-v2', code: '9190' },
      { type: 'type-2', kind: 'registered', system: 'ctv3', code: '13712' },
    ]),
  ],
  [
    'with an identifier of six digits',
    optOutCodes([{ type: 'type-2', kind: 'withdrawn', system: 'snomed', code: '100005' }]),
  ],
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

describe.each(TABLES)('codes %s', (_, table) => {
  test('are let through in every spelling of which the rule makes something', () => {
    const mayBe = codeFilter(table);
    const cells = [...new Set([...written(table), ...PLAIN])];
    const heldBack = cells.filter((cell) => !mayBe(cell));
    const lost = heldBack.filter((cell) =>
      SYSTEMS.some((system) => readOptOutCell(system, cell, table) !== 'none'),
    );
    expect(lost).toEqual([]);
    expect(heldBack).toEqual(expect.arrayContaining(PLAIN));
  });

  test('are let through with up to three characters changed', () => {
    const mayBe = codeFilter(table);
    const good = fc.constantFrom(...table.codes.map(({ code }) => code), ...written(table).slice(0, 400));
    let found = 0;
    const property = fc.property(nearly(good), fc.constantFrom(...SYSTEMS), (cell, system) => {
      if (readOptOutCell(system, cell, table) === 'none') return;
      found += 1;
      expect(mayBe(cell)).toBe(true);
    });
    fc.assert(property, { numRuns: 3000 });
    expect(found).toBeGreaterThan(500);
  });

  test.each([null, ...SYSTEMS])(
    'are what the rule of the domain takes for one, in a column of %s',
    (system) => {
      const { isCode } = new UnexpectedCodeRule(system, table);
      const cells = [...written(table).filter((_form, index) => index % 7 === 0), ...PLAIN, '', ' '];
      const different = cells.filter(
        (cell) => isCode(cell) !== (readOptOutCell(system ?? 'local', cell, table) !== 'none'),
      );
      expect(different).toEqual([]);
      expect(cells.some(isCode)).toBe(true);
    },
  );

  test('are no number of so few digits that the rule is not asked', () => {
    const { safeDigits } = new UnexpectedCodeRule(null, table);
    const digits = fc.oneof(
      fc.integer({ min: 0, max: 10 ** safeDigits - 1 }).map(String),
      fc
        .constantFrom(...table.codes.map(({ code }) => code.replace(/[^0-9]/g, '')))
        .chain((code) =>
          fc
            .tuple(fc.nat(code.length), fc.nat(code.length))
            .map(([from, length]) => code.slice(from, from + length)),
        ),
    );
    const numbers = fc
      .tuple(digits, fc.constantFrom('', '-'), fc.constantFrom('', '0', '00'), fc.nat(safeDigits))
      .map(([number, sign, zeros, point]) => {
        const all = `${zeros}${number}`.slice(0, safeDigits);
        return sign + (point > 0 && point < all.length ? `${all.slice(0, point)}.${all.slice(point)}` : all);
      })
      .filter((number) => /[0-9]/.test(number));
    const property = fc.property(numbers, fc.constantFrom(...SYSTEMS), (number, system) => {
      expect(readOptOutCell(system, number, table)).toBe('none');
    });
    if (safeDigits > 0) fc.assert(property, { numRuns: 3000 });
  });
});

test('a table of published codes leaves nine digits to the kernel, and a shorter code fewer', () => {
  const digitsOf = (code: string) =>
    new UnexpectedCodeRule(
      null,
      optOutCodes([{ type: 'type-2', kind: 'registered', system: 'snomed', code }]),
    ).safeDigits;
  expect(new UnexpectedCodeRule(null, OPT_OUT_CODES).safeDigits).toBe(9);
  expect(digitsOf('44054006')).toBe(5);
  expect(digitsOf('100005')).toBe(3);
});

test('a key is taken for an opt-out code only where it is one as most systems write it', () => {
  const declared = optOutCodes([], [{ system: 'ctv3', code: 'XaZ89' }]);
  const rule = new CodeForKeyRule(declared);
  const cells = ['827241000000103', '9Nu0', '9Nu0.', 'XaaVL', 'XaZ89', 'p1', '9nu0', '8272410000001030', ''];
  expect(cells.filter((cell) => !rule.isCode(cell))).toEqual(cells.slice(4));
});

test('a key is asked about if it has as many bytes as a code', () => {
  for (const [, table] of TABLES) {
    const rule = new CodeForKeyRule(table);
    for (const form of plainOptOutCodes(table)) {
      expect([rule.isCode(form), rule.mayHaveLength(Buffer.byteLength(form))]).toEqual([true, true]);
    }
    expect([0, 1, 40].map((bytes) => rule.mayHaveLength(bytes))).toEqual([false, false, false]);
  }
});

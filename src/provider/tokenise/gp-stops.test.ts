import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  BUILT_IN_REASONS,
  type HeldReason,
  type ReasonName,
  reasonsInOrder,
} from '../../domain/held-reason.ts';
import { ROW_FLAG } from '../../domain/row-flag.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import { type GpStops, noStops } from './gp-stops.ts';
import type { TableTokeniser } from './table-tokeniser.ts';
import { rowVector } from './test-rig/row-vector.ts';
import { holdKey, KEYED, nobodyStops, oracle, spec, tokeniser } from './test-rig/tokeniser.ts';
import { TokenSet } from './token-set.ts';

const token = (kind: string, text: string): Buffer => Buffer.from(oracle(kind, text), 'hex');
const table = (kind: TableSpec['kind'], name: string): TableSpec => ({ ...spec(kind), name });
const bySubject = { by: 'patient-key', key: { kind: 'patient-key/gp', columns: ['id'] } } as const;
const PATIENTS: TokenPlan = {
  ...KEYED,
  table: table('patients', 'patients'),
  subject: bySubject,
  hasDemographics: true,
  local: null,
  record: null,
  parent: null,
};
const VISITS: TokenPlan = {
  ...PATIENTS,
  table: table('records', 'visits'),
  hasDemographics: false,
  record: { kind: 'record-id/visits', columns: ['visit'] },
};
const READINGS: TokenPlan = {
  ...VISITS,
  table: table('records', 'readings'),
  subject: { by: 'parent' },
  record: null,
  parent: { kind: 'record-id/visits', columns: ['visit'] },
};
const LONG = 'a key of more than twelve bytes';

let stops: GpStops;
beforeEach(() => {
  stops = nobodyStops();
});

/** One table's tokeniser, which is handed rows of keys; a row may begin with the code of its fault. */
class Reader {
  readonly tokeniser: TableTokeniser;
  readonly #plan: TokenPlan;

  constructor(plan: TokenPlan) {
    this.tokeniser = tokeniser(plan, stops);
    this.#plan = plan;
  }

  /** One vector; returns which rows are kept. */
  read(...rows: (readonly (string | number)[])[]): boolean[] {
    const columns = this.#keyColumns();
    const made = rows.map((row) => {
      const keys = row.filter((cell) => typeof cell === 'string');
      const [first] = row;
      return {
        fault: typeof first === 'number' ? first : 0,
        keys: Object.fromEntries(columns.map((column, index) => [column, keys[index]!])),
      };
    });
    this.tokeniser.tokenise(rowVector(this.#plan, made));
    return rows.map((_, row) => (this.tokeniser.flags[row]! & ROW_FLAG.keep) !== 0);
  }

  #keyColumns(): readonly string[] {
    const { subject, record, parent } = this.#plan;
    const keys = [subject.by === 'patient-key' ? subject.key : null, record, parent];
    return keys.flatMap((key) => key?.columns ?? []);
  }
}

describe('type 1 opt-outs', () => {
  it('stop every row of a key whose token is in the set, and nothing else', () => {
    holdKey(stops, oracle('patient-key/gp', 'out'), 'type-1');
    const visits = new Reader(VISITS);
    expect(visits.read(['in', 'v1'], ['out', 'v2'], ['in', 'v3'], ['out', 'v4'])).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(visits.tokeniser.counts).toMatchObject({
      rowsIn: 4,
      rowsOut: 2,
      stopped: new Map([['type-1-opt-out', 2]]),
    });
    expect(new Reader(READINGS).read(['v2'], ['v1'], ['v4'])).toEqual([false, true, false]);
  });

  it('come before quarantine: a row that both would stop is counted as opted out, and what points at it too', () => {
    holdKey(stops, oracle('patient-key/gp', 'out'), 'type-1');
    new Reader(PATIENTS).read([1, 'out'], [1, 'lost']);
    const visits = new Reader(VISITS);
    expect(visits.read(['out', 'v1'], ['lost', 'v2'])).toEqual([false, false]);
    expect(visits.tokeniser.counts).toMatchObject({
      stopped: new Map([
        ['type-1-opt-out', 1],
        ['patient-quarantined', 1],
      ]),
    });
    const readings = new Reader(READINGS);
    expect(readings.read(['v1'], ['v2'])).toEqual([false, false]);
    expect(readings.tokeniser.counts).toMatchObject({
      stopped: new Map([
        ['type-1-opt-out', 1],
        ['patient-quarantined', 1],
      ]),
    });
  });
});

describe('a patient in quarantine', () => {
  it('stops the rows that point at it, at once or by way of others, in whatever vector and of whatever length', () => {
    const patients = new Reader(PATIENTS);
    expect(patients.read(['p1'], [3, 'p2'], ['p3'])).toEqual([true, false, true]);
    expect(patients.read([3, LONG], ['p5'], [3, 'p2'])).toEqual([false, true, false]);
    expect(patients.tokeniser.counts).toMatchObject({
      rowsOut: 3,
      faultsWithoutKey: 0,
      stopped: new Map([]),
    });
    const visits = new Reader(VISITS);
    expect(visits.read(['p1', 'v1'], ['p2', 'v2'], ['nobody', 'v9'])).toEqual([true, false, true]);
    expect(visits.read([LONG, 'v4'], ['p3', 'v3'], ['p5', 'v5'])).toEqual([false, true, true]);
    expect(visits.tokeniser.counts).toMatchObject({
      rowsOut: 4,
      stopped: new Map([['patient-quarantined', 2]]),
    });
    const readings = new Reader(READINGS);
    expect(readings.read(['v1'], ['v2'], ['v3'], ['v4'])).toEqual([true, false, true, false]);
    expect(readings.tokeniser.counts).toMatchObject({
      rowsOut: 2,
      stopped: new Map([['patient-quarantined', 2]]),
    });
  });

  it('does not stop a row of its own table: what comes first decides nothing, and the run is refused instead', () => {
    const patients = new Reader(PATIENTS);
    const keepsBack = (key: string) => {
      const words = new Uint32Array(new Uint8Array(token('patient-key/gp', key)).buffer);
      return patients.tokeniser.stopper!.keepsBack(words[0]!, words[1]!, words[2]!, words[3]!);
    };
    expect(patients.tokeniser.stopper!.hasKeptBack).toBe(false);
    expect(patients.read(['p1'], [1, 'p1'], ['p1'], ['p2'])).toEqual([true, false, true, true]);
    expect(patients.tokeniser.stopper!.hasKeptBack).toBe(true);
    expect(['p1', 'p2'].map(keepsBack)).toEqual([true, false]);
  });

  it('without a key is counted, and stops nothing by itself', () => {
    const patients = new Reader(PATIENTS);
    expect(patients.read([1, ''], ['p1'], [1, 'p2'])).toEqual([false, true, false]);
    expect(patients.tokeniser.counts.faultsWithoutKey).toBe(1);
    expect(stops.quarantined.size).toBe(1);
  });

  it('is remembered of GP tables only', () => {
    expect(tokeniser(PATIENTS, null).stopper).toBe(null);
  });
});

describe('a record in quarantine', () => {
  it('stops what points at it', () => {
    const visits = new Reader(VISITS);
    expect(visits.read(['p1', 'v1'], [2, 'p1', 'v2'], [2, 'p1', ''])).toEqual([true, false, false]);
    expect(visits.tokeniser.counts).toMatchObject({ faultsWithoutKey: 1, stopped: new Map([]) });
    expect(new Reader(READINGS).read(['v1'], ['v2'])).toEqual([true, false]);
    // its patient is not in quarantine
    expect(new Reader(VISITS).read(['p1', 'v3'])).toEqual([true]);
  });
});

describe('where a key in quarantine is unknown', () => {
  const only = (kind: string, ...keys: string[]) => {
    const set = new TokenSet();
    for (const key of keys) set.addBytes(token(kind, key));
    return set;
  };

  it('rows stop that point at no patient who was let through', () => {
    stops.letThrough.set('patient-key/gp', only('patient-key/gp', 'p1', 'p2'));
    holdKey(stops, oracle('patient-key/gp', 'out'), 'type-1');
    const visits = new Reader(VISITS);
    expect(visits.read(['p1', 'v1'], ['p9', 'v9'], ['out', 'v3'], ['p2', 'v2'])).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(visits.tokeniser.counts).toMatchObject({
      stopped: new Map([
        ['type-1-opt-out', 1],
        ['patient-quarantined', 1],
      ]),
    });
    const readings = new Reader(READINGS);
    expect(readings.read(['v1'], ['v9'], ['v3'])).toEqual([true, false, false]);
    expect(readings.tokeniser.counts).toMatchObject({
      stopped: new Map([
        ['type-1-opt-out', 1],
        ['patient-quarantined', 1],
      ]),
    });
    // patients are judged by themselves, and not by who else was let through
    expect(new Reader(PATIENTS).read(['p7'])).toEqual([true]);
  });

  it('rows stop that point at no record that was let through', () => {
    stops.letThrough.set('record-id/visits', only('record-id/visits', 'v1'));
    expect(new Reader(READINGS).read(['v1'], ['v2'])).toEqual([true, false]);
    expect(new Reader(VISITS).read(['p1', 'v2'])).toEqual([true]);
  });
});

describe('several reasons', () => {
  const names = BUILT_IN_REASONS.map(({ name }) => name);
  const stated = names.filter((name) => name !== 'patient-quarantined');
  const story = fc.record({
    order: fc.shuffledSubarray(names),
    patients: fc.array(
      fc.record({ reasons: fc.subarray(stated, { maxLength: 3 }), isFaulty: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    visits: fc.array(fc.record({ of: fc.nat(4), isFaulty: fc.boolean() }), { maxLength: 6 }),
    readings: fc.array(fc.nat(5), { maxLength: 6 }),
  });
  interface Decided {
    readonly known: readonly ReasonName[];
    readonly isLost: boolean;
    readonly reason: HeldReason | null;
  }

  it('stop a row if one of them acts on GP records, and it counts under the first in the order', () => {
    fc.assert(
      fc.property(story, ({ order, patients, visits, readings }) => {
        const reasons = reasonsInOrder([], order);
        stops = noStops(reasons);
        for (const [index, { reasons: own }] of patients.entries())
          for (const name of own) holdKey(stops, oracle('patient-key/gp', `p${index}`), name);

        const decide = (known: readonly ReasonName[], isLost: boolean): Decided => {
          const all = isLost ? [...known, 'patient-quarantined'] : known;
          const isStopped = reasons.some(({ name, scope }) => all.includes(name) && scope !== 'person');
          const reason = isStopped ? reasons.find(({ name }) => all.includes(name))! : null;
          return { known, isLost, reason };
        };
        const ofPatients = patients.map((one) => (one.isFaulty ? null : decide(one.reasons, false)));
        const ofVisits = visits.map(({ of, isFaulty }) => {
          const patient = patients[of];
          return isFaulty ? null : decide(patient?.reasons ?? [], patient?.isFaulty ?? false);
        });
        const ofReadings = readings.map((of) => {
          const visit = ofVisits[of];
          if (visit === undefined) return decide([], false);
          if (visit === null) return decide([], true);
          return visit.reason === null ? decide([], false) : decide(visit.known, visit.isLost);
        });

        const fault = (isFaulty: boolean) => (isFaulty ? [1] : []);
        const check = (reader: Reader, rows: (string | number)[][], decided: readonly (Decided | null)[]) => {
          if (rows.length === 0) return;
          expect(reader.read(...rows)).toEqual(decided.map((one) => one !== null && one.reason === null));
          const counts = new Map<string, number>();
          for (const one of decided) {
            const receipt = one?.reason?.receipt;
            if (receipt !== undefined) counts.set(receipt, (counts.get(receipt) ?? 0) + 1);
          }
          expect(reader.tokeniser.counts.stopped).toEqual(counts);
        };
        check(
          new Reader(PATIENTS),
          patients.map((one, p) => [...fault(one.isFaulty), `p${p}`]),
          ofPatients,
        );
        const ofVisit = visits.map((one, v) => [...fault(one.isFaulty), `p${one.of}`, `v${v}`]);
        check(new Reader(VISITS), ofVisit, ofVisits);
        check(
          new Reader(READINGS),
          readings.map((of) => [`v${of}`]),
          ofReadings,
        );
      }),
      { numRuns: 300 },
    );
  });
});

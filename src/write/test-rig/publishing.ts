import { lstat } from 'node:fs/promises';
import { type OperatorRecord, RECORD_VERSION } from '../operator-record.ts';
import { systemProcesses } from '../process-probe.ts';
import { type Moves, systemMoves } from '../published-run.ts';
import { MANIFEST_VERSION, type RunManifest } from '../run-manifest.ts';

/** The random id of a dead process. */
export const DEAD = 'dead0dead0';

/** The mark of a dead process of this scope, or of a process in another container, whose state is unknown. */
export const markOf = (owner: string, more: object = {}) =>
  JSON.stringify({
    owner,
    pid: 2 ** 22 + 1,
    host: systemProcesses.host,
    startedAt: '2025-01-02T03:04:05.000Z',
    scope: systemProcesses.scope,
    birthMark: '1',
    ...more,
  });

/** Permissions, in octal digits. */
export async function mode(path: string): Promise<string> {
  return ((await lstat(path)).mode & 0o777).toString(8);
}

/** The manifest of a run that released nothing, with some parts replaced. */
export function manifestOf(runId: string, more: Partial<RunManifest> = {}): RunManifest {
  return {
    formatVersion: MANIFEST_VERSION,
    tool: { name: 'tallystick', version: '0.1.0' },
    run: { name: 'nightly', id: runId, date: '2025-01-02' },
    agreement: 'demo-001',
    keyIds: { linkage: 'k1', release: 'k2' },
    rulesVersion: '1',
    outputs: [],
    papers: [],
    gates: [],
    ...more,
  };
}

/** The operator's record of a run that read nothing, with some parts replaced. */
export function recordOf(
  runId: string,
  more: Partial<OperatorRecord> = {},
): Omit<OperatorRecord, 'manifest'> {
  return {
    formatVersion: RECORD_VERSION,
    run: { name: 'nightly', id: runId, date: '2025-01-02' },
    pipeline: { sha256: '0'.repeat(64) },
    lists: {},
    settings: {},
    inputs: [],
    outputs: [],
    papers: [],
    receipts: {
      rows: [],
      persons: {
        released: 0,
        typeTwoOptOut: 0,
        nationalOptOut: 0,
        heldBack: 0,
        metIn: { '1': 0, '2': 0, '3': 0 },
      },
      standardised: [],
    },
    optOuts: { register: null, nationalAllowed: null, coded: null },
    gates: [],
    ...more,
  };
}

/** Makes the nth rename (counted from 1) fail; like a process that dies there, it changes nothing. */
export function failingRename(nth: number): Moves {
  let count = 0;
  return {
    ...systemMoves,
    rename: async (from, to) => {
      if (++count === nth) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      await systemMoves.rename(from, to);
    },
  };
}

import { writeFileSync } from 'node:fs';
import { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runReference } from '../engine/reference/run-reference.ts';
import { Draw } from './test-rig/agreement/draw.ts';
import {
  FIXED_KEYS,
  meaningByProgram,
  meaningByReference,
  putFixedKeys,
} from './test-rig/agreement/run-both.ts';
import { drawStory, writeStory } from './test-rig/agreement/scenario.ts';
import { BenchFolder, RUN_DATE } from './test-rig/bench-folder.ts';

let duck = '';
for (const m of ['run', 'runAndReadAll', 'stream'] as const) {
  const o = DuckDBConnection.prototype[m] as any;
  (DuckDBConnection.prototype as any)[m] = async function (...x: any[]) {
    try {
      return await o.apply(this, x);
    } catch (e) {
      duck = String((e as Error).message).slice(0, 300) + ' << ' + String(x[0]).slice(0, 600);
      throw e;
    }
  };
}
const from = Number(process.env['FROM'] ?? 1),
  n = Number(process.env['N'] ?? 100);
test('explore', async () => {
  const seen: Record<string, number> = {};
  let ok = 0;
  const exits: Record<string, number> = {};
  let released = 0;
  const t0 = Date.now();
  const why: Record<string, number> = {};
  for (let seed = from; seed < from + n; seed++) {
    const g = fc.sample(fc.gen(), { seed, numRuns: 30 }).at(-1);
    const draw = new Draw(g!);
    const story = drawStory(draw);
    const s = writeStory(story, { parts: draw.number(1, 2), isReversed: false });
    const folder = BenchFolder.make();
    putFixedKeys(folder);
    for (const [k, v] of Object.entries(s.files)) folder.put(k, v);
    let kind = '';
    let detail = '';
    duck = '';
    let msg = '';
    let refmsg = '';
    const run = folder.run.bind(folder);
    (folder as any).run = async (...a: any[]) => {
      const r = await (run as any)(...a);
      if (r.error) msg = r.error.message;
      return r;
    };
    try {
      const p = folder.parse(s.pipeline);
      const b = meaningByReference(p) as any;
      if (b.exitCode) {
        try {
          runReference(p, RUN_DATE, FIXED_KEYS);
        } catch (e) {
          refmsg = (e as Error).message;
        }
      }
      const a = (await meaningByProgram(folder, p)) as any;
      const k = a.exitCode ?? 0;
      if (k) {
        const m = msg
          .split('\n')[0]!
          .replace(/[^ ]*(one|two|three)[^ ]*/g, 'X')
          .replace(/[0-9]+/g, '#')
          .slice(0, 70);
        why[m] = (why[m] ?? 0) + 1;
      } else {
        for (const r of a.receipts)
          for (const [d, c] of Object.entries(r.dropped))
            why[`${r.stage} ${d}`] = (why[`${r.stage} ${d}`] ?? 0) + (c as number);
        for (const [t, rows] of Object.entries(a.tables))
          if (t !== 'persons')
            for (const r of rows as any[])
              why[`rank ${r.match_rank}`] = (why[`rank ${r.match_rank}`] ?? 0) + 1;
          else why['persons'] = (why['persons'] ?? 0) + (rows as any[]).length;
      }
      exits[k] = (exits[k] ?? 0) + 1;
      if (k === 0) released += Object.values(a.tables).flat().length;
      for (const part of ['exitCode', 'quarantine', 'receipts', 'outcomes', 'persons', 'tables']) {
        try {
          expect(a[part]).toEqual(b[part]);
        } catch (e) {
          kind =
            part +
            (part === 'exitCode'
              ? ` ${a.exitCode} ${b.exitCode} ${msg.slice(0, 80)} ${duck.slice(0, 100)}`
              : '');
          detail =
            'REF ' +
            refmsg +
            ' PROG ' +
            msg +
            '\n' +
            duck +
            '\n' +
            (e as Error).message +
            String(JSON.stringify(a[part])).slice(0, 1500) +
            '\n' +
            String(JSON.stringify(b[part])).slice(0, 1500);
          break;
        }
      }
    } catch (e) {
      kind = 'throw ' + (e as Error).message.slice(0, 120);
      detail = (e as Error).stack!;
    }
    folder.remove();
    if (kind === '') {
      ok++;
      continue;
    }
    seen[kind] = (seen[kind] ?? 0) + 1;
    if (seen[kind]! <= 2) {
      console.log('seed', seed, kind);
      writeFileSync(
        `/tmp/agree-${seed}.txt`,
        kind +
          '\n' +
          detail +
          '\n' +
          JSON.stringify(s.pipeline, null, 1) +
          '\n' +
          Object.entries(s.files)
            .map(([k, v]) => `--- ${k}\n${k.endsWith('.gz') ? '(gz)' : v}`)
            .join('\n'),
      );
    }
  }
  console.log(
    'ok',
    ok,
    'of',
    n,
    exits,
    'rows',
    released,
    (Date.now() - t0) / n,
    'ms each',
    seen,
    JSON.stringify(why, null, 1),
  );
}, 6_000_000);

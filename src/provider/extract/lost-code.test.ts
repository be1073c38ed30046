import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LongRefusal } from '../../domain/long-refusal.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import {
  PATIENTS_HEADER,
  READINGS_HEADER,
  splitPipeline,
  VISITS_HEADER,
} from '../../run/test-rig/split-source.ts';

const [a] = NHS_NUMBERS;
const CODE = '827241000000103';
const GOOD = 'p1,v1,05/01/2026,53741008,n\n';
const REASON = 'this row may have an opt-out, which cannot be read';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  folder.put('patients.csv', `${PATIENTS_HEADER}p1,${a},N,01/02/1980,1,AB1 2CD,H,T,E01000001\n`);
  folder.put('readings.csv', `${READINGS_HEADER}v1,1.5,mm\n`);
});
afterEach(() => folder.remove());

/** The locations for which the run is refused because an opt-out may be lost. */
async function lostAt(pipeline: object = splitPipeline({ quarantine: '90%' })): Promise<string[]> {
  const message = await folder.refusal(pipeline);
  expect(message).toMatch(/^exit 1: /);
  expect(message).not.toContain(CODE);
  return message
    .replace('exit 1: ', '')
    .split('\n')
    .flatMap((line) => (line.endsWith(REASON) ? [line.slice(0, -REASON.length - 2)] : []));
}

describe('an opt-out code on a row that cannot be parsed stops the run', () => {
  it.each([
    ['too few columns', `p1,v2,05/01/2026,${CODE}\n`],
    ['too many columns', `p1,v2,05/01/2026,${CODE},n,n\n`],
    ['in another cell than its own', `p1,v2,${CODE},05/01/2026\n`],
    ['in a note that is never read otherwise', `p1,v2,05/01/2026,53741008,see ${CODE},x\n`],
    ['run together with its neighbour', `p1,v2,05/01/2026${CODE},n\n`],
    ['an opt-out withdrawn', `p1,v2,05/01/2026,827261000000102\n`],
    ['in a cell behind a bad quote', `p1,"v"2,05/01/2026,${CODE},n\n`],
    ['right behind the quote', `p1,v2,05/01/2026,"x"${CODE},n\n`],
    ['before it', `p1,v2,05/01/2026,${CODE},"n"n\n`],
    ['in quotes, behind lines of its own', `p1,v2,05/01/2026,"\n\n${CODE}"x,n\n`],
  ])('%s', async (_, row) => {
    folder.put('visits.csv', `${VISITS_HEADER}${GOOD}${row}${GOOD.replace('v1', 'v3')}`);
    expect(await lostAt()).toEqual(['visits.csv:3']);
  });

  it.each([
    ['another cell', `${CODE},p1,05/01/2026 \xe9,v2,n\n`],
    ['its own cell', `${CODE} \xe9,p1,05/01/2026,v2,n\n`],
  ])('where %s is not in the declared encoding', async (_, row) => {
    const header = 'code,id,seen,visit,note\n';
    folder.put('visits.csv', Buffer.from(`${header}53741008,p1,05/01/2026,v1,n\n${row}`, 'latin1'));
    expect(await lostAt()).toEqual(['visits.csv:3']);
  });

  it('in every file, packed and in another encoding, with the first locations', async () => {
    const pipeline = JSON.parse(
      JSON.stringify(splitPipeline({ quarantine: '90%' }))
        .replace('"visits.csv"', '["visits-1.csv.gz","visits-2.csv.gz"]')
        .replace('"date":"%d/%m/%Y"', '"date":"%d/%m/%Y","encoding":"utf-16"'),
    );
    const utf16 = (text: string) => iconv.encode(text, 'utf-16le', { addBOM: true });
    for (const name of ['patients.csv', 'readings.csv']) {
      const text = name.startsWith('p')
        ? `${PATIENTS_HEADER}p1,${a},N,01/02/1980,1,AB1 2CD,H,T,E01000001\n`
        : `${READINGS_HEADER}v1,1.5,mm\n`;
      folder.put(name, utf16(text));
    }
    const lost = `p1,v2,05/01/2026,${CODE}\n`;
    folder.put('visits-1.csv.gz', gzipSync(utf16(VISITS_HEADER + GOOD + lost.repeat(7))));
    folder.put('visits-2.csv.gz', gzipSync(utf16(VISITS_HEADER + lost + GOOD.replace('v1', 'v3'))));
    expect(await lostAt(pipeline)).toEqual([
      ...[3, 4, 5, 6, 7].map((line) => `visits-1.csv.gz:${line}`),
      'visits-2.csv.gz:2',
    ]);
  });
});

describe('the run goes on', () => {
  it('past rows that cannot be parsed and have no such code, and past codes in a note of a row that can', async () => {
    folder.put(
      'visits.csv',
      `${VISITS_HEADER}${GOOD}p1,v2,05/01/2026,53741008\np1,"v"4,05/01/2026,53741008,n\np1,v3,05/01/2026,53741008,${CODE}\n`,
    );
    const { quarantine } = await folder.publish(splitPipeline({ quarantine: '90%' }));
    expect(quarantine).toEqual(['visits.csv,3,,too few columns', 'visits.csv,4,,unbalanced quote']);
  });

  it('past such rows of a table that is left out with a reason', async () => {
    folder.put('visits.csv', VISITS_HEADER + GOOD);
    folder.put('readings.csv', `${READINGS_HEADER}v1,1.5,mm\nv1,${CODE}\n`);
    const searched = JSON.stringify(splitPipeline({ quarantine: '90%' }));
    expect(await lostAt(JSON.parse(searched))).toEqual(['readings.csv:3']);
    const waiver = '"optOutCodes":{"none":"measurements only"},"files":"readings.csv"';
    const { quarantine } = await folder.publish(
      JSON.parse(searched.replace('"files":"readings.csv"', waiver)),
    );
    expect(quarantine).toEqual(['readings.csv,3,,too few columns']);
  });
});

describe.each([
  ['is not closed', (code: string) => `p1,"v1" "x,05/01/2026,${code},n\n`],
  ['is closed', (code: string) => `p1,"v1" "x",05/01/2026,${code},n\n`],
])('a second quote in a cell that %s', (_, faulty) => {
  // the plain reader alone decides what a faulty row is: this one, and no row behind it, in the search and in the reading alike
  const next = GOOD.replace('v1', '"v2"');

  it('quarantines its row alone, where it has no such code', async () => {
    folder.put('visits.csv', `${VISITS_HEADER}${faulty('53741008')}${next}${GOOD.replace('v1', 'v3')}`);
    const { quarantine, result } = await folder.publish(splitPipeline({ quarantine: '90%' }));
    expect(quarantine).toEqual(['visits.csv,2,,unbalanced quote']);
    const visits = result.receipts.find(({ table }) => table === 'visits');
    expect(visits).toMatchObject({ rowsIn: 3, dropped: { quarantined: 1 } });
  });

  it('stops the run, where it has one', async () => {
    folder.put('visits.csv', `${VISITS_HEADER}${faulty(CODE)}${next}${GOOD.replace('v1', 'v3')}`);
    expect(await lostAt()).toEqual(['visits.csv:2']);
  });
});

it.each([
  ['rows that cannot be parsed', `p1,v2,05/01/2026,${CODE}\n`],
  ['cells that cannot be read', `p1,v2,05/01/2026,8.27241E+14,n\n`],
])('%s: five are shown, and the refusal has all', async (_, row) => {
  folder.put('visits.csv', `${VISITS_HEADER}${GOOD}${row.repeat(12)}`);
  const { error } = await folder.run(splitPipeline({ quarantine: '90%' }));
  expect(error).toBeInstanceOf(LongRefusal);
  const { problems, all } = error as LongRefusal;
  expect(all.map(({ file, line }) => `${file}:${line}`)).toEqual(
    Array.from({ length: 12 }, (_, index) => `visits.csv:${index + 3}`),
  );
  expect(problems.slice(0, 5)).toEqual(all.slice(0, 5));
  expect(problems.slice(5)).toEqual([{ message: '7 more such places: refused.json has them' }]);
});

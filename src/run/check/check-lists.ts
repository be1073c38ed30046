import { readCanaries } from '../../gates/leak-scan.ts';
import { tokenCount } from '../../governance/national/token-list.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { readSensitiveCodes } from '../../linker/de-identify/sensitive-codes.ts';
import { isNationalLedger, type Pipeline } from '../../pipeline/pipeline.ts';
import { readIgnoredPostcodes } from '../../provider/extract/ignored-postcodes.ts';
import { readSupersededNumbers } from '../../provider/extract/superseded-numbers.ts';
import { type OptOutLists, readOptOutLists } from '../../provider/opt-outs/opt-out-lists.ts';
import { readPractices } from '../../provider/opt-outs/read-practices.ts';
import { formatCount } from '../../report/format.ts';
import { attempt, type DeliveryFinding, fromFindings, ok } from './delivery-finding.ts';

const NO_LISTS = { register: null, keptRegister: null, national: null, lists: [] } as const;

/**
 * Reads every list that the pipeline file names as a run reads it: there, fresh, and each line understood.
 *
 * @param linkageKey null where it cannot be used, which is a finding of its own
 */
export async function checkLists(
  pipeline: Pipeline,
  runDate: string,
  linkageKey: KeyRing | null,
): Promise<DeliveryFinding[]> {
  const { optOuts, link, release, canaries, synthetic } = pipeline;
  const { register, keptRegister, national, lists: declared, practices } = optOuts;
  // one at a time: a problem of one does not affect the other
  const optOutList = (
    what: string,
    only: Partial<Pipeline['optOuts']>,
    count: (lists: OptOutLists) => string,
  ) =>
    looked(
      what,
      () =>
        readOptOutLists({ ...pipeline, optOuts: { ...optOuts, ...NO_LISTS, ...only } }, runDate, linkageKey),
      (lists) => [ok(what, count(lists)), ...fromFindings(what, lists.findings)],
    );
  const list = (what: string, read: () => number, of: string) =>
    looked(what, read, (entries) => [ok(what, `${formatCount(entries)} ${of}`)]);
  const { ignorePostcodes, supersededNumbers } = link;
  return (
    await Promise.all([
      ...(register === null
        ? []
        : [
            optOutList(
              'opt-out register',
              { register },
              (lists) => `${formatCount(lists.register?.entries.length ?? 0)} lines`,
            ),
          ]),
      ...(keptRegister === null
        ? []
        : [
            optOutList(
              'opt-out register',
              { keptRegister },
              (lists) => `${formatCount(lists.kept?.events.count ?? 0)} events`,
            ),
          ]),
      ...(national === null
        ? []
        : [
            optOutList(
              isNationalLedger(national) ? 'national ledger' : 'national reply',
              { national },
              ({ allowed, national: answers }) =>
                `${formatCount(allowed?.numbers.length ?? tokenCount(answers?.allowed ?? new Uint32Array()))} numbers may be used`,
            ),
          ]),
      ...declared.map((one) =>
        optOutList(
          `opt-out list ${one.name}`,
          { lists: [one] },
          (lists) => `${formatCount(lists.declared[0]?.numbers.length ?? 0)} lines`,
        ),
      ),
      ...(practices === null
        ? []
        : [
            looked(
              'list of practices',
              () => readPractices(practices, runDate),
              ({ lines, findings }) => [
                ok('list of practices', `${formatCount(lines.length)} lines`),
                ...fromFindings('list of practices', findings),
              ],
            ),
          ]),
      ...(release.sensitiveCodes === null
        ? []
        : [list('sensitive codes', () => readSensitiveCodes(pipeline).listed.length, 'entries')]),
      ...(canaries === null ? [] : [list('canaries', () => readCanaries(canaries).length, 'texts')]),
      ...(ignorePostcodes === null
        ? []
        : [list('ignored postcodes', () => readIgnoredPostcodes(ignorePostcodes).size, 'postcodes')]),
      ...(supersededNumbers === null
        ? []
        : [
            list(
              'superseded numbers',
              () => readSupersededNumbers(supersededNumbers, synthetic).size,
              'numbers',
            ),
          ]),
    ])
  ).flat();
}

async function looked<T>(
  what: string,
  read: () => T | Promise<T>,
  describe: (value: T) => DeliveryFinding[],
): Promise<DeliveryFinding[]> {
  const done = await attempt(what, read);
  if ('fault' in done) return [done.fault];
  const findings = describe(done.value);
  // a list that stops a run is not called fit beside it
  return findings.some(({ verdict }) => verdict === 'failed')
    ? findings.filter(({ verdict }) => verdict !== 'ok')
    : findings;
}

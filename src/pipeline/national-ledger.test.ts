import { describe, expect, it } from 'vitest';
import { isNationalLedger } from './pipeline.ts';
import { messagesAtMarks, parse, WHOLE } from './test-rig/marked-file.ts';

const OPT_OUTS = '  register: { file: register.csv }\n';

/** The file with this national ledger beside its register. */
function withNational(national: string): string {
  if (!WHOLE.includes(OPT_OUTS)) throw new Error('the file has other opt-outs');
  return WHOLE.replace(OPT_OUTS, `${OPT_OUTS}  national: ${national}\n`);
}

describe('a national ledger', () => {
  it('needs its file and a mailbox: the rest has defaults', () => {
    const { national } = parse(withNational('{ ledger: kept/national, mailbox: X26OT001 }')).optOuts;
    expect(isNationalLedger(national)).toBe(true);
    expect(national).toEqual({
      ledger: '/srv/nightly/kept/national',
      shownAs: 'kept/national',
      maxAgeDays: 7,
      allowEmpty: false,
      sending: { mailbox: 'X26OT001', to: 'X26HC065', workflow: 'SPINE_NTT_UPHOLDING' },
    });
  });

  it('may have others', () => {
    const text = withNational(
      '{ ledger: n, mailbox: A1, to: B2, workflow: OTHER_1, maxAge: 3d, allowEmpty: true }',
    );
    expect(parse(text).optOuts.national).toMatchObject({
      maxAgeDays: 3,
      allowEmpty: true,
      sending: { mailbox: 'A1', to: 'B2', workflow: 'OTHER_1' },
    });
  });

  it('is a source of national opt-outs, as a reply is', () => {
    const only = WHOLE.replace(OPT_OUTS, '  national: { ledger: n, mailbox: A1 }\n');
    expect(isNationalLedger(parse(only).optOuts.national)).toBe(true);
  });

  it.each([
    [
      '{ ledger: n, mailbox: §"A 1" }',
      '`optOuts.national.mailbox` must be the id of a mailbox: letters and digits',
    ],
    [
      '{ ledger: n, mailbox: A1, workflow: §"x:y" }',
      '`optOuts.national.workflow` must be a workflow id: letters, digits and _',
    ],
    ['{ ledger: n, mailbox: A1, §asOf: 2026-03-01 }', 'unknown key `asOf`'],
  ])('%s is faulty', (national, message) => {
    expect(messagesAtMarks(withNational(national))).toEqual([message]);
  });

  it('is not declared beside a reply', () => {
    const both = withNational('{ §ledger: n, §mailbox: A1, reply: r.dat }');
    expect(messagesAtMarks(both)).toEqual(['unknown key `ledger`', 'unknown key `mailbox`']);
  });
});

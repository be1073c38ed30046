import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hasCheckDigit, type NhsNumber } from '../../../domain/nhs-number.ts';
import { TallystickError } from '../../../domain/problem.ts';
import { type Ledger, readLedger } from '../../../governance/national/ledger.ts';
import { KeyRing } from '../../../keys/key-ring.ts';
import type { NationalLedger } from '../../../pipeline/pipeline.ts';
import { type Accepted, type AcceptSettings, acceptMessage } from '../accept-message.ts';
import { type MadeRequest, makeRequest } from '../make-request.ts';

const SERVICE = 'X26HC065';
export const MAILBOX = 'X26OT001';
const WORKFLOW = 'SPINE_NTT_UPHOLDING';

/** Valid NHS numbers of the test range, in ascending order. */
export function testNumbers(count: number): NhsNumber[] {
  const numbers: NhsNumber[] = [];
  for (let prefix = 900_000_001; numbers.length < count; prefix += 7) {
    for (let digit = 0; digit < 10; digit += 1) {
      if (hasCheckDigit(`${prefix}${digit}`)) numbers.push(`${prefix}${digit}` as NhsNumber);
    }
  }
  return numbers;
}

/** The text of a reply: a number and a comma on each line. */
export function replyText(numbers: readonly string[]): string {
  return numbers.map((number) => `${number},\n`).join('');
}

/** A control file of the service. */
export function controlText(localId: string, elements: Readonly<Record<string, string>> = {}): string {
  const all = {
    MessageType: 'Data',
    From_DTS: SERVICE,
    To_DTS: MAILBOX,
    LocalId: localId,
    WorkflowId: WORKFLOW,
    ...elements,
  };
  const lines = Object.entries(all).map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<DTSControl>\n<Version>1.0</Version>\n${lines.join('\n')}\n</DTSControl>\n`;
}

/** What a refusal says: the exit code, and each problem with its line. */
export interface Refusal {
  readonly exitCode: number;
  readonly problems: readonly {
    readonly line?: number;
    readonly message: string;
    readonly wayOut?: string;
  }[];
}

/** A folder with a ledger, an outbox and an inbox; removed after the test. */
export class NationalBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'tallystick-national-'));
  readonly notices: string[] = [];
  readonly settings: AcceptSettings;
  now = new Date('2026-11-30T12:00:00Z');
  #messages = 0;

  constructor(settings: Partial<AcceptSettings> = {}, allowEmpty = false) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    const national: NationalLedger = {
      ledger: this.path('national.ledger'),
      shownAs: 'national.ledger',
      maxAgeDays: 7,
      allowEmpty,
      sending: { mailbox: MAILBOX, to: SERVICE, workflow: WORKFLOW },
    };
    this.settings = {
      national,
      linkageKey: new KeyRing(Buffer.from('one linkage key of 32 bytes, ok.')),
      synthetic: true,
      expectedRate: null,
      now: () => this.now,
      notice: (message) => this.notices.push(message),
      ...settings,
    };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async ask(numbers: readonly NhsNumber[], onlyNewOn: string | null = null): Promise<MadeRequest | null> {
    return await makeRequest(numbers, { ...this.settings, out: this.path('out'), onlyNewOn });
  }

  /** Puts a message into the inbox, and accepts it. */
  async accept(reply: string | Buffer, control: string | null = null): Promise<Accepted> {
    this.#messages += 1;
    const [data, ctl] = ['dat', 'ctl'].map((ending) => this.path(`in-${this.#messages}.${ending}`));
    writeFileSync(data!, reply);
    if (control !== null) writeFileSync(ctl!, control);
    return await acceptMessage({ reply: data!, control: control === null ? null : ctl! }, this.settings);
  }

  /** The refusal of a message. @throws Error for one that is accepted */
  async refusal(reply: string | Buffer, control: string | null = null): Promise<Refusal> {
    const accepted = await this.accept(reply, control).catch((fault: unknown) => {
      if (!(fault instanceof TallystickError)) throw fault;
      return { exitCode: fault.exitCode, problems: fault.problems };
    });
    if ('outcome' in accepted) throw new Error(`it was accepted: ${accepted.outcome}`);
    return accepted;
  }

  ledger(): Ledger {
    const { national, linkageKey } = this.settings;
    return readLedger(national.ledger, national.shownAs, linkageKey);
  }

  bytes(): Buffer {
    const { ledger } = this.settings.national;
    // nothing has been asked yet
    return existsSync(ledger) ? readFileSync(ledger) : Buffer.alloc(0);
  }
}

import { createHash } from 'node:crypto';
import type { NewChange } from '../../log/append-to-log.ts';
import type { LogChange } from '../../log/next-change.ts';
import { type Ledger, ledgerOf } from '../ledger.ts';
import { type TokenList, tokenList } from '../token-list.ts';

/** A token for a number of a test, as 32 hexadecimal digits. */
export function tokenOf(number: number): string {
  return createHash('sha256').update(String(number)).digest('hex').slice(0, 32);
}

/** The list of the tokens of some numbers. */
export function listOf(numbers: readonly number[]): TokenList {
  return tokenList(Buffer.from(numbers.map(tokenOf).join(''), 'hex'));
}

/** A ledger in memory: changes without digests and seals. */
export class Bench {
  readonly #changes: LogChange[] = [];

  get changes(): number {
    return this.#changes.length;
  }

  append({ header, lines }: NewChange, at = new Date('2026-11-30T12:00:00Z')): void {
    const bytes = Buffer.isBuffer(lines) ? lines : Buffer.concat(lines);
    const number = this.#changes.length + 1;
    const count = bytes.filter((byte) => byte === 10).length;
    this.#changes.push({
      number,
      header: {
        ...header,
        change: number,
        at: `${at.toISOString().slice(0, 19)}Z`,
        lines: count,
        bytes: bytes.length,
      },
      lines: bytes,
      count,
      offset: 0,
      digest: '',
    });
  }

  ledger(): Ledger {
    const head = { changes: this.changes, bytes: 0, digest: '' };
    const log = { keyId: '', head, changes: this.#changes, warnings: [], kept: null, mark: '' };
    return ledgerOf(log, 'national.ledger');
  }
}

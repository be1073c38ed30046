import { csvCell } from '../../domain/csv-cell.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { readLog } from '../log/read-log.ts';
import { REGISTER, registerEvents } from './read-register.ts';
import { parseRegisterLine } from './register-line.ts';

const COLUMNS = 'change,at,command,by,document,token,type,event,date,digest';

/**
 * Every event of a register with what is known of its recording, as CSV for people who check it: one line an event, in the order of
 * recording. The same register gives the same bytes. Tokens are in place of NHS numbers.
 *
 * @returns the file in pieces, one a change
 */
export function exportEvents(
  path: string,
  key: KeyRing,
  shownAs: string,
): { readonly pieces: readonly Buffer[]; readonly events: number; readonly warnings: readonly string[] } {
  const log = readLog(path, { kind: REGISTER, key, shownAs });
  const { count, warnings } = registerEvents(log, shownAs); // refuses a line that is no event
  const pieces = log.changes.map(({ number, header, lines, digest }) => {
    const text = (name: string) => csvCell(typeof header[name] === 'string' ? header[name] : '');
    const start = [number, header.at, text('command'), text('by'), text('document')].join(',');
    const rows = lines
      .toString('latin1')
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const { token, type, kind, date } = parseRegisterLine(line)!;
        return `${start},${token},${type},${kind},${date ?? ''},${digest}\n`;
      });
    return Buffer.from(rows.join(''));
  });
  return { pieces: [Buffer.from(`${COLUMNS}\n`), ...pieces], events: count, warnings };
}

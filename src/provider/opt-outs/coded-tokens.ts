import type { NhsNumber } from '../../domain/nhs-number.ts';
import { type TokenText, tokenText } from '../../store/token-text.ts';
import type { TokenKernel } from '../tokenise/token-kernel.ts';
import type { RecordedPatient } from './held-tokens.ts';
import type { SourceOptOuts } from './opt-out-owners.ts';
import type { RecordedEvent } from './recorded-reader.ts';
import type { CodedEvent } from './timelines.ts';

/** The recorded events of every source, under tokens. */
export class CodedTokens {
  readonly byPatient: CodedEvent[] = [];
  /** of reasons that hold the records of one registration */
  readonly ofRows: CodedEvent[] = [];
  readonly byNhsNumber: { readonly nhsNumber: TokenText; readonly event: CodedEvent['event'] }[] = [];
  readonly nhsNumberOf = new Map<TokenText, TokenText>();
  /** by token of a patient's key, which is of one source */
  readonly patientOf = new Map<TokenText, RecordedPatient>();
  readonly #personsOf = new Map<SourceOptOuts, TokenText[]>();
  readonly #tokens: TokenKernel;
  readonly #currentToken: (number: NhsNumber) => TokenText;

  constructor(tokens: TokenKernel, currentToken: (number: NhsNumber) => TokenText) {
    this.#tokens = tokens;
    this.#currentToken = currentToken;
  }

  /** A row without a key is in quarantine, and so is whatever it could hold. */
  addRows(source: string, events: readonly RecordedEvent[]): void {
    for (const { owner, event } of events) {
      if (owner === null) continue;
      this.ofRows.push({ patient: tokenText(this.#tokens.tokenOf(`patient-key/${source}`, owner)), event });
    }
  }

  /** The token under which each event of a source counts, in their order: of the NHS number, or of the patient key for want of one. */
  personsOf(source: SourceOptOuts): readonly TokenText[] {
    return this.#personsOf.get(source)!;
  }

  add(one: SourceOptOuts): void {
    const { source, events, nhsNumberOf, patients } = one;
    const persons: TokenText[] = [];
    this.#personsOf.set(one, persons);
    for (const { owner, event } of events) {
      if ('nhsNumber' in owner) {
        const nhsNumber = this.#currentToken(owner.nhsNumber);
        this.byNhsNumber.push({ nhsNumber, event });
        persons.push(nhsNumber);
        continue;
      }
      const patient = tokenText(this.#tokens.tokenOf(`patient-key/${source.name}`, owner.patient));
      this.byPatient.push({ patient, event });
      this.patientOf.set(patient, {
        source: source.name,
        patientKey: owner.patient,
        isRead: patients.has(owner.patient),
      });
      const number = nhsNumberOf.get(owner.patient);
      if (number !== undefined) this.nhsNumberOf.set(patient, this.#currentToken(number));
      persons.push(this.nhsNumberOf.get(patient) ?? patient);
    }
  }
}

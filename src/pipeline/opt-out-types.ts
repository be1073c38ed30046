import {
  type DeclaredType,
  type DeclaredTypeName,
  type Exemption,
  type HeldReason,
  isExemptible,
  isReservedName,
  MOST_DECLARED_TYPES,
  type ReasonName,
  reasonNamed,
  reasonsInOrder,
} from '../domain/held-reason.ts';
import type { Complain } from './complain.ts';
import type { PipelineFile } from './schema.ts';

/** The reasons of a pipeline: those that every one has, and the types of opt-outs that its file declares. */
export interface CompletedTypes {
  readonly types: readonly DeclaredType[];
  /** names that the file moves to the front */
  readonly order: readonly ReasonName[];
  /** all of them, in order */
  readonly reasons: readonly HeldReason[];
}

/** Completes `optOuts.types` and `optOuts.order`. */
export function completeTypes(given: PipelineFile['optOuts'], complain: Complain): CompletedTypes {
  const types = Object.entries(given.types ?? {}).flatMap(
    ([name, { scope, description }]): DeclaredType[] => {
      if (!isReservedName(name)) return [{ name: name as DeclaredTypeName, scope, description }];
      const way = 'give it another name: this one has a meaning already';
      complain(['optOuts', 'types', name], `the type ${name} cannot be declared`, way, true);
      return [];
    },
  );
  if (types.length > MOST_DECLARED_TYPES) {
    complain(['optOuts', 'types'], `more than ${MOST_DECLARED_TYPES} types are declared`, undefined, true);
    types.length = MOST_DECLARED_TYPES;
  }
  const known = reasonsInOrder(types, []);
  const order: ReasonName[] = [];
  for (const [index, name] of (given.order ?? []).entries()) {
    const path = ['optOuts', 'order', index];
    const reason = reasonNamed(known, name);
    if (reason === null) complain(path, `there is no reason called ${name}`, reasonsAre(known));
    else if (order.includes(reason.name)) complain(path, 'is in the order already');
    else order.push(reason.name);
  }
  return { types, order, reasons: reasonsInOrder(types, order) };
}

/** Completes `optOuts.exempt`. */
export function completeExemptions(
  given: PipelineFile['optOuts'],
  reasons: readonly HeldReason[],
  complain: Complain,
): Exemption[] {
  return Object.entries(given.exempt ?? {}).flatMap(([name, { because, basis }]): Exemption[] => {
    const reason = reasonNamed(reasons, name);
    if (reason !== null && isExemptible(reason)) return [{ type: reason.name, because, basis }];
    complain(
      ['optOuts', 'exempt', name],
      reason === null ? `there is no type called ${name}` : `${name} cannot be switched off`,
      reasonsAre(reasons.filter(isExemptible)),
      true,
    );
    return [];
  });
}

function reasonsAre(reasons: readonly HeldReason[]): string {
  return `use one of ${reasons.map(({ name }) => name).join(', ')}`;
}

import { Option } from '@commander-js/extra-typings';
import type { Acceptance } from '../../baseline/acceptance.ts';
import { MEASURES, type Measure } from '../../baseline/night.ts';
import { usage } from '../../domain/problem.ts';
import { collect } from './shared-options.ts';

/** The values of the options below, as commander gives them. */
interface AcceptanceOptions {
  readonly newBaseline?: true | undefined;
  readonly acceptNewKey?: readonly string[] | undefined;
  readonly acceptChange?: readonly string[] | undefined;
}

export function newBaselineOption() {
  return new Option(
    '--new-baseline',
    'discard the earlier nights, or begin where there is no baseline; nothing is compared on this night',
  );
}

export function acceptNewKeyOption() {
  return new Option(
    '--accept-new-key <id>',
    'the key with this id replaces the pinned one; may be given more than once',
  ).argParser(collect);
}

export function acceptChangeOption() {
  return new Option(
    '--accept-change <what>',
    `accept that this measure differs from earlier nights: ${MEASURES.join(', ')}; may be given more than once`,
  ).argParser(collect);
}

/** @throws TallystickError (exit 2) for a change that is none of the known ones */
export function acceptanceOf({ newBaseline, acceptNewKey, acceptChange }: AcceptanceOptions): Acceptance {
  const changes = acceptChange ?? [];
  const unknown = changes.filter((one) => !isMeasure(one));
  if (unknown.length > 0) {
    throw usage(
      ...unknown.map((one) => ({
        message: `--accept-change ${one}: there is no such change`,
        wayOut: `it is one of ${MEASURES.join(', ')}`,
      })),
    );
  }
  return {
    newBaseline: newBaseline ?? false,
    newKeys: acceptNewKey ?? [],
    changes: changes.filter(isMeasure),
  };
}

function isMeasure(text: string): text is Measure {
  return (MEASURES as readonly string[]).includes(text);
}

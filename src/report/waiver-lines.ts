import type { Waiver } from '../domain/waiver.ts';

/** What a pipeline file left out of opt-outs, each with its reason, and an empty line; nothing where all is named. */
export function waiverLines(waivers: readonly Waiver[]): string[] {
  if (waivers.length === 0) return [];
  return ['waived by the pipeline file:', ...waivers.map(({ what, reason }) => `  ${what}: ${reason}`), ''];
}

import type { Waiver } from '../domain/waiver.ts';

/** The waivers of a pipeline file, each with its reason, and an empty line; nothing where there is none. */
export function waiverLines(waivers: readonly Waiver[]): string[] {
  if (waivers.length === 0) return [];
  return ['waived by the pipeline file:', ...waivers.map(({ what, reason }) => `  ${what}: ${reason}`), ''];
}

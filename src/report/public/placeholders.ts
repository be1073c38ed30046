/** The placeholders of a template, all of which it must have, and what each becomes. */
export const PLACEHOLDERS = {
  organisation: 'who runs the service',
  contact: 'where a patient can ask',
  date: 'the day of the last release',
  sources: 'a list of whose records are joined',
  choices: 'a section for each choice, headed by an h3: what it does, how to make, end and check it',
  exceptions: 'choices that are not applied, each with its reason',
  releases: 'a section for each recipient, headed by an h3: what was released, when, and how much',
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;

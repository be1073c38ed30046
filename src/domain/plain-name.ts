/** A delivered name as letters, digits and low lines: a part of plain SQL identifiers. Names of one table must differ in it. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_');
}

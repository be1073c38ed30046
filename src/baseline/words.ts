/** A count with separated thousands. */
export function count(value: number): string {
  return value.toLocaleString('en-GB');
}

/** A share as a percentage with one decimal. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A difference of shares. */
export function points(difference: number): string {
  return `${(difference * 100).toFixed(1)} points`;
}

/** A limit as in a pipeline file, without rounding errors. */
export function limit(share: number | null): string {
  return share === null ? 'any' : `${Number((share * 100).toPrecision(6))} %`;
}

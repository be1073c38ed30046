/** A count with its thousands apart. */
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

/** A limit as it is written in a pipeline file, without rounding faults. */
export function limit(share: number | null): string {
  return share === null ? 'any' : `${Number((share * 100).toPrecision(6))} %`;
}

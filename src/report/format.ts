import type { Interval } from '../domain/wilson-interval.ts';

/** A whole number as people read it: 1,234,567. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-GB', { maximumFractionDigits: 0 });
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A size as people read it: 147 KiB, 1.5 GiB. */
export function formatSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 || size >= 10 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`;
}

/** A share as a percentage, with three decimals by default, because false matches are rare: 0.226 %. */
function formatShare(share: number, places = 3): string {
  return `${(share * 100).toFixed(places)} %`;
}

/** A rate; a dash where there is none. */
export function formatRate(rate: number | null, places?: number): string {
  return rate === null ? '-' : formatShare(rate, places);
}

/** The limits of one. */
export function formatInterval(interval: Interval | null, places?: number): string {
  return interval === null ? '-' : interval.map((limit) => formatShare(limit, places)).join(' to ');
}

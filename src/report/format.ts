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

/** A share as people read it, three places behind the point, for false matches are rare: 0.226 %. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}

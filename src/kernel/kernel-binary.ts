import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The cells that a column kernel reads: see assembly/cells.ts. */
export type CellArguments = [column: number, width: number, from: number, count: number, quote: number];

/** The exports of assembly/index.ts. All addresses are byte offsets into the memory that it was given. */
export interface KernelExports {
  compress(stateIn: number, block: number, stateOut: number): void;
  hashBatch(key: number, count: number): void;
  scan(length: number, delimiter: number, quote: number): number;
  lineEndsFound(): number;
  countLineEnds(length: number): number;
  encode(column: number, width: number, rows: number, quote: number, sifts: boolean): void;
  mark(length: number): void;
  readNhsNumbers(...cells: [...CellArguments, takesTestRange: boolean]): number;
  readDates(...cells: [...CellArguments, bytes: number, form: number]): number;
  readPostcodes(...cells: CellArguments): number;
  readIntegers(...cells: [...CellArguments, mostDigits: number]): number;
  readDecimals(...cells: [...CellArguments, mostDigits: number]): number;
  readTexts(...cells: CellArguments): number;
}

export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/**
 * The part of the host's WebAssembly that is used here. Neither `lib.es2023` nor `@types/node` 20 declares it,
 * and the library that does (`dom`) would bring a browser's globals into every file.
 */
interface WebAssemblyHost {
  readonly Memory: new (limits: { initial: number; maximum: number }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: KernelMemory } },
  ) => { readonly exports: unknown };
}

const host = (globalThis as unknown as { WebAssembly: WebAssemblyHost }).WebAssembly;

let compiled: object | undefined;

/**
 * A fresh memory of `pages` pages of 64 KiB, which never grows, and the kernel's functions working on it. The binary is read
 * and compiled on the first call and kept.
 *
 * @throws if `npm run build` has not made the binary, or this Node has no WebAssembly SIMD
 */
export function instantiateKernel(pages: number): { memory: KernelMemory; code: KernelExports } {
  compiled ??= new host.Module(readBinary());
  const memory = new host.Memory({ initial: pages, maximum: pages });
  const { exports } = new host.Instance(compiled, { env: { memory } });
  return { memory, code: exports as KernelExports };
}

/** The package's own name for the binary (`imports` in package.json) resolves to it from src/, dist/ and bench/.build/ alike. */
function readBinary(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(createRequire(import.meta.url).resolve('#kernel.wasm')));
}

import { compressFunction } from './compress-function.ts';
import { hashBatchFunction } from './hash-batch-function.ts';
import { encodeModule } from './wasm-module.ts';

/** The functions the module exports. All addresses are byte offsets into the memory it was given. */
export interface KernelExports {
  compress(stateIn: number, block: number, stateOut: number): void;
  hashBatch(key: number, count: number): void;
}

export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/**
 * As much of the host's WebAssembly as is used here. Neither `lib.es2023` nor `@types/node` 20 declares it,
 * and the library that does (`dom`) would bring a browser's globals into every file.
 */
interface WebAssemblyHost {
  readonly Memory: new (limits: { initial: number; maximum: number }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { kernel: { memory: KernelMemory } },
  ) => { readonly exports: unknown };
}

const host = (globalThis as unknown as { WebAssembly: WebAssemblyHost }).WebAssembly;

let compiled: object | undefined;

/**
 * A fresh memory of `pages` pages, which never grows, and the kernel's functions working on it. The module is
 * emitted and compiled on the first call and kept.
 */
export function instantiateKernel(pages: number): { memory: KernelMemory; code: KernelExports } {
  compiled ??= new host.Module(encodeModule([compressFunction(), hashBatchFunction(0)]));
  const memory = new host.Memory({ initial: pages, maximum: pages });
  const { exports } = new host.Instance(compiled, { kernel: { memory } });
  return { memory, code: exports as KernelExports };
}

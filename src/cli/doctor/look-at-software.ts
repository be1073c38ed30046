import { readFileSync } from 'node:fs';
import { DuckDbEngine, duckdbVersion } from '../../engine/duckdb/engine.ts';
import { HmacKernel } from '../../kernel/hmac-kernel.ts';
import { TOOL, toolVersion } from '../../tool.ts';
import type { MachineFinding } from './finding.ts';

/** The oldest Node with which this program is tested. */
const LEAST_NODE = [20, 19] as const;

/** RFC 4231, test case 1: key, text, and the first 16 bytes of HMAC-SHA-256. */
const KNOWN_KEY = Buffer.alloc(20, 0x0b);
const KNOWN_TEXT = Buffer.from('Hi There');
const KNOWN_TOKEN = 'b0344c61d8db38535ca8afceaf0bf12b';

/** Versions, and whether engine and hash kernel work on this processor and system. */
export async function lookAtSoftware(): Promise<MachineFinding[]> {
  const { platform, arch, versions } = process;
  return [
    { what: TOOL, verdict: 'ok', found: toolVersion() },
    lookAtNode(versions.node),
    { what: 'platform', verdict: 'ok', found: `${platform} ${arch}` },
    await lookAtEngine(),
    { what: 'apache-arrow', verdict: 'ok', found: arrowVersion() },
    lookAtKernel(),
  ];
}

/** @param version such as 20.19.1 */
export function lookAtNode(version: string): MachineFinding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  const isOld = major < leastMajor || (major === leastMajor && minor < leastMinor);
  const wayOut = `install Node ${LEAST_NODE.join('.')} or newer`;
  return { what: 'node', found: version, ...(isOld ? { verdict: 'failed', wayOut } : { verdict: 'ok' }) };
}

async function lookAtEngine(): Promise<MachineFinding> {
  const what = 'duckdb';
  try {
    const engine = await DuckDbEngine.open({
      threads: 1,
      memory: '64MiB',
      spillDirectory: null,
      allowedDirectories: [],
      allowedPaths: [],
      keepOrder: false,
    });
    await engine.query('SELECT 1', 'trying the engine');
    engine.close();
    return { what, verdict: 'ok', found: duckdbVersion() };
  } catch {
    return { what, verdict: 'failed', found: 'does not start', wayOut: 'install again with `npm ci`' };
  }
}

function arrowVersion(): string {
  const file = new URL('./package.json', import.meta.resolve('apache-arrow'));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function lookAtKernel(): MachineFinding {
  const what = 'hash kernel';
  try {
    const kernel = new HmacKernel(1);
    const token = new Uint8Array(16);
    kernel.loadKey(0, KNOWN_KEY);
    kernel.hashOne(0, KNOWN_TEXT, token);
    kernel.close();
    if (Buffer.from(token).toString('hex') === KNOWN_TOKEN) {
      return { what, verdict: 'ok', found: 'agrees with RFC 4231' };
    }
    return { what, verdict: 'failed', found: 'computes wrong tokens: do not use this machine' };
  } catch {
    return {
      what,
      verdict: 'failed',
      found: 'does not start',
      wayOut: 'install again with `npm ci`; it needs WebAssembly SIMD: any x86-64 or arm64 processor',
    };
  }
}

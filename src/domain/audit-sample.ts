/** The number of lots: a prime, so that no two residues draw the same lot of a sample: 2^31 - 1. */
export const LOTS = 2_147_483_647;

/** The most subjects whose NHS number the self-audit hides, and the most links of each rank that it looks at: this bounds the audit's time (src/linker/audit/README.md). */
export const AUDIT_SAMPLE = 20_000;

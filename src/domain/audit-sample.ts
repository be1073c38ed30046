/** The most subjects whose NHS number the self-audit hides, and the most links of each rank that it looks at: this bounds the audit's time (src/linker/audit/README.md). */
export const AUDIT_SAMPLE = 20_000;

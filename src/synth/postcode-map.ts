/**
 * Postcodes of the invented country: real shapes (domain.md, 2), laid out so that neighbouring indexes are
 * neighbours on the ground. A block is a run of postcodes in one sector and is one LSOA; blocks follow one
 * another through the outward codes.
 */

/** Area letters with their number of plain districts, in an order that roughly follows the map. */
const AREAS =
  `NE:12 DH:9 SR:8 TS:14 DL:10 YO:16 HG:5 LS:18 BD:12 HX:7 HD:9 WF:12 S:20 DN:18 HU:15 LN:11 LA:12 PR:9
BB:11 BL:8 M:19 OL:10 SK:14 WN:7 L:20 CH:8 WA:14 CW:9 ST:18 DE:14 NG:18 LE:16 B:20 WS:9 WV:11 DY:12 CV:17
NN:14 PE:16 NR:18 IP:17 CB:11 CO:12 CM:13 SS:12 LU:6 MK:14 OX:16 RG:19 SL:7 HP:15 AL:7 EN:9 E:18 N:20 NW:11
W:14 SW:20 SE:20 BR:6 CR:8 KT:16 GU:17 RH:16 BN:17 TN:18 ME:14 CT:18 PO:17 SO:18 BH:18 DT:9 SP:9 BA:14 BS:16
GL:17 SN:15 TA:14 EX:15 TQ:12 PL:17`.split(/\s+/);

/** Central outward codes that end in a letter (shapes A9A and AA9A). */
const LETTERED = ['E1W', 'EC1A', 'EC1V', 'EC2M', 'N1C', 'SE1P', 'SW1A', 'SW1P', 'W1A', 'W1K', 'WC1E', 'WC2N'];

const INWARD_LETTERS = 'ABDEFGHJLNPQRSTUWXYZ'; // without C I K M O V
const UNITS_PER_SECTOR = INWARD_LETTERS.length ** 2;
const SECTORS_PER_OUTWARD = 10;

/**
 * Postcodes in a block: about 1,400 residents, inside the 1,000-3,000 of an LSOA. Small populations get
 * small blocks.
 */
const LARGEST_BLOCK = 40;
const SMALLEST_BLOCK = 4;
const FEWEST_BLOCKS = 24;

const OUTWARD_CODES: readonly string[] = (() => {
  const codes = AREAS.flatMap((area) => {
    const [letters, districts] = area.split(':');
    return Array.from({ length: Number(districts) }, (_, district) => `${letters}${district + 1}`);
  });
  // Spread out, so that small sets contain some.
  for (const [nth, code] of LETTERED.entries()) codes.splice((nth + 1) * 97, 0, code);
  return codes;
})();

export interface PostcodeMap {
  /** Single-space form, by index. */
  readonly postcodes: readonly string[];
  /** LSOA code of each postcode, by index. */
  readonly lsoas: readonly string[];
}

/**
 * Lays out unique postcodes.
 * @param count how many; at most about 4 million (RangeError)
 */
export function layOutPostcodes(count: number): PostcodeMap {
  const blockSize = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, Math.round(count / FEWEST_BLOCKS)));
  const blocks = Math.ceil(count / blockSize);
  const outwards = OUTWARD_CODES.length;
  const blocksPerSector = Math.floor(UNITS_PER_SECTOR / blockSize);
  const blocksPerOutward = Math.ceil(blocks / outwards);
  if (blocksPerOutward > blocksPerSector * SECTORS_PER_OUTWARD) {
    throw new RangeError('too many postcodes: the map is full');
  }
  const postcodes: string[] = [];
  const lsoas: string[] = [];
  for (let block = 0; block < blocks; block++) {
    // Few blocks are spread over the whole map, one for each outward code; many fill outward codes in turn.
    const outward =
      blocks <= outwards ? Math.floor((block * outwards) / blocks) : Math.floor(block / blocksPerOutward);
    const within = blocks <= outwards ? block : block % blocksPerOutward;
    const sector = within % SECTORS_PER_OUTWARD;
    const firstUnit = (Math.floor(within / SECTORS_PER_OUTWARD) % blocksPerSector) * blockSize;
    const lsoa = `E01${String(block + 1).padStart(6, '0')}`;
    for (let nth = 0; nth < blockSize && postcodes.length < count; nth++) {
      const unit = firstUnit + nth;
      const first = INWARD_LETTERS[Math.floor(unit / INWARD_LETTERS.length)];
      const second = INWARD_LETTERS[unit % INWARD_LETTERS.length];
      postcodes.push(`${OUTWARD_CODES[outward]} ${sector}${first}${second}`);
      lsoas.push(lsoa);
    }
  }
  return { postcodes, lsoas };
}

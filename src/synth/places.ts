import { layOutPostcodes } from './postcode-map.ts';
import type { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** The home of a household. */
export interface Home {
  /** Single-space form. */
  readonly postcode: string;
  readonly lsoa: string;
  /** One line, with commas, ASCII. */
  readonly address: string;
  /** 0 .. 1: the position of the postcode along the map, which decides who provides care there. */
  readonly position: number;
}

export type InstitutionKind = 'prison' | 'halls' | 'care home';

export interface Institution {
  readonly kind: InstitutionKind;
  readonly home: Home;
}

/** Residents of an average postcode; the real country has about 37. */
const PATIENTS_PER_POSTCODE = 36;

/** The number of patients per postcode in institutional use. */
const PATIENTS_PER_INSTITUTION = 4_000;

/** The share of institutions, largest first, that are prisons and student halls, alternately. */
const CLOSED_OR_HALLS_SHARE = 0.1;

const STREETS =
  `High Street|Church Lane|Mill Lane|Station Road|Victoria Road|Park Avenue|Green Lane|Orchard Close
Queens Drive|Meadow Way|The Crescent|Chapel Street|School Lane|Manor Road|Kings Road|Albert Street|Windsor Close
Elm Grove|Oak Drive|Cedar Court|Beech Road|Hawthorn Avenue|Ash Tree Walk|Bridge Street|Market Place|North Road
South Parade|West View|Eastfield Road|Grange Gardens|Priory Mews|Tanners Row|Weavers Yard|Canal Side|Quarry Hill
Nightingale Way|Seacole Road|Jenner Close|Snow Street|Bevan Avenue`.split(/[|\n]/);

const TOWNS =
  `Ashcombe|Barrowick|Calderbridge|Dunmere|Eastholme|Fernleigh|Garsdale|Hazelworth|Inglefield|Kirkham Vale
Langbourne|Marlstead|Netherby|Oakhampton|Penworth|Quenby|Ravensmoor|Stowbridge|Thornaby Cross|Upper Wickham|Wexcombe
Yarnfield`.split(/[|\n]/);

const INSTITUTION_NAMES: Readonly<Record<InstitutionKind, readonly string[]>> = {
  prison: ['HMP Blackmoor', 'HMP Fenwick', 'HMP Longmarsh'],
  halls: ['Wilberforce Hall', 'Fawcett Hall', 'Somerville Court'],
  'care home': ['Ashgrove Care Home', 'The Limes', 'St Brigid House', 'Willowbank', 'Riverside Lodge'],
};

/**
 * Homes and institutions to draw from: postcodes of uneven size, with a long tail of institutions (Zipf-
 * like).
 */
export class Places {
  private readonly postcodes: readonly string[];
  private readonly lsoas: readonly string[];
  private readonly homePlaces: readonly number[];
  private readonly homeChoice: WeightedChoice;
  /** Largest institution first. */
  private readonly institutionPlaces: readonly number[];
  private readonly institutionChoice: WeightedChoice;

  /** @param patients size of the population */
  constructor(patients: number, random: Random) {
    const institutions = Math.max(1, Math.round(patients / PATIENTS_PER_INSTITUTION));
    const homes = Math.max(8, Math.round(patients / PATIENTS_PER_POSTCODE));
    const map = layOutPostcodes(homes + institutions);
    this.postcodes = map.postcodes;
    this.lsoas = map.lsoas;
    // Institutions are evenly distributed along the map, large and small ones mixed.
    this.institutionPlaces = Array.from(random.shuffledIndexes(institutions), (slot) =>
      Math.floor(((slot + 0.5) * map.postcodes.length) / institutions),
    );
    const taken = new Set(this.institutionPlaces);
    this.homePlaces = Array.from(map.postcodes.keys()).filter((place) => !taken.has(place));
    // The cube of a uniform draw: most postcodes are a dozen households at most, some are large blocks of
    // flats.
    this.homeChoice = new WeightedChoice(
      this.homePlaces.map(() => 1 + 12 * (random.below(1000) / 1000) ** 3),
    );
    // The offset keeps the largest near a thousand residents whatever the population: a big prison, not a
    // town.
    const offset = 1 + institutions / 200;
    this.institutionChoice = new WeightedChoice(this.institutionPlaces.map((_, rank) => 1 / (rank + offset)));
  }

  /** An ordinary home. */
  drawHome(random: Random): Home {
    const street = `${1 + random.below(180)} ${random.oneOf(STREETS)}`;
    const line = random.chance(0.15) ? `Flat ${1 + random.below(24)}, ${street}` : street;
    return this.homeAt(this.homePlaces[this.homeChoice.pick(random)]!, line);
  }

  /** A prison, a hall of residence or a care home: many people at one postcode. */
  drawInstitution(random: Random): Institution {
    const rank = this.institutionChoice.pick(random);
    const closedOrHalls = Math.ceil(this.institutionPlaces.length * CLOSED_OR_HALLS_SHARE);
    const kind: InstitutionKind = rank >= closedOrHalls ? 'care home' : rank % 2 === 0 ? 'prison' : 'halls';
    const names = INSTITUTION_NAMES[kind];
    const line = `${names[rank % names.length]!}, ${STREETS[rank % STREETS.length]!}`;
    return { kind, home: this.homeAt(this.institutionPlaces[rank]!, line) };
  }

  private homeAt(place: number, line: string): Home {
    const position = place / this.postcodes.length;
    return {
      postcode: this.postcodes[place]!,
      lsoa: this.lsoas[place]!,
      address: `${line}, ${TOWNS[Math.floor(position * TOWNS.length)]!}`,
      position,
    };
  }
}

/**
 * Words that occur in names of columns and of delivered files. A name that arrives with a delivery may be a person's name: a
 * header that has lost its line end continues with the first patient, and some files are named after patients. So such a name
 * is repeated in messages only if every word in it is one of these, or is used in the pipeline file.
 */
const WORDS = new Set(
  `
  accessible activated active agreements asserted asylum attendee authorised branch carrying clinically commissioning confidential contract dummy
  deleted disabled duty enc encounters enterer excluded expiry guid hbt healthcare heading ident infection interpreter issued ladder lookup manifest matched mhs
  mother naming neonatal notified nomis ods olap opted partial practises previous print quality removed removal responsible responsibility resus
  screening sensitive sharing sharer spine sus sem supplied supplier synonym tracing trace traced treated uid unified unverified verified visible
  withheld workflow written
  admisorc admistat calc classpat comm consult consultation ct disdest dts epidur epistat epitype icb intmanig mainspef mech mechanism message mydob
  preferer professional purcode referorg registering residence resladst set sitetret soal spelbgn speldur spelend tretspef
  a abode absolute account accident activity actual acute added address addresses adm admi admidate admimeth admission admissions admitted
  admin age agreement all allergy ambulance an and appointment appointments archive area arrival at attendance attended audit authority authored
  band base baby bed beds begin billing birth birthdate block blood body bmi book booking born bp building by
  call care carer case categories category cause ccg centre change changed chapter check city class clinic clinical clinician close closed
  cluster code coded codes coding comment comments commissioner community complete concept condition confirmed consent consultant contact contacts
  contract copy core cost count country county course created csv ctv ctv3 current cost
  daily dat data database dataset date dates datetime day days death decile decision deceased default delivery delta department dependency deprivation
  desc description descriptor destination detail details device diag diagnoses diagnosis died diff dim discharge discharged dismeth disdate display dist
  district dob dod dose drug drugs dt duration dx
  edition effective elective email emergency encounter end ended ended endtime entered entity entry epi epiend epikey epiorder episode episodes epistart
  error ethnic ethnicity ethnos event events export extract extracted
  facility family feed female field file filler final finance finish first firstname flag flags fk follow forename foreign format from full
  gender general given gp gpprac grade group gz
  header health height hes high history home homeadd hospital hospitals hour hours household hrg
  icd icd10 id identifier ids imd import in incident index indicator initial input inpatient interval is issue item items
  json
  key keys kind
  lab language last lastname lad length letter level line list load loaded local localid localpatientid location log lopatid low lsoa lsoa01 lsoa11 lsoa21
  main male map marital master match max mdt measure measurement medical medication member method middle min minutes mode modified month monthly mpi msoa
  name names namespace national nationality nature newnhsno next nhs nhsno nhsnoind nhsnumber night nightly nights no node nominal not note notes null
  num number numeric
  observation observations occupation of official on onset oper operation opertn opcs order org orgcode organisation origin original other out
  outcome outpatient outward overseas
  page parent part patient patients pathway pbr pc period person persons phone place plan point postcode practice practitioner pregnancy prescribed
  prescription primary priority problem problems procedure procode product profession program project provider pseudo pseudonym purchaser
  qty quantity quarter query
  raw rank rate read read2 readv2 reading reason received record recorded records ref reference referral referrals referrer region register registered
  registration relation release religion rep report request requested result results review role room route row rows run
  sample schedule score secondary section sector sequence seq seriousness serial service session setting severity sex shape sheet side site smoking
  snomed snomedct snapshot source spec specialty speciality spell start startage started state status stay stays step stop street sub subject submission
  submitted suffix surname sus susrecid system
  table target tel telephone temp term test text theatre time times timestamp title to total town transfer treatment trust tsv txt type
  undeclared unit units unique until update updated urgent url user usual
  valid validity value values version vi view visit visits vocabulary
  ward wards week weekly weight with
  xml
  year yearly years
  zip zst
  january february march july august september october november december
  `.match(/[a-z0-9]+/g),
);

/** The longest name that is repeated. */
const LONGEST = 60;
/** Printable ASCII: no control characters, no marks that turn the direction of a line, no letters that look like others. */
const PRINTABLE = /^[ -~]*$/;

/** Splits a name into words and numbers: `NHSNumber_2`, `nhs number 2` and `nhs-number.2` are the same. */
function wordsOf(name: string): string[] {
  return (
    name
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
      .match(/[A-Za-z0-9]+/g) ?? []
  ).map((word) => word.toLowerCase());
}

/** The words of the names in a pipeline file. */
export function ownWords(names: Iterable<string>): ReadonlySet<string> {
  return new Set([...names].flatMap((name) => [name.toLowerCase(), ...wordsOf(name)]));
}

/** Whether a word is known, with or without a number of up to four digits after it: `diag_01`, `lsoa11`, `imd2019`. */
function isKnown(word: string, own: ReadonlySet<string>): boolean {
  const stem = word.replace(/[0-9]{1,4}$/, '');
  return WORDS.has(word) || own.has(word) || (stem !== word && (WORDS.has(stem) || own.has(stem)));
}

/** Whether a name found in a header looks like the name of a column: known words, and numbers of up to four digits. */
export function looksLikeColumnName(name: string, own: ReadonlySet<string>): boolean {
  const words = wordsOf(name);
  return (
    name.length <= LONGEST &&
    PRINTABLE.test(name) &&
    words.length > 0 &&
    /[A-Za-z]/.test(words[0]!) &&
    words.every((word) => /^[0-9]{1,4}$/.test(word) || isKnown(word, own))
  );
}

/** Whether a cell of a header looks like a cell of a row: empty, a number, a date, an id with five digits or more. */
export function looksLikeValue(name: string): boolean {
  return (
    !/[A-Za-z]/.test(name) || /[0-9]{5}/.test(name) || /[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}/.test(name)
  );
}

/**
 * Whether the part of a file's name that a wildcard matched may be repeated: numbers, dates, known words, and codes of up to
 * three letters with digits, such as A81001, RJ1 or v2.
 */
export function looksLikeDeliveryLabel(part: string, own: ReadonlySet<string>): boolean {
  if (part.length > LONGEST || !PRINTABLE.test(part)) return false;
  return wordsOf(part).every(
    (word) =>
      word.length === 1 ||
      /^[0-9]{1,17}$/.test(word) ||
      isKnown(word, own) ||
      /^[a-z]{1,3}[0-9]{1,8}[a-z]?$/.test(word),
  );
}

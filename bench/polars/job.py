"""
The nightly job as a data engineer writes it in polars, for comparison: tokens by HMAC-SHA-256 in Python, two match ranks,
opt-outs of the register and of coded events, sensitive codes, coarsened values, Arrow files sorted by pseudonym.

    python job.py DATA OUT SENSITIVE_CODES KEY_FILE

What it leaves out, and tallystick does: cells that do not fit, quarantine, receipts, spellings of codes and postcodes, repairs,
placeholders, implausible births, witnesses, contradictions, audit, who is missed, gates, manifest, bounded memory.
"""

import hashlib
import hmac
import sys
from datetime import date
from pathlib import Path

import polars as pl

RUN_DATE = date(2026, 4, 1)
TYPE_1 = ["9Nu0", "9Nu0.", "XaZ89", "827241000000103"]
TYPE_2 = ["9Nu4", "9Nu4.", "XaaVL", "881561000000100"]
TYPE_2_ENDED = ["9Nu5", "9Nu5.", "XaaVM", "881581000000109"]

data, out, codes_file, key_file = (Path(argument) for argument in sys.argv[1:5])
key = key_file.read_bytes()
out.mkdir(parents=True, exist_ok=True)


def tokens(texts: pl.Series, purpose: bytes) -> pl.DataFrame:
    """HMAC-SHA-256 of each distinct text, cut to 16 bytes."""
    sub_key = hmac.digest(key, purpose, "sha256")
    distinct = texts.drop_nulls().unique()
    hashed = [hmac.digest(sub_key, text.encode(), "sha256")[:16].hex() for text in distinct]
    return pl.DataFrame({texts.name: distinct, f"{texts.name}_token": hashed})


def read(file: str, columns: list[str]) -> pl.DataFrame:
    return pl.read_csv(data / file, columns=columns, infer_schema=False, null_values=[""])


def day(column: str, form: str = "%d/%m/%Y") -> pl.Expr:
    return pl.col(column).str.to_date(form, strict=False)


def check_digit() -> pl.Expr:
    digits = [pl.col("nhs").str.slice(at, 1).cast(pl.Int32, strict=False) for at in range(10)]
    total = sum(digit * (10 - at) for at, digit in enumerate(digits[:9]))
    return ((11 - total % 11) % 11) == digits[9]


def standardise(rows: pl.DataFrame) -> pl.DataFrame:
    """nhs, sex, born and postcode in their canonical form, or null."""
    rows = rows.with_columns(
        pl.col("nhs").str.replace_all("[ -]", ""),
        pl.col("postcode").str.to_uppercase().str.replace_all(" ", ""),
        pl.col("sex").replace_strict({"M": "1", "F": "2", "1": "1", "2": "2"}, default=None),
    ).with_columns(pl.when(pl.col("nhs").str.contains(r"^\d{10}$") & check_digit()).then("nhs").alias("nhs"))
    tuple_ = pl.concat_str("sex", pl.col("born").dt.to_string("%Y-%m-%d"), "postcode", separator="|")
    return rows.with_columns(tuple_.alias("sdp"))


def tokenise(rows: pl.DataFrame) -> pl.DataFrame:
    for name in ("nhs", "sdp"):
        rows = rows.join(tokens(rows[name], name.encode()), on=name, how="left")
    return rows


gp = read("gp/patients.csv", ["patient_id", "nhs_number", "date_of_birth", "gender", "postcode", "lsoa", "ethnic_category", "date_of_death"])
gp = standardise(gp.rename({"nhs_number": "nhs", "gender": "sex"}).with_columns(day("date_of_birth").alias("born"), day("date_of_death").alias("died")))
community = read("community/CYP001MPI.csv", ["LocalPatientID", "NHSNumber", "DateOfBirth", "Postcode", "Gender", "EthnicCategory", "DateOfDeath"])
community = standardise(
    community.rename({"NHSNumber": "nhs", "Gender": "sex", "Postcode": "postcode", "EthnicCategory": "ethnic_category"}).with_columns(
        day("DateOfBirth", "%Y-%m-%d").alias("born"), day("DateOfDeath", "%Y-%m-%d").alias("died")
    )
)
HOSPITAL = ["PROCODE", "ADMIDATE", "DISDATE", "EPISTART", "ADMIMETH", "DISMETH", "EPIORDER", "DIAG_01", "DIAG_02", "OPERTN_01"]
hospital = read("hospital/episodes.csv", ["NEWNHSNO", "HOMEADD", "DOB", "SEX", "ETHNOS", "LSOA11", *HOSPITAL])
hospital = standardise(
    hospital.rename({"NEWNHSNO": "nhs", "HOMEADD": "postcode", "SEX": "sex", "ETHNOS": "ethnic_category", "LSOA11": "lsoa"}).with_columns(
        day("DOB").alias("born"), *(day(name) for name in ("ADMIDATE", "DISDATE", "EPISTART"))
    )
)
events = read("gp/events.csv", ["patient_id", "effective_date", "snomed_concept_id", "readv2_code", "ctv3_code", "value", "unit"])
events = events.with_columns(day("effective_date"), pl.col("value").cast(pl.Float64, strict=False))

# opt-outs: the latest event of each type decides
register = read("opt-outs/register.csv", ["nhs_number", "type", "event", "date"]).rename({"nhs_number": "nhs"})
register = register.with_columns(pl.col("date").str.to_date("%Y-%m-%d", strict=False))


def coded(codes: list[str]) -> pl.Expr:
    names = ("snomed_concept_id", "readv2_code", "ctv3_code")
    return pl.any_horizontal(pl.col(name).is_in(codes).fill_null(False) for name in names)


stated = (
    events.filter(coded(TYPE_1 + TYPE_2 + TYPE_2_ENDED))
    .join(gp.select("patient_id", "nhs"), on="patient_id")
    .select(
        "nhs",
        pl.when(coded(TYPE_1)).then(pl.lit("1")).otherwise(pl.lit("2")).alias("type"),
        pl.when(coded(TYPE_2_ENDED)).then(pl.lit("withdrawn")).otherwise(pl.lit("registered")).alias("event"),
        pl.col("effective_date").alias("date"),
    )
)
opted = pl.concat([register, stated]).filter(pl.col("date") <= RUN_DATE).sort("date").group_by("nhs", "type").agg(pl.col("event").last())
opted = opted.filter(pl.col("event") == "registered")
type_1 = opted.filter(pl.col("type") == "1")["nhs"]
others = opted.filter(pl.col("type") != "1")["nhs"]

gp = tokenise(gp.filter(~pl.col("nhs").is_in(type_1.implode())))
community, hospital = tokenise(community), tokenise(hospital)
left = tokens(others.rename("nhs"), b"nhs")["nhs_token"]

# link: by the NHS number, else by a tuple that one number has
known = pl.concat([rows.select("nhs_token", "sdp_token") for rows in (gp, community, hospital)]).drop_nulls().unique()
alone = known.group_by("sdp_token").agg(pl.col("nhs_token").first(), pl.len()).filter(pl.col("len") == 1).select("sdp_token", pl.col("nhs_token").alias("by_tuple"))


def link(rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.join(alone, on="sdp_token", how="left")
    rank = pl.when(pl.col("nhs_token").is_not_null()).then(1).when(pl.col("by_tuple").is_not_null()).then(2)
    rows = rows.with_columns(pl.coalesce("nhs_token", "by_tuple").alias("token"), rank.cast(pl.Int8).alias("match_rank"))
    return rows.filter(pl.col("token").is_not_null() & ~pl.col("token").is_in(left.implode()))


gp, community, hospital = link(gp), link(community), link(hospital)
persons = pl.concat([rows.select("token") for rows in (gp, community, hospital)]).unique()
persons = persons.join(tokens(persons["token"], b"release/demo-001").rename({"token_token": "person"}), on="token")

# de-identify and release
sensitive = pl.read_csv(codes_file, comment_prefix="#", infer_schema=False)


def is_sensitive(column: str, system: str) -> pl.Expr:
    listed = sensitive.filter(pl.col("system") == system)
    exact = listed.filter(pl.col("match") == "exact")["code"].to_list()
    prefixes = listed.filter(pl.col("match") == "prefix")["code"].to_list()
    found = pl.col(column).is_in(exact)
    return pl.any_horizontal(found, *(pl.col(column).str.starts_with(one) for one in prefixes)).fill_null(False)


def release(name: str, rows: pl.DataFrame, dated: str, columns: list[str]) -> None:
    rows = rows.join(persons, on="token").select("person", "match_rank", *columns).sort("person", dated, *columns)
    texts = [column for column, kind in rows.schema.items() if kind == pl.String and column != "person"]
    rows.with_columns(pl.col(texts).cast(pl.Categorical)).write_ipc(out / f"{name}.arrow")


gp_keys = gp.select("patient_id", "token", "match_rank")
rows = events.join(gp_keys, on="patient_id")
rows = rows.filter(~coded(TYPE_1 + TYPE_2 + TYPE_2_ENDED) & ~is_sensitive("snomed_concept_id", "snomed") & ~is_sensitive("readv2_code", "read-v2") & ~is_sensitive("ctv3_code", "ctv3"))
release("gp_events", rows, "effective_date", ["effective_date", "snomed_concept_id", "value", "unit"])
seen_gp = rows.group_by("token").agg(pl.col("effective_date").min().alias("first_gp"), pl.col("effective_date").max().alias("last_gp"))

rows = hospital.filter(~is_sensitive("DIAG_01", "icd-10") & ~is_sensitive("DIAG_02", "icd-10") & ~is_sensitive("OPERTN_01", "opcs-4"))
rows = rows.with_columns(pl.col("DIAG_01").str.slice(0, 4), pl.col("DIAG_02").str.slice(0, 4), pl.col("EPIORDER").cast(pl.Int64, strict=False))
release("hospital_episodes", rows, "EPISTART", HOSPITAL)
seen_hospital = rows.group_by("token").agg(pl.col("EPISTART").min().alias("first_hospital"), pl.col("EPISTART").max().alias("last_hospital"))

referrals = read("community/CYP101Referral.csv", ["ServiceRequestID", "LocalPatientID", "ReferralRequest_ReceivedDate", "SourceOfReferral"])
referrals = referrals.with_columns(day("ReferralRequest_ReceivedDate", "%Y-%m-%d")).join(community.select("LocalPatientID", "token", "match_rank"), on="LocalPatientID")
release("community_referrals", referrals, "ReferralRequest_ReceivedDate", ["ReferralRequest_ReceivedDate", "SourceOfReferral"])
contacts = read("community/CYP201CareContact.csv", ["ServiceRequestID", "Contact_Date", "CareContact_Duration", "AttendanceStatus"])
contacts = contacts.with_columns(day("Contact_Date", "%Y-%m-%d"), pl.col("CareContact_Duration").cast(pl.Int64, strict=False))
contacts = contacts.join(referrals.select("ServiceRequestID", "token", "match_rank"), on="ServiceRequestID")
release("community_contacts", contacts, "Contact_Date", ["Contact_Date", "CareContact_Duration", "AttendanceStatus"])
seen_community = contacts.group_by("token").agg(pl.col("Contact_Date").min().alias("first_community"), pl.col("Contact_Date").max().alias("last_community"))

facts = pl.concat(
    [
        gp.select("token", "sex", "born", "lsoa", "ethnic_category", "died"),
        community.select("token", "sex", "born", pl.lit(None, pl.String).alias("lsoa"), "ethnic_category", "died"),
        hospital.select("token", "sex", "born", "lsoa", "ethnic_category", pl.lit(None, pl.Date).alias("died")),
    ]
)
facts = facts.group_by("token", maintain_order=False).agg(pl.all().drop_nulls().first())
age = RUN_DATE.year - pl.col("born").dt.year() - ((pl.col("born").dt.month() > RUN_DATE.month) | (pl.col("born").dt.month() == RUN_DATE.month) & (pl.col("born").dt.day() > RUN_DATE.day)).cast(pl.Int32)
facts = facts.with_columns(pl.min_horizontal(age // 5 * 5, 90).alias("age_band"), pl.col("died").dt.month_start())
released = persons.join(facts, on="token", how="left")
for seen in (seen_gp, seen_hospital, seen_community):
    dates = [column for column in seen.columns if column != "token"]
    released = released.join(seen.with_columns(pl.col(dates).dt.month_start()), on="token", how="left")
released.drop("token", "born").sort("person").with_columns(pl.col("sex", "lsoa", "ethnic_category").cast(pl.Categorical)).write_ipc(out / "persons.arrow")

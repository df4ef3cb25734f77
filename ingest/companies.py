"""One identity per real company: listed firms, the published lists, the firms of the facts and large foreign makers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from chaingraph.errors import DataError, Problem, did_you_mean, nearest
from chaingraph.model import Ownership, RegionLevel
from chaingraph.tables import SPECS
from ingest.decisions import NAMES, SEPARATE, Decisions
from ingest.matching import match
from ingest.names import INDUSTRY_STARTS, normalise, parse, short_key
from ingest.report import Report
from ingest.sources import a_shares, facts, financedatabase, firm_lists

TOP_LIST, TOP_ORIGIN, TOP_SIZE = "industry-top-30", "list-industry-top-30", 30


@dataclass
class Registry:
    """The companies found so far; grows source by source."""

    companies: pd.DataFrame
    names: list[dict[str, str]] = field(default_factory=list)
    review: list[dict[str, object]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    """All names that were looked up."""

    def known(self) -> pd.DataFrame:
        """Return the companies with all their names, as `match` wants them."""
        aliases = pd.DataFrame(self.names, columns=["company_id", "alias", "alias_kind", "origin_id"])
        joined = aliases.groupby("company_id")["alias"].agg(lambda s: "；".join(dict.fromkeys(s)))
        frame = self.companies[["company_id", "name_zh", "short_name", "name_en", "country"]].copy()
        return frame.assign(former_names=frame["company_id"].map(joined))

    def resolve(self, listed: list[str], decisions: Decisions, source: str) -> dict[str, str | None]:
        """Return the company id each name means, or None when it is a company not yet known.

        Uncertain names go to the review list and count as companies of their own until a person decides. Raises `DataError`
        where a person says that a name means a company which neither an earlier source nor this one knows.
        """
        self.asked.update(listed)
        frame = self.known()
        by_name = {
            n: i
            for c in ("stock_code", "short_name", "name_zh")
            for i, n in self.companies[["company_id", c]].dropna().itertuples(index=False)
        }
        known = {n["alias"]: n["company_id"] for n in self.names} | by_name
        decided = {n: decisions.names[n] for n in listed if n in decisions.names}
        lost = [
            Problem(
                f"decisions/{NAMES}",
                name,
                "broken-reference",
                repr(means),
                f"a name or stock code of the sources, or '{SEPARATE}'",
                did_you_mean(nearest(means, known)) or "Mend it, or remove the row.",
            )
            for name, means in decided.items()
            if means != SEPARATE and means not in known and means not in listed
        ]
        if lost:
            raise DataError(lost)
        out: dict[str, str | None] = {n: known.get(m) for n, m in decided.items() if m != SEPARATE}
        # A company of its own may have been met before: in another source, under the same name.
        own = {name: company for name, company in known.items() if not company.startswith("A-")}
        out |= {n: own.get(n) for n, m in decided.items() if m == SEPARATE}
        rest = [n for n in dict.fromkeys(listed) if n not in out]
        found = (
            match(rest, frame) if rest else pd.DataFrame(columns=["alias", "company_id", "full_name", "verdict", "score", "why"])
        )
        for row in found.to_dict("records"):
            out[row["alias"]] = row["company_id"] if row["verdict"] == "accept" else None
            if row["verdict"] == "review":
                self.review.append({"source": source, **row})
        return out

    def later(self, listed: Iterable[str], decisions: Decisions, found: Mapping[str, str | None]) -> dict[str, str]:
        """Return the names that a person says mean another name of the same source: both are not known before it is read."""
        names = set(listed)
        return {n: decisions.names[n] for n in listed if found[n] is None and decisions.names.get(n, SEPARATE) in names - {n}}

    def add(self, rows: pd.DataFrame) -> None:
        """Append companies that are not known yet."""
        new = rows[~rows["company_id"].isin(self.companies["company_id"])].drop_duplicates("company_id")
        self.companies = pd.concat([self.companies, new], ignore_index=True)

    def alias(self, company_id: str, alias: str | None, kind: str, origin: str) -> None:
        """Keep another name of a company."""
        if alias and isinstance(alias, str):
            self.names.append({"company_id": company_id, "alias": alias, "alias_kind": kind, "origin_id": origin})


def company_id(name: str, country: object) -> str:
    """Return the id of an unlisted company: the first eight hexadecimal digits of the SHA-1 of its normalised name."""
    digest = hashlib.sha1(normalise(name).encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{'C' if country == 'CN' else 'F'}-{digest}"


@dataclass(frozen=True)
class Assembled:
    """The company tables of a build, and the texts that linking reads (never shipped)."""

    companies: pd.DataFrame
    names: pd.DataFrame
    lists: pd.DataFrame
    memberships: pd.DataFrame
    ties: pd.DataFrame
    texts: pd.DataFrame
    summaries: pd.DataFrame
    fact_ids: dict[str, str]
    review: pd.DataFrame
    registry: Registry


def assemble(raw: Path, regions: pd.DataFrame, decisions: Decisions, report: Report) -> Assembled:
    """Read all sources of companies and give each real company one id."""
    listed, texts = a_shares.read(raw, report)
    elsewhere = a_shares.read_founded_elsewhere(raw, report)
    listed = listed.merge(elsewhere, on="stock_code", how="left")
    columns = [*SPECS["companies"].columns, "province_name", "city_name"]
    registry = Registry(listed.reindex(columns=columns))
    for former in ("former_short", "former_full"):
        for row in listed[["company_id", former]].dropna().itertuples(index=False):
            registry.alias(str(row[0]), str(row[1]), "former", a_shares.ORIGIN)

    on_lists = firm_lists.read(raw, report)
    memberships = _lists(registry, on_lists, decisions)
    fact_ids = _facts(registry, facts.read_firms(raw, report), decisions)
    summaries = _foreign(registry, raw, decisions, report)
    companies = _seats(registry.companies, regions, decisions)
    companies = _owners(companies, memberships)
    top = industry_top(companies)
    lists = pd.concat([firm_lists.definitions(), top_definition(companies)], ignore_index=True)
    ties = find_ties(companies)
    names = pd.DataFrame(registry.names).drop_duplicates(["company_id", "alias", "alias_kind"])
    registry.companies = companies
    report.facts["companies"] = {
        "companies": len(companies),
        "listed": int(companies["stock_code"].notna().sum()),
        "seat known to the city": int(companies["region_code"].notna().sum()),
        "foreign": int((companies["country"].notna() & (companies["country"] != "CN")).sum()),
        "names for review": len(registry.review),
        "ties": len(ties),
    }
    return Assembled(
        companies,
        names,
        lists,
        pd.concat([memberships, top], ignore_index=True),
        ties,
        texts,
        summaries,
        fact_ids,
        pd.DataFrame(registry.review),
        registry,
    )


def _lists(registry: Registry, rows: pd.DataFrame, decisions: Decisions) -> pd.DataFrame:
    """Give every list entry its company, new companies where none is known; return the memberships."""
    unique = rows.drop_duplicates("name_zh")
    found = registry.resolve(list(unique["name_zh"]), decisions, "lists")
    later = registry.later(list(unique["name_zh"]), decisions, found)
    ids: dict[str, str] = {}
    fresh = []
    for row in unique[~unique["name_zh"].isin(later)].to_dict("records"):
        known = found[row["name_zh"]]
        country = row["country"] if isinstance(row["country"], str) else None
        ids[row["name_zh"]] = known or company_id(row["name_zh"], country)
        if not known:
            fresh.append(
                {"company_id": ids[row["name_zh"]], "name_zh": row["name_zh"], "name_en": row["name_en"], "country": country,
                 "province_name": row["province_name"], "company_status": "active", "origin_id": row["origin_id"]}
            )  # fmt: skip
    registry.add(pd.DataFrame(fresh))
    ids |= {name: ids[means] for name, means in later.items()}
    for row in rows.to_dict("records"):
        if isinstance(row["name_en"], str):
            registry.alias(ids[row["name_zh"]], row["name_en"], "english", row["origin_id"])
        registry.alias(ids[row["name_zh"]], row["name_zh"], "list", row["origin_id"])
    province = (
        rows.dropna(subset=["province_name"])
        .assign(company_id=lambda f: f["name_zh"].map(ids))
        .drop_duplicates("company_id")
        .set_index("company_id")["province_name"]
    )
    registry.companies["province_name"] = registry.companies["province_name"].fillna(
        registry.companies["company_id"].map(province)
    )
    out = rows.assign(company_id=rows["name_zh"].map(ids), year=firm_lists.YEAR)
    return out[["list_id", "company_id", "year", "rank", "listed_name", "origin_id"]].drop_duplicates(
        ["list_id", "company_id", "year"]
    )


def _facts(registry: Registry, firms: pd.DataFrame, decisions: Decisions) -> dict[str, str]:
    """Give the firms of the facts their companies; return name → id."""
    coded = {f"A-{c}" for c in registry.companies["stock_code"].dropna()}
    ids: dict[str, str] = {}
    rest = []
    for row in firms.to_dict("records"):
        code = f"A-{row['stock_code']}" if isinstance(row["stock_code"], str) else ""
        if code in coded and row["listed_name"] not in decisions.names:
            ids[row["listed_name"]] = code
            registry.alias(code, row["name_zh"], "full", facts.ORIGIN)
        else:
            rest.append(row)
    found = registry.resolve([r["listed_name"] for r in rest], decisions, "facts")
    later = registry.later([r["listed_name"] for r in rest], decisions, found)
    fresh = []
    for row in sorted(rest, key=lambda r: r["listed_name"] in later):
        name = row["listed_name"]
        known = ids[later[name]] if name in later else found[name]
        ids[name] = known or company_id(name, "CN")
        if not known:
            delisted = isinstance(row["stock_code"], str)
            fresh.append(
                {"company_id": ids[row["listed_name"]], "name_zh": row["name_zh"], "short_name": row["listed_name"], "country": None,
                 "company_status": "delisted" if delisted else None, "origin_id": facts.ORIGIN}
            )  # fmt: skip
        registry.alias(ids[row["listed_name"]], row["listed_name"], "short", facts.ORIGIN)
    registry.add(pd.DataFrame(fresh))
    return ids


def _foreign(registry: Registry, raw: Path, decisions: Decisions, report: Report) -> pd.DataFrame:
    """Add large foreign makers, joined to the lists by their English name; return their summaries by company."""
    firms, summaries = financedatabase.read(raw, report)
    english = {financedatabase.english_key(n["alias"]): n["company_id"] for n in registry.names if n["alias_kind"] == "english"}
    decided = registry.resolve([n for n in firms["name_en"] if n in decisions.names], decisions, "financedatabase")
    firms = firms.assign(
        company_id=[
            decided.get(n) or (None if n in decided else english.get(k)) or company_id(n, "")
            for k, n in zip(firms["key"], firms["name_en"], strict=True)
        ]
    )
    registry.add(firms.drop(columns="key"))
    for row in firms.to_dict("records"):
        registry.alias(row["company_id"], row["name_en"], "english", financedatabase.ORIGIN)
    return summaries.merge(firms[["key", "company_id"]], on="key")[["company_id", "summary"]].drop_duplicates("company_id")


def _seats(companies: pd.DataFrame, regions: pd.DataFrame, decisions: Decisions) -> pd.DataFrame:
    """Turn the source's province and city into a region code: the city, else what a person said, else the city a name begins
    with, else the province.
    """
    provinces = regions[regions["region_level"] == RegionLevel.PROVINCE]
    province_code = {
        stem: c for c, n in zip(provinces["region_code"], provinces["name_zh"], strict=True) for stem in (n, _province_stem(n))
    }
    below = regions[regions["region_level"] != RegionLevel.PROVINCE]
    by_name: dict[tuple[str, str], str] = {}
    for level in (RegionLevel.COUNTY, RegionLevel.PREFECTURE):
        for code, name in below.loc[below["region_level"] == level, ["region_code", "name_zh"]].itertuples(index=False):
            by_name[(code[:2], name)] = code
    cities = {
        n[:-1]: c
        for c, n, k in regions[["region_code", "name_zh", "region_level"]].itertuples(index=False)
        if k == RegionLevel.PREFECTURE and n.endswith("市")
    }
    codes: list[str | None] = []
    countries: list[object] = []
    for row in companies[["province_name", "city_name", "name_zh", "country"]].to_dict("records"):
        said_country, said = decisions.seats.get(row["name_zh"], ("", ""))
        country = said_country or (row["country"] if isinstance(row["country"], str) else None)
        province = province_code.get(_province_stem(str(row["province_name"]))) if isinstance(row["province_name"], str) else None
        code = by_name.get(((province or "")[:2], str(row["city_name"]))) if province else None
        if code is None and province in ("110000", "120000", "310000", "500000"):
            code = province
        if code is None and said:
            code = said
        if code is None and country == "CN":
            place = parse(row["name_zh"]).place
            named = cities.get(place.removesuffix("市")) if place else None
            code = named if named and (province is None or named[:2] == province[:2]) else None
        codes.append(code or province)
        countries.append(country)
    return companies.assign(region_code=codes, country=pd.Series(countries, index=companies.index, dtype="object")).drop(
        columns=["province_name", "city_name"]
    )


def _province_stem(name: str) -> str:
    for tail in ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市"):
        name = name.removesuffix(tail)
    return name


def _owners(companies: pd.DataFrame, memberships: pd.DataFrame) -> pd.DataFrame:
    """Fill in who controls a company from the list it is on: central SOEs, private 500."""
    for list_id, owner in (
        ("central-soe", Ownership.CENTRAL_STATE),
        ("private-500", Ownership.PRIVATE),
        ("private-manufacturing-500", Ownership.PRIVATE),
    ):
        mine = (
            companies["company_id"].isin(memberships.loc[memberships["list_id"] == list_id, "company_id"])
            & companies["ownership"].isna()
        )
        companies.loc[mine, "ownership"] = owner.value
    foreign = companies["country"].notna() & (companies["country"] != "CN") & companies["ownership"].isna()
    companies.loc[foreign, "ownership"] = Ownership.FOREIGN.value
    return companies


def industry_top(companies: pd.DataFrame) -> pd.DataFrame:
    """Return 行业前30强: the 30 listed firms of each industry with the largest revenue of the latest year known (2020)."""
    known = companies.dropna(subset=["revenue_cny", "industry_label", "stock_code"])
    ranked = known.assign(rank=known.groupby("industry_label")["revenue_cny"].rank(ascending=False, method="first").astype(int))
    top = ranked[ranked["rank"] <= TOP_SIZE]
    return pd.DataFrame(
        {
            "list_id": TOP_LIST,
            "company_id": top["company_id"],
            "year": 2020,
            "rank": top["rank"],
            "industry_label": top["industry_label"],
            "listed_name": top["name_zh"],
            "origin_id": TOP_ORIGIN,
        }
    )


def top_definition(companies: pd.DataFrame) -> pd.DataFrame:
    """Return the definition row of 行业前30强, with what it cannot see."""
    listed = companies["stock_code"].notna()
    unknown = int((listed & companies["revenue_cny"].isna()).sum())
    industries = companies.loc[listed & companies["revenue_cny"].notna(), "industry_label"].nunique()
    text = (
        f"A股上市公司按来源的行业分类（{industries} 个行业）、2020 年年报营业收入排序，每行业前 30 名；"
        f"{unknown} 家公司收入未知（多为 2022 年 3 月以后上市，或此后改名换业），不在排名内；成员不足 30 家的行业全部列入"
    )
    return pd.DataFrame(
        [
            {
                "list_id": TOP_LIST,
                "name_zh": "行业前30强",
                "name_en": "Top 30 of the industry",
                "year": 2020,
                "publisher": "chaingraph（计算）",
                "definition": text,
                "origin_id": TOP_ORIGIN,
            }
        ]
    )


def find_ties(companies: pd.DataFrame) -> pd.DataFrame:
    """Return ties: a listed firm's controller when it is a known company, and groups whose name a listed firm carries.

    A group's name must be at least four characters without legal form, 集团 and 控股 (中国中车集团 → 中国中车), and end in the
    firm's name where a word ends: 中国东方红卫星 is not of 中国东方集团. The longest such name counts.
    """
    by_key: dict[str, str] = {}
    for company, name in companies[["company_id", "name_zh"]].itertuples(index=False):
        by_key.setdefault(normalise(name), company)
    rows = []
    for company, controller in companies[["company_id", "controller"]].dropna().itertuples(index=False):
        other = by_key.get(normalise(controller))
        if other and other != company:
            rows.append(
                {
                    "company_id": company,
                    "other_id": other,
                    "tie_kind": "controlled_by",
                    "tie_text": f"实际控制人：{controller}",
                    "origin_id": a_shares.ORIGIN,
                }
            )
    unlisted = companies[companies["stock_code"].isna() & (companies["country"] == "CN")]
    groups: dict[str, tuple[str, str]] = {}
    for company, name in unlisted[["company_id", "name_zh"]].itertuples(index=False):
        if "集团" in name or "控股" in name:
            groups.setdefault(_group_key(name), (company, name))
    listed = companies[companies["stock_code"].notna()]
    for company, name in listed[["company_id", "name_zh"]].itertuples(index=False):
        key, normal = _group_key(name), normalise(name)
        for length in range(len(key), 3, -1):
            whole = length == len(key) or INDUSTRY_STARTS.match(key, length) or f"{key[:length]}集团" in normal
            if whole and key[:length] in groups:
                other, group = groups[key[:length]]
                rows.append(
                    {
                        "company_id": company,
                        "other_id": other,
                        "tie_kind": "same_group",
                        "tie_text": f"名称同属：{group}",
                        "origin_id": a_shares.ORIGIN,
                    }
                )
                break
    frame = pd.DataFrame(rows, columns=["company_id", "other_id", "tie_kind", "tie_text", "origin_id"])
    return frame.drop_duplicates(["company_id", "other_id"])


def _group_key(name: str) -> str:
    return short_key(name).replace("集团", "").replace("控股", "")

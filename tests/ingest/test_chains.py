"""Chain and programme files: each fault with its message, and what of a faulty file is still checked."""

from __future__ import annotations

import pytest

from ingest.chains import frames, read_chains

CHAIN, PROGRAMME = "chains/plastics.toml", "programmes/ningbo.toml"
RECYCLING = "essential = false\nrecycling = true"
LOOP = (
    "links recycler → resin: found plastics/resin → plastics/packaging → plastics/recycler → plastics/resin, "
    "expected upstream to downstream without returning. "
    "Turn the wrong link round, or mark the link by which waste returns with recycling = true."
)

FAULTS = {
    # 0610 and its kind
    "0610 without quotes": (
        CHAIN,
        '["0610"]',
        "[0610]",
        'line 14, column 20: found 0610 (a number where a code is a string), expected text in quotes. Write "0610", in quotes.',
    ),
    "610 without quotes": (
        CHAIN,
        '["0610"]',
        "[610]",
        "segments.coal.industry_codes.1: found 610 (a number where a code is a string), expected text in quotes. "
        'Write "610", with the zeros that it begins with: 0610 stays "0610".',
    ),
    "610 in quotes": (
        CHAIN,
        '["0610"]',
        '["610"]',
        "segments.coal, industry_codes: found '610', expected a class of GB/T 4754-2017. "
        "A leading zero was lost: write '0610' as text.",
    ),
    "a sector 007 without quotes": (
        CHAIN,
        '"007"',
        "007",
        'line 15, column 14: found 007 (a number where a code is a string), expected text in quotes. Write "007", in quotes.',
    ),
    "a sector as a number": (
        CHAIN,
        '"007"',
        "7",
        "segments.coal.io_sector: found 7 (a number where a code is a string), expected text in quotes. "
        'Write "7", with the zeros that it begins with: 0610 stays "0610".',
    ),
    "a sector that lost its zeros": (
        CHAIN,
        '"007"',
        '"7"',
        "segments.coal, io_sector: found '7' (a code of another form), expected three digits. "
        "A leading zero was lost, as when a spreadsheet reads a code as a number: write it as text, '007'.",
    ),
    "a region as a number": (
        PROGRAMME,
        '"330200"',
        "330200",
        "region_code: found 330200 (a number where a code is a string), expected text in quotes. "
        'Write "330200", with the zeros that it begins with: 0610 stays "0610".',
    ),
    "a class that GB/T 4754 does not have": (
        CHAIN,
        '"2651", "2659"',
        '"2651", "2658"',
        "segments.resin, industry_codes: found '2658', expected a class of GB/T 4754-2017. Did you mean '26' or '2651' or '2659'?",
    ),
    # references
    "a link from a segment that is not there": (
        CHAIN,
        'supplier = "coal"',
        'supplier = "coals"',
        "links coals → resin, supplier_id: found 'plastics/coals', expected a known segment_id (table segments). "
        "Did you mean 'plastics/coal'?",
    ),
    "a sector that is not there": (
        CHAIN,
        '"007"',
        '"047"',
        "segments.coal, io_sector: found '047', expected a known io_sector (table io_sectors). Did you mean '007' or '046'?",
    ),
    "a cluster of a chain that is not there": (
        PROGRAMME,
        'chains = ["plastics"]',
        'chains = ["plastic"]',
        "clusters 1 (绿色石化), chain_id: found 'plastic', expected a known chain_id (table chains). Did you mean 'plastics'?",
    ),
    "local firms of a chain that is not there": (
        PROGRAMME,
        '[[local_firms]]\nchain = "plastics"',
        '[[local_firms]]\nchain = "plastic"',
        "local_firms 1, chain: found 'plastic', expected a known chain_id (table chains). Did you mean 'plastics'?",
    ),
    "a programme's region that is not there": (
        PROGRAMME,
        '"330200"',
        '"330299"',
        "ningbo, region_code: found '330299', expected a known region_code (table regions). Did you mean '330200' or '330000' or '331000'?",
    ),
    # keys, words, types, values
    "a key that is not known": (
        CHAIN,
        "location_bound",
        "locationbound",
        "segments.coal.locationbound: found the key locationbound, expected a key of the format. Did you mean 'location_bound'?",
    ),
    "a key of the lexicon that is not known": (
        CHAIN,
        "specific = ",
        "specifics = ",
        "segments.resin.lexicon.specifics: found the key specifics, expected a key of the format. Did you mean 'specific'?",
    ),
    "a key of a programme that is not known": (
        PROGRAMME,
        "firms_zh = [",
        'firm = "x"\nfirms_zh = [',
        "local_firms.1.firm: found the key firm, expected a key of the format. Did you mean 'firms_zh'?",
    ),
    "a key like no other": (
        CHAIN,
        "location_bound = true",
        "location_bound = true\nxyz = 1",
        "segments.coal.xyz: found the key xyz, expected a key of the format. Remove it.",
    ),
    "an unknown stage": (
        CHAIN,
        '"midstream"',
        '"middle"',
        "segments.resin.stage: found 'middle', expected one of upstream, midstream, downstream. Did you mean 'midstream'?",
    ),
    "an unknown kind": (
        CHAIN,
        '"market"',
        '"markets"',
        "segments.packaging.kind: found 'markets', expected one of making, service, market. Did you mean 'market'?",
    ),
    "a number where a word belongs": (
        CHAIN,
        '"midstream"',
        "2",
        "segments.resin.stage: found 2, expected one of upstream, midstream, downstream. See the glossary.",
    ),
    "a word where yes or no belongs": (
        CHAIN,
        "essential = true\nstrength",
        'essential = "yes"\nstrength',
        "links.coal → resin.essential: found 'yes', expected true or false. Write true or false.",
    ),
    "a text where a list belongs": (
        CHAIN,
        '["无烟煤"]',
        '"无烟煤"',
        "segments.coal.products_zh: found '无烟煤', expected a list in [ ]. Write a list in [ ].",
    ),
    "a day where a text belongs": (
        CHAIN,
        'name_en = "Coal"',
        "name_en = 2024-01-01",
        "segments.coal.name_en: found 2024-01-01, expected text in quotes. Write text in quotes.",
    ),
    "a share above 1": (
        CHAIN,
        "domestic_share = 0.8",
        "domestic_share = 80",
        "segments.resin.domestic_share: found 80, expected at most 1. Check the unit: a share is between 0 and 1.",
    ),
    "a strength below 0": (
        CHAIN,
        "strength = 0.1",
        "strength = -0.1",
        "links.coal → resin.strength: found -0.1, expected at least 0. Check the unit: a share is between 0 and 1.",
    ),
    "a year in the future": (
        PROGRAMME,
        "2029",
        "2031",
        "ningbo, year: found 2031, expected not after 2030-06-30. Is the year mistyped?",
    ),
    "a name left out": (
        CHAIN,
        'name_en = "Coal"\n',
        "",
        "segments.coal.name_en: found nothing, expected a value for name_en. Fill it in.",
    ),
    "a name left empty": (
        CHAIN,
        'name_zh = "煤炭"',
        'name_zh = " "',
        "segments.coal, name_zh: found nothing, expected text. Fill it in: Chinese name.",
    ),
    "an id that is not the file's name": (
        CHAIN,
        'id = "plastics"',
        'id = "plastic"',
        "id: found 'plastic', expected 'plastics', the file's name. Rename the file or mend the id.",
    ),
    # what spans segments and links
    "a loop that no recycling explains": (CHAIN, RECYCLING, "essential = false", LOOP),
    "a segment that supplies itself": (
        CHAIN,
        'supplier = "coal"\ncustomer = "resin"',
        'supplier = "resin"\ncustomer = "resin"',
        "links resin → resin: found plastics/resin → plastics/resin, expected upstream to downstream without returning. "
        "Turn the wrong link round, or mark the link by which waste returns with recycling = true.",
    ),
    "one segment under two ids": (
        CHAIN,
        'name_zh = "再生塑料"',
        'name_zh = "树 脂"',
        "segments.recycler: found '树 脂' as plastics/resin and plastics/recycler, expected one id for each segment of plastics. "
        "Merge them, or name what differs.",
    ),
    "one link twice": (
        CHAIN,
        'supplier = "resin"\ncustomer = "packaging"\nessential = false',
        'supplier = "coal"\ncustomer = "resin"\nessential = false',
        f"links coal → resin: found plastics/coal · plastics/resin again (first at {CHAIN} links coal → resin), "
        "expected each key once. Remove one, or give it its own id.",
    ),
    "an essential link into a market": (
        CHAIN,
        'customer = "packaging"\nessential = false',
        'customer = "packaging"\nessential = true',
        "links resin → packaging: found essential = true, expected false for a link into a market. "
        "Set essential = false, or the segment's kind to making.",
    ),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_in_a_toml_file_is_reported_once_and_in_words(folder, fault):
    file, old, new, message = FAULTS[fault]
    folder.edit(file, old, new)
    assert folder.messages() == [f"{file} · {message}"]


def test_the_same_loop_is_no_fault_when_one_link_recycles(folder):
    assert 'supplier = "recycler"\ncustomer = "resin"\nessential = false\nrecycling = true' in (folder.root / CHAIN).read_text(
        encoding="utf-8"
    )
    assert folder.messages() == []


def test_a_segment_id_twice_is_named_with_both_places(folder):
    folder.append(CHAIN, '\n[[segments]]\nid = "coal"\nname_zh = "焦炭"\nname_en = "Coke"\nstage = "upstream"\nkind = "making"\n')
    folder.append(CHAIN, 'io_sector = "007"\n')
    assert folder.messages() == [
        f"{CHAIN} · segments.coal: found plastics/coal again (first at {CHAIN} segments.coal), expected each key once. "
        "Remove one, or give it its own id."
    ]


def test_a_faulty_segment_does_not_hide_the_other_faults_of_its_file(folder):
    folder.edit(CHAIN, '"0610"', "610")
    folder.edit(CHAIN, RECYCLING, "essential = false")
    folder.edit(CHAIN, '"2651", "2659"', '"2651", "9999"')
    folder.edit(CHAIN, 'id = "recycler"', 'id = "recycler"\nid_of = "x"')
    wheres = [(p.where, p.kind) for p in folder.check()[1]]
    assert wheres == [
        ("links recycler → resin", "supply-loop"),
        ("segments.coal.industry_codes.1", "wrong-code"),
        ("segments.recycler.id_of", "unknown-key"),
        ("segments.resin, industry_codes", "unknown-industry-code"),
    ]


def test_a_faulty_segment_does_not_make_what_refers_to_it_broken(folder):
    folder.edit(CHAIN, '"midstream"', '"middle"')
    assert [p.kind for p in folder.check()[1]] == ["unknown-word"]


def test_a_segment_without_products_is_its_own_product_and_a_list_of_codes_is_one_text(folder):
    rows = frames(read_chains(folder.root), {})["segments"].set_index("segment_id")
    assert rows.loc["plastics/coal", "products_zh"] == "无烟煤"
    assert rows.loc["plastics/resin", "products_zh"] == "树脂"
    assert rows.loc["plastics/resin", "industry_codes"] == "2651;2659"
    assert rows["industry_codes"].isna().tolist() == [False, False, True, True]


def test_a_cluster_of_two_chains_is_two_rows_and_one_without_a_chain_is_one(folder):
    folder.edit(PROGRAMME, 'chains = ["plastics"]', 'chains = ["plastics", "rubber"]')
    folder.append(PROGRAMME, '\n[[clusters]]\nconfidence = "not-found"\n')
    rows = frames(read_chains(folder.root), {})["programme_chains"]
    assert rows["position"].tolist() == [1, 1, 2]
    assert rows["chain_id"].tolist()[:2] == ["plastics", "rubber"]
    assert rows["cluster_zh"].tolist()[:2] == ["绿色石化", "绿色石化"]
    assert rows.loc[2, ["chain_id", "cluster_zh"]].isna().all()


def test_the_lexicon_stays_with_its_segment(folder):
    entries = dict(read_chains(folder.root).segments())
    assert list(entries) == ["plastics/coal", "plastics/resin", "plastics/recycler", "plastics/packaging"]
    assert entries["plastics/resin"].lexicon.specific == ["聚乙烯树脂"]
    assert entries["plastics/resin"].leading_firms == {"万华化学": "listed"}

"""Identifiers → 中文 / English: what people read for every word of the vocabulary, in one place."""

from __future__ import annotations

LANGUAGES = ("zh", "en")

Words = dict[str, tuple[str, str]]

ENUMS: dict[str, Words] = {
    "Stage": {
        "upstream": ("上游", "upstream"),
        "midstream": ("中游", "midstream"),
        "downstream": ("下游", "downstream"),
    },
    "SegmentKind": {
        "making": ("制造", "manufacturing"),
        "service": ("服务", "service"),
        "market": ("市场", "market"),
    },
    "Presence": {
        "unknown": ("不详", "unknown"),
        "missing": ("缺失", "missing"),
        "weak": ("薄弱", "weak"),
        "adequate": ("具备", "adequate"),
        "strong": ("优势", "strong"),
    },
    "Constraint": {
        "break": ("断点", "break"),
        "bottleneck": ("堵点", "bottleneck"),
        "chokepoint": ("卡点", "chokepoint"),
    },
    "Action": {
        "establish": ("建链", "establish"),
        "fill": ("补链", "fill"),
        "strengthen": ("强链", "strengthen"),
        "extend": ("延链", "extend"),
        "stabilize": ("稳链", "stabilise"),
    },
    "Area": {
        "city": ("本市", "this city"),
        "radius": ("150公里内", "within 150 km"),
        "province": ("全省", "the province"),
        "nation": ("全国", "the nation"),
    },
    "ChainState": {
        "absent": ("尚未成链", "absent"),
        "partial": ("部分成链", "partial"),
        "rooted": ("已成链", "rooted"),
    },
    "Verdict": {
        "confirmed": ("确认", "confirmed"),
        "to_review": ("待核", "to review"),
        "rejected": ("否决", "rejected"),
    },
    "TargetStatus": {
        "candidate": ("备选", "candidate"),
        "lead": ("线索", "lead"),
        "contacted": ("已接触", "contacted"),
        "visited": ("已走访", "visited"),
        "dropped": ("放弃", "dropped"),
    },
    "Siting": {
        "capacity_swap": ("产能置换", "capacity swap"),
        "cheap_power": ("电价与能耗", "cheap power"),
        "state_approval": ("国家规划与核准", "state approval"),
        "chemical_park": ("化工园区", "chemical park"),
    },
    "Mover": {
        "expander": ("扩张型", "expander"),
        "newcomer": ("首次外迁型", "newcomer"),
    },
    "Confidence": {
        "verified": ("多源印证", "verified"),
        "single-source": ("单一来源", "single source"),
        "mixed": ("来源不一", "mixed"),
        "general-knowledge": ("常识", "general knowledge"),
        "judgement": ("判断", "judgement"),
        "computed": ("计算得出", "computed"),
        "not-found": ("未查到", "not found"),
    },
    "Ownership": {
        "central_state": ("央企", "central state-owned"),
        "local_state": ("地方国企", "local state-owned"),
        "private": ("民营", "private"),
        "foreign": ("外资", "foreign"),
        "collective": ("集体", "collective"),
        "no_controller": ("无实际控制人", "no controller"),
    },
    "LintRule": {
        "direction-conflict": ("方向矛盾", "direction conflict"),
        "loop": ("循环供应", "loop"),
        "orphan": ("孤立环节", "orphan"),
        "dead-end": ("断头环节", "dead end"),
        "doubled-product": ("产品重复", "doubled product"),
        "empty-segment": ("空环节", "empty segment"),
        "stale-list": ("榜单陈旧", "stale list"),
        "stale-source": ("来源陈旧", "stale source"),
        "stale-acceptance": ("说明失效", "stale acceptance"),
    },
    "RegionLevel": {
        "nation": ("国家", "nation"),
        "province": ("省级", "province"),
        "prefecture": ("地级", "prefecture"),
        "county": ("县级", "county"),
    },
}
"""Words of each enum of `chaingraph.model`, by the enum's name: identifier → (中文, English)."""

SIGNALS: Words = {
    "segment_fit": ("环节契合", "segment fit"),
    "specialisation": ("主业专注", "specialisation"),
    "scale": ("企业规模", "scale"),
    "leadership": ("行业地位", "leadership"),
    "expansion": ("异地布局", "expansion"),
    "distance": ("距离", "distance"),
    "inputs_here": ("上游配套", "inputs here"),
    "customers_here": ("下游市场", "customers here"),
    "ties": ("关系渊源", "ties"),
    "regional_fit": ("产业关联", "regional fit"),
    "mobility": ("体制灵活", "mobility"),
    "gap_need": ("缺口紧要", "need of the gap"),
}
"""Signals of a score."""

EXCLUSIONS: Words = {
    "already_here": ("已在本地", "already here"),
    "not_active": ("已退市或注销", "no longer active"),
    "special_treatment": ("特别处理（ST）", "special treatment (ST)"),
    "no_evidence": ("业务证据不足", "too little evidence"),
    "not_a_maker": ("主业不是制造", "not a maker"),
    "foreign_service": ("境外服务商", "foreign service firm"),
    "tied_to_place": ("经营绑定属地", "tied to its place"),
    "group_here": ("本集团已有企业在本地", "a firm of it is here"),
    "thin_profile": ("资料过薄", "too little is known of it"),
}
"""Reasons for which a firm is left out; a verdict may be one too."""

BACKTEST: Words = {
    "placed": ("排出名次", "placed"),
    "same_firm": ("同一企业", "the firm itself"),
    "by_subsidiary": ("按子公司名称", "by a subsidiary's name"),
    "doubtful_name": ("名称存疑", "doubtful name"),
    "unmatched_name": ("没有对上企业", "no known firm"),
    "no_date": ("没有日期", "no date"),
    "date_ahead": ("日期在今天之后", "dated after today"),
    "before_coverage": ("早于数据起点", "before the data begin"),
    "signed_before": ("此前已签约", "signed before"),
    "no_segment": ("没有已知环节", "no segment known"),
    "other_chain": ("不在这条链", "not in this chain"),
    "ours": ("本排序", "this list"),
    "random": ("随机", "random"),
    "largest_revenue": ("收入最大", "largest revenue"),
    "nearest_seat": ("总部最近", "nearest seat"),
    "most_plants_elsewhere": ("异地设厂最多", "most plants elsewhere"),
    "hit@10": ("链内前 10", "first 10 of the chain"),
    "hit@20": ("链内前 20", "first 20 of the chain"),
    "hit@50": ("链内前 50", "first 50 of the chain"),
    "segment hit@3": ("环节内前 3", "first 3 of the segment"),
    "segment hit@10": ("环节内前 10", "first 10 of the segment"),
}
"""What becomes of a past signing, the ways of ordering it is held against, and the measures."""

WAYS: Words = {
    "learned": ("学习权重", "learned weights"),
    "hand-set": ("手定权重", "hand-set weights"),
    "largest revenue": ("营收最大", "largest revenue"),
    "nearest seat": ("总部最近", "nearest seat"),
    "most plants elsewhere": ("异地设厂最多", "most plants elsewhere"),
    "blend of the three": ("三者综合", "blend of the three"),
    "plants, nearer ones more": ("近处设厂多", "plants, nearer ones more"),
}
"""Ways of ranking firms that a trial holds against one another."""

COLUMNS: Words = {
    # back-test
    "signed_on": ("签约日期", "signed on"),
    "written_name": ("名称（原文）", "name as written"),
    "project": ("项目", "project"),
    "likeness": ("名称对照", "name matched"),
    "fate": ("去向", "what became of it"),
    "place": ("名次", "place"),
    "among": ("共几家", "of how many"),
    "segment_place": ("环节内名次", "place in its segment"),
    "segment_among": ("环节内共几家", "of how many in its segment"),
    "percentile": ("超过的比例", "ahead of"),
    "way": ("排法", "ordered by"),
    "measure": ("指标", "measure"),
    # origins
    "origin_id": ("来源编号", "origin"),
    "publisher": ("发布者", "publisher"),
    "title": ("标题", "title"),
    "url": ("网址", "address"),
    "licence": ("许可", "licence"),
    "retrieved_on": ("获取日期", "retrieved on"),
    "published_on": ("发布日期", "published on"),
    "confidence_level": ("可信程度", "confidence level"),
    "definition": ("口径", "definition"),
    "note": ("备注", "note"),
    # chains and segments
    "chain_id": ("产业链代码", "chain id"),
    "chain": ("产业链", "chain"),
    "chain_state": ("链条状态", "state of the chain"),
    "segment_id": ("环节代码", "segment id"),
    "segment_name": ("环节", "segment"),
    "name_zh": ("中文名", "Chinese name"),
    "name_en": ("英文名", "English name"),
    "stage": ("位置", "stage"),
    "segment_kind": ("性质", "kind"),
    "is_location_bound": ("受资源区位限制", "location-bound"),
    "products_zh": ("代表产品", "products"),
    "industry_codes": ("行业代码", "industry codes"),
    "domestic_share": ("国内供给占比", "domestic share"),
    "siting": ("建厂条件", "siting"),
    "is_import_dependent": ("依赖进口", "import-dependent"),
    "io_sector": ("投入产出部门", "input–output sector"),
    "is_essential": ("必需", "essential"),
    "substitute_group": ("替代组", "substitute group"),
    "is_recycling": ("废料回用", "recycling"),
    "strength": ("投入强度", "strength of the input"),
    "capital_cny": ("注册资本合计（元）", "registered capital of all (yuan)"),
    "capital_sq_cny2": ("注册资本平方和", "sum of squares of registered capital"),
    "registration_count": ("登记总数", "registrations in all"),
    "matched_terms": ("命中的词", "matched terms"),
    "is_leading": ("代表企业", "leading firm"),
    # diagnosis
    "region": ("地区", "region"),
    "region_code": ("行政区划代码", "region code"),
    "presence": ("现状", "presence"),
    "location_quotient": ("区位熵", "location quotient"),
    "lq_low": ("区位熵下限", "lower bound"),
    "lq_high": ("区位熵上限", "upper bound"),
    "company_count": ("企业数", "companies"),
    "registrations": ("登记数", "registrations"),
    "constraint": ("断堵卡点", "constraint"),
    "constraint_area": ("断堵卡范围", "area of the constraint"),
    "constraint_text": ("断堵卡说明", "why a constraint"),
    "action": ("对策", "action"),
    "is_provisional": ("待核", "to verify"),
    "keystone_gain": ("补上后增益", "keystone gain"),
    "unlocks": ("带动环节数", "segments unlocked"),
    "because": ("依据", "because"),
    "completeness": ("链条完整度", "completeness"),
    "completeness_low": ("链条完整度下限", "completeness, lower bound"),
    "completeness_high": ("链条完整度上限", "completeness, upper bound"),
    "coverage_text": ("数据覆盖", "coverage of the data"),
    "data_version": ("数据版本", "data version"),
    # targets
    "targets": ("目标企业", "target firms"),
    "excluded": ("未入选", "left out"),
    "reasons": ("最强理由", "strongest reasons"),
    "to_verify": ("（待核）", " (to verify)"),
    "cannot_tell": ("资料不足，只能给出区间", "the data are too thin to tell"),
    "roadmap": ("招商路线图", "roadmap"),
    "rank": ("排名", "rank"),
    "company_id": ("企业代码", "company id"),
    "name": ("企业", "company"),
    "seat": ("总部", "seat"),
    "score": ("得分", "score"),
    "coverage": ("覆盖度", "coverage"),
    "lists": ("榜单", "lists"),
    "strongest": ("三条最强理由", "three strongest reasons"),
    "against": ("最强反对理由", "strongest reason against"),
    "rival_region": ("对手城市", "rival city"),
    "rival_text": ("对手城市说明", "why the rival city"),
    "also_fits": ("也适合", "also fits"),
    "not_known": ("未知", "not known"),
    "alternatives": ("备选企业", "alternatives"),
    "package": ("组合招商", "package"),
    "probability": ("五年内到来的概率", "probability of coming within five years"),
    "probability_low": ("概率下限", "probability, lower bound"),
    "probability_high": ("概率上限", "probability, upper bound"),
    "chance_text": ("概率说明", "the probability in words"),
    "mover": ("类型", "kind of firm"),
    "stability": ("稳定度", "stability"),
    "rank_low": ("最好名次", "best place"),
    "rank_high": ("最差名次", "worst place"),
    "rank_range": ("名次范围", "range of places"),
    "phone_call": ("一个电话", "one phone call"),
    "phone_call_signal": ("要问的信号", "signal to ask about"),
    "warm_path": ("引荐路径", "warm path"),
    "rival_lead": ("对手领先（分）", "lead of the rival (points)"),
    "signal": ("信号", "signal"),
    "value": ("证据值", "value"),
    "weight": ("权重", "weight"),
    "score_rank": ("得分排名", "rank by score"),
    "base_score_rank": ("出表得分排名", "rank by score when written"),
    "moved": ("变动", "moved"),
    "weight_share": ("权重占比", "share of the weight"),
    "when_unknown": ("未知时取值", "value when unknown"),
    "points": ("分值", "points"),
    "reason": ("原因", "reason"),
    "text": ("说明", "explanation"),
    # own firms to keep
    "retention": ("本地龙头留企提示", "own firms to look after"),
    "draws": ("吸引它的", "what draws it"),
    "keep": ("怎样留住", "what would keep it"),
    # the list a team keeps
    "target_register": ("目标企业库", "list of targets"),
    "target_status": ("跟进状态", "follow-up"),
    "weights": ("所用权重", "weights used"),
    "added_on": ("加入日期", "added on"),
    "changed_on": ("变动日期", "changed on"),
    "is_stale": ("已不在数据中", "no longer in the data"),
    # companies
    "short_name": ("简称", "short name"),
    "uscc": ("统一社会信用代码", "credit code"),
    "stock_code": ("股票代码", "stock code"),
    "country": ("国家", "country"),
    "industry_label": ("来源行业", "industry in the source"),
    "ownership": ("所有制", "ownership"),
    "controller": ("实际控制人", "controller"),
    "founded_on": ("成立日期", "founded on"),
    "listed_on": ("上市日期", "listed on"),
    "registered_capital_cny": ("注册资本（元）", "registered capital (yuan)"),
    "revenue_cny": ("营业收入（元）", "revenue (yuan)"),
    "revenue_year": ("收入年份", "year of the revenue"),
    "employees": ("员工数", "employees"),
    "company_status": ("企业状态", "status"),
    "founded_elsewhere": ("异地设厂城市数", "cities with a plant elsewhere"),
    "verdict": ("判定", "verdict"),
    "confidence": ("置信度", "confidence"),
}
"""Columns shown to people, in files and on the dashboard."""

# An Area and a RegionLevel share the words "province" and "nation": a bare word means the area, a member its own enum.
_BARE: Words = {
    **ENUMS["RegionLevel"],
    **COLUMNS,
    **SIGNALS,
    **EXCLUSIONS,
    **BACKTEST,
    **WAYS,
    **{word: both for name, words in ENUMS.items() if name != "RegionLevel" for word, both in words.items()},
}


def teach(word: str, zh: str, en: str) -> None:
    """Let the name of a signal or metric that another package declares be read in both languages.

    ValueError: a word that is called something else already.
    """
    if _BARE.setdefault(word, (zh, en)) != (zh, en):
        raise ValueError(f"'{word}' is called {' / '.join(_BARE[word])} already, not {zh} / {en}")


def label(word: str, lang: str = "zh") -> str:
    """Return what people read for an enum member, a signal or a column; a word that is not known is returned as it is.

    `lang` is ``zh`` or ``en``; another raises ValueError.

    >>> label("chokepoint"), label("gap_need", "en"), label("利欧股份")
    ('卡点', 'need of the gap', '利欧股份')
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no labels in '{lang}', only in {' and '.join(LANGUAGES)}")
    both = ENUMS.get(type(word).__name__, _BARE).get(word)
    return both[LANGUAGES.index(lang)] if both else str(word)

"""Small sources in each of the formats, in which every kind of thing occurs."""

from __future__ import annotations

from pathlib import Path

import pytest

MAPS = """chain,stage,l1,l2,l3,l4,company
空天,上游：材料,金属,钛合金,,,万华化学 (Wanhua)
空天,上游：材料,金属,钛合金,,,宝钛股份
空天,上游：材料,金属,高温合金,单晶,,宝钛股份
空天,中游：制造,"机身, 机翼",蒙皮,,,宝钛股份
空天,中游：制造,机尾,蒙皮,,,宝钛股份
空天,下游：应用领域,运输,航空物流,,,顺丰
空天,上游：材料,金属,钛合金,,,宝钛股份
海洋,中游：研发与服务,检测服务,船检,,,中国船级社
"""

ATLAS = """industry: 半导体
icon: x
segments:
- id: semi_wafer
  name: 硅片
  position: upstream
  tier: 1
  description: 一段话
  key_companies:
  - code: '600309'
    name: 万华化学
    role: 龙头
  - code: 002129
    name: TCL中环
    role: 硅片
  data_points:
  - {name: 国产化率_百分比, unit: '%', type: ratio, current_value: 30, source_name: 报告, source_url: '', last_updated: '2026-06-18'}
  - {name: 市场_亿元, unit: 亿元, type: market}
  new_capacity:
  - {company: TCL中环, scale: 30万片, expected_online: 2026-Q4, status: construction}
  group: material
  layer: 0
- id: semi_fab
  name: 晶圆制造
  position: midstream
  tier: 2
  description: 一段话
  key_companies:
  - code: '688981'
    name: 中芯国际
  - code: '600703'
    name: 三安光电
  group: fab
  layer: 1
- id: semi_car
  name: 汽车电子
  position: downstream
  tier: 4
  description: 一段话
  key_companies:
  - code: '600703'
    name: 三安光电
  group: end
  layer: 2
supply_relationships:
- {supplier_code: 002129, buyer_code: '688981', product: 硅片, relationship_type: primary, confidence: 5, notes: 一句话}
- {supplier_code: '600309', buyer_code: '688981', product: 抛光垫, relationship_type: primary, confidence: 5, notes: ''}
- {supplier_code: '688981', buyer_code: '600309', product: 回收硅, relationship_type: primary, confidence: 1, notes: ''}
- {supplier_code: '600309', buyer_code: 002129, product: 浆料, relationship_type: primary, confidence: 1, notes: ''}
- {supplier_code: '600703', buyer_code: '688981', product: 衬底, relationship_type: primary, confidence: 1, notes: ''}
- {supplier_code: '600309', product: 树脂, relationship_type: primary, confidence: 1, notes: ''}
- {supplier_code: '600309', buyer_code: '999999', product: 树脂, relationship_type: primary, confidence: 1, notes: ''}
group_labels:
  material: [🧪 材料, '#111']
  end: [终端应用, '#222']
group_order: [material, end]
"""

SPG = {
    "Product.csv": """id,belongToIndustry,hasSupplyChain
化工-橡胶,原材料-化工,"轮胎-轮胎,化工贸易"
化工-橡胶,原材料-化工,"轮胎-轮胎,化工贸易"
轮胎-轮胎,汽车-轮胎,"汽车,农业-香蕉"
汽车,,
""",
    "Industry.csv": "id\n原材料-化工\n保险\n",
    "Company.csv": 'id,name,product\nC1,传化****公司,"轮胎-轮胎,汽车"\n',
    "Company_fundTrans_Company.csv": "srcId,dstId,transDate,transAmt\nC1,C2,20230821,102191\n",
    "README.txt": "words\n",
}


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """A chain map."""
    path = tmp_path / "maps.csv"
    path.write_text(MAPS, encoding="utf-8-sig")
    return path


@pytest.fixture
def atlas(tmp_path: Path) -> Path:
    """A chain atlas of one chain."""
    path = tmp_path / "semiconductor.yaml"
    path.write_text(ATLAS, encoding="utf-8")
    return path


@pytest.fixture
def spg(tmp_path: Path) -> Path:
    """A folder in the form of OpenSPG."""
    folder = tmp_path / "spg"
    folder.mkdir()
    for name, text in SPG.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder

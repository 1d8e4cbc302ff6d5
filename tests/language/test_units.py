import pytest

from language.units import find_units


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("滨湖新区支行没有母婴室", "滨湖新区支行"),
        ("我在五一路支行上班", "五一路支行"),
        ("从芜湖分行调到合肥分行营业部", "合肥分行营业部"),
        ("被借调去天长路网点三个月", "天长路网点"),
    ],
)
def test_a_unit_is_read_without_what_stands_before_it(text: str, unit: str) -> None:
    assert unit in [found.value for found in find_units(text)]


@pytest.mark.parametrize(
    "text", ["我们支行食堂太难吃", "哪个网点", "三家支行合并", "上级分行怎么说", "所有网点都轮休吗", "支行"]
)
def test_what_names_no_unit_is_none(text: str) -> None:
    assert find_units(text) == []

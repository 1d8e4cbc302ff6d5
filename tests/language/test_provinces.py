import pytest

from language.provinces import PROVINCES, find_provinces


def test_there_are_thirty_one() -> None:
    assert len(set(PROVINCES)) == 31


@pytest.mark.parametrize("name", PROVINCES)
def test_every_one_is_read_by_its_name(name: str) -> None:
    assert [found.value for found in find_provinces(f"我在{name}上班")] == [name]


@pytest.mark.parametrize(
    ("text", "name", "wording"),
    [
        ("我们安徽省怎么规定", "安徽", "安徽省"),
        ("上海市户口", "上海", "上海市"),
        ("广西壮族自治区", "广西", "广西壮族自治区"),
        ("新疆维吾尔自治区的", "新疆", "新疆维吾尔自治区"),
        ("宁夏回族自治区", "宁夏", "宁夏回族自治区"),
        ("西藏自治区", "西藏", "西藏自治区"),
        ("内蒙古自治区", "内蒙古", "内蒙古自治区"),
        ("内蒙这边", "内蒙古", "内蒙"),
        ("安徽合肥", "安徽", "安徽"),
        ("廣東這邊", "广东", "廣東"),
        ("黑龙江哈尔滨", "黑龙江", "黑龙江"),
        ("在吉林市", "吉林", "吉林市"),
    ],
)
def test_a_name_is_read_with_and_without_its_rank(text: str, name: str, wording: str) -> None:
    (found,) = find_provinces(text)

    assert (found.value, text[found.start : found.end]) == (name, wording)


def test_several_are_found_in_order() -> None:
    assert [found.value for found in find_provinces("户口在河南，人在江苏")] == ["河南", "江苏"]


@pytest.mark.parametrize(
    "text",
    [
        "北京西路网点", "中山东路", "在上海路", "南京", "天津路", "黄河北岸", "江苏银行", "海南州",
        "省里", "河北区", "四川中路", "湖北大道", "",
    ],
)  # fmt: skip
def test_streets_districts_and_banks_are_no_provinces(text: str) -> None:
    assert find_provinces(text) == []

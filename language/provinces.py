"""Provinces of the mainland as people name them: 安徽, 安徽省, 内蒙, 广西壮族自治区, 上海市."""

import re

from language.spans import Found, fold

PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江",
    "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆",
    "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆",
)  # fmt: skip
"""In the order of the administrative codes."""

_SHORT = {"内蒙": "内蒙古"}
# 黄河北岸 and 中山东路 name no province, nor do 北京西路, 天津市河北区 and 海南州.
_NAMED = re.compile(
    rf"(?P<name>{'|'.join((*PROVINCES, *_SHORT))})"
    r"(?:(?:壮族|回族|维吾尔)?自治区|[省市])?"
    r"(?<!黄河[北南])(?<!淮河[北南])(?<!中山[东西])"
    r"(?![东南西北中]?[一二三四]?[路街]|大[道街]|[区州]|藏族|银行)"
)


def find_provinces(text: str) -> list[Found[str]]:
    """Return the provinces named in `text`, in order, each without 省, 市 or 自治区."""
    return [
        Found(_SHORT.get(match["name"], match["name"]), match.start(), match.end())
        for match in _NAMED.finditer(fold(text))
    ]

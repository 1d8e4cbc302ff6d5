"""Units of the bank by name: 滨湖新区支行, 五一路网点, 合肥分行营业部."""

import re

from language.spans import Found, fold

_HEAD = "(?:支行|分行|分理处|储蓄所|营业部|营业室|营业网点|网点)"
_NAMED = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{2,8}}?)(?P<head>{_HEAD})(?P<more>{_HEAD}?)")
# What stands before a name in a sentence and is no part of it.
_BEFORE = re.compile(
    "[我你您他她它咱俩们在到从去往调借被把给是的了着过和跟与同及或向由个家些哪这那本该各每某整全都也还就才又再只很太挺比让叫请找问"
    "说讲想要会能可没不别有做当于以按照对离进回来因为而且但如果听闻据连所属管归住隔邻附近几]"
    "|隶属|原来|原先|其他|其它|另外|上级|下级|下属|基层|乡镇|县域|城区|市区|郊区|异地|外地|当地|省级|市级|县级|新设|撤并|撤销|合并"
    "|银行|总行|轮岗|借调|调动|工作|入职|上班|派遣|柜员|客户|行长|主任|负责|新的|老的|小型|大型|营业|普通|相关|有关|社区|综合"
)
_COUNT = re.compile("[两一二三四五六七八九十]+")
_SHORTEST = 2


def find_units(text: str) -> list[Found[str]]:
    """Return the units named in `text`, in order, as they are written; 我们支行 and 哪个网点 name none."""
    folded = fold(text)
    found = []
    for match in _NAMED.finditer(folded):
        start, name = match.start("name"), match["name"]
        begins = max((before.end() for before in _BEFORE.finditer(name)), default=0)
        # 三支行 counts; 五一路支行 is a name.
        if len(name) - begins >= _SHORTEST and not _COUNT.fullmatch(name, begins):
            found.append(Found(text[start + begins : match.end()], start + begins, match.end()))
    return found

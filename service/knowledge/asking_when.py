"""Whether a question asks for the rule of another time than today (2023年的时候产假几天), and of which.

Most dates in questions belong to what happened to the asker (2008年入职的，年假几天) and change nothing about
which rule is asked for. So a date counts only where the wording speaks of the rule of that time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from language.dates import DateRange, find_dates
from language.holidays import holiday_start
from language.spans import Found, fold

_RULE = "(?:规定|标准|政策|制度|办法|规则|法律|条例|口径|说法|比例|基数|天数|年龄)"
_THEN = "(?:当时|当年|那时候?|那会儿?|那阵子?|那一?年)"
# The date may be a fact, but this asks for the rule of that time all the same: 2019年签的，当时的规定…
_RULE_OF_THEN = re.compile(f"{_THEN}的?(?:国家|行里|总行|分行|省行|单位)?的?{_RULE}")
_OF_A_YEAR = re.compile(
    r"(?:19|20)\d\d|\d\d年|[〇零o一二三四五六七八九]{2,4}年|[去前明后上一]年|[一二三四五六七八九十两\d]年(?:以|之)?前"
)
_MARK = re.compile(
    f"的?(?P<then>的?时候|{_THEN}|期间|那段时间)|(?P<before>(?:以|之)?前(?![后台提面几]))|(?P<after>(?:以|之)后|起|开始)|年度"
)
_SAID_THEN = re.compile("(?:时候?|那会儿?|那年)$")
_LEADING = re.compile(r"(?:在|于|到了?)$")
_FROM = re.compile(r"(?:自从?|从|打|到|至|截[至止]?|满|不足)$")
_OF_THE_RULE = re.compile(f"的?(?:国家|行里|总行|分行|省行|单位)?的?{_RULE}")
# What the asker, or somebody he speaks of, did or had at that time.
_HAPPENED = re.compile(
    "入职|入行|参加工作|毕业|出生|生人|转正|离职|辞职|离开|跳槽|调[到来去进]|借调|[进来]的|进行[的里]|签[的了过订完]"
    "|续签|生[了过的完]|怀[上了]|去世|受[了的]?伤|出[了的]?事|的病|扣回|前后|算起|起算|以来|至今|到现在|到今天|到期|期满|到龄"
    "|剩|欠|拖|攒|作废|清零|结转|顺延|过期|提前|预支|打算|准备|还[能可有算没要]|补[休发缴办报交]|满\\d|满[一二三四五六七八九十]"
    "|(?<!有)没(?!有(?:规定|限制))|未(?!成年|婚)|[了]|(?<![不超])过(?!节|年|期)"
)
_PERSON = re.compile(
    "(?<!请问)我(?!行|们行|们单位|们银行|国|想问|想知道)|俺|本人|老公|老婆|爱人|妻子|丈夫|媳妇|对象|同事|朋友|领导|[他她](?!们)"
)
# A verb right behind the date tells what happened then; 加班费, 退休年龄, 生育津贴 are matters, not events.
_EVENT_NEXT = re.compile(
    "的?(?:[男女]|[,，。;；]|$|办|签|买|租|贷|交(?!多少|几)|缴(?!费|存)|领(?!多少|几)|发(?!多少|几|放)|扣(?!多少|几)"
    "|请(?!假)|请[事病年]?假|休(?!几|多少|年假|息日)|加班(?!费|工资|时)|值班(?!费|补)|上班|干|做|当|考|入|[进来去离辞]"
    "|退(?!休年龄|休政策|休规定|休金)|生(?!育)|怀|结婚|领证|住院|生病|申请|报名?|借|轮岗|满|到|被|受|老员工|员工|职工|柜员|干部)"
)
_ASKS_RULE = re.compile(
    "几[天日个岁倍次年小周块]|是几|多少|多[久长大]|什么[标规]|怎么[规折算定]|如何[规计]|有没有|能不能|可不可以|算不算|是不是"
    f"|放不放|放假|[能可]以?休|百分之几|还是|哪[几些]天|{_RULE}|[吗么呢]"
)
_NOT_THE_RULE = re.compile("在哪|哪里|去哪|谁|怎么办|怎么要|什么时候|几号|哪天")
_ONCE = re.compile(
    "(?:^|[,，。 ])(?:那|那么|请问|想问下?)?(?:以前|从前|早先|原先|原来|过去|早几年|前几年|往年)"
    "(?![的]?(?:单位|公司|同事|领导|部门|网点|那家|在|干|上班|工作|交|领|休|签))"
    f"|[老旧原]的?{_RULE}|(?:改革?|改了?规定|调整|修[订改]|新规[^,，。]{{0,4}}|没改|没延迟|延迟退休)(?:以|之)?前|{_THEN}的?{_RULE}"
)
_EDGES = " ,，。、:：;；的"
_OLD = 15
"""Years back from which a bare year (75年几岁退休) is a person's rather than a rule's."""
LEAST = 2
"""Characters that must be left to ask about."""


@dataclass(frozen=True, slots=True)
class AskedWhen:
    """A question about the rule of another time.

    `text` is the question without the words for that time. `period` is the time; None for one that is not
    named (以前, 老规定). 2008年以前 begins at `date.min`, 2027年起 ends at `date.max`.
    """

    text: str
    period: DateRange | None


def asked_when(text: str, *, today: date) -> AskedWhen | None:
    """Return which time's rule `text` asks for; None for today's, and whenever in doubt."""
    folded = fold(text)
    dates = find_dates(text, today)
    if not dates:
        once = _ONCE.search(folded) and _ASKS_RULE.search(folded) and not _is_told(folded, _ONCE)
        return AskedWhen(text, None) if once else None
    if len(dates) > 1 or not _OF_A_YEAR.search(folded[dates[0].start : dates[0].end]):
        return None
    return _dated(text, folded, dates[0], today)


def day_of(period: DateRange, *, today: date) -> date:
    """Return the day whose rule answers for a period: its last, or the first of one that is still ahead."""
    return period.first if period.first > today else period.last


def _dated(text: str, folded: str, found: Found[DateRange], today: date) -> AskedWhen | None:
    before, wording = folded[: found.start], folded[found.start : found.end]
    mark = _MARK.match(folded, found.end)
    end = mark.end() if mark else found.end
    period = _period(found.value, mark, today)
    if period is None or not _asks_for_its_rule(folded, found, mark, today):
        return None
    start = found.start - len(lead.group()) if (lead := _LEADING.search(before)) else found.start
    kept = wording[holiday_start(wording, 0, len(wording)) :]
    rest = _joined(text[:start], kept + text[end:])
    rest = _RULE_OF_THEN.sub(lambda match: match.group()[match.group().find("的") + 1 :], rest)
    return AskedWhen(rest, period) if len(rest) >= LEAST and not _OF_THE_RULE.fullmatch(rest) else None


def _period(said: DateRange, mark: re.Match[str] | None, today: date) -> DateRange | None:
    """The time that is meant; None when the rule of today holds in it, or nobody can know."""
    ahead = said.first > today
    if mark and mark["before"]:
        return DateRange(date.min, said.first - timedelta(days=1)) if not ahead else None
    if mark and mark["after"]:
        return DateRange(said.first, date.max) if ahead else None
    return said if ahead or said.last < today else None


def _asks_for_its_rule(folded: str, found: Found[DateRange], mark: re.Match[str] | None, today: date) -> bool:
    if _RULE_OF_THEN.search(folded, found.end):
        return True
    before, after = folded[: found.start], folded[found.end :]
    wording = folded[found.start : found.end]
    if _FROM.search(before) and not found.value.first > today:
        return False
    if _HAPPENED.search(before + after) or _PERSON.search(before + after):
        return False
    if _SAID_THEN.search(wording) or (mark and (mark["then"] or mark["before"])):
        return _asks_rule(after)
    if _OF_THE_RULE.match(after):
        return True
    old = found.value.last.year < today.year - _OLD
    return not old and not _EVENT_NEXT.match(after) and _asks_rule(before + after)


def _asks_rule(words: str) -> bool:
    return bool(_ASKS_RULE.search(words)) and not _NOT_THE_RULE.search(words)


def _is_told(folded: str, once: re.Pattern[str]) -> bool:
    """Whether something that happened is told beside the words for a time before."""
    rest = once.sub("", folded)
    return bool(_HAPPENED.search(rest) or _PERSON.search(rest))


def _joined(before: str, after: str) -> str:
    return (before.strip(_EDGES) + after.lstrip(_EDGES)).strip(" ,，。、")

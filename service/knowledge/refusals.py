"""Questions that are refused for what they ask, however well the knowledge base knows their words. Pure.

Three kinds: the private data of others, what will come of something, and instructions to the assistant. A
question about the rule (can my manager see my payslip, how long does arbitration take) is none of them, so
each pattern asks for all its parts, and whatever asks for a rule lets go.
"""

from __future__ import annotations

import re
from enum import StrEnum

from language.normalise import normalise


class Refused(StrEnum):
    """Why a question is refused."""

    PRIVATE = "private"
    """It asks for what is known of another person."""
    PREDICTION = "prediction"
    """It asks how something will turn out."""
    INSTRUCTION = "instruction"
    """It tells the assistant to be something else, or to open itself."""


def refused(text: str) -> Refused | None:
    """Return why `text` is refused, None when nothing speaks against answering it."""
    said = normalise(text)
    if _INSTRUCTION.search(said):
        return Refused.INSTRUCTION
    if _is_private(said):
        return Refused.PRIVATE
    if _is_prediction(said):
        return Refused.PREDICTION
    return None


_INSTRUCTION = re.compile(
    r"(?:忽略|无视|跳过|忘记|忘掉|忘了|绕过|别管|不要管|不用管)[^，。！？]{0,8}(?:指令|"
    r"规则|设定|限制|提示词?|命令|约束)"
    r"|系统提示|提示词|(?:开发者|管理员|调试|上帝|越狱)模式|越狱|jailbreak|system prompt|"
    r"ignore (?:all |the |your )*"
    r"(?:previous |above )*(?:instructions|rules)|developer mode|api ?(?:密钥|key)|你的(?:密钥|"
    r"密码|源代码|代码|配置|后台|数据库)"
    r"|drop table|select \*|rm -rf"
    r"|(?:从现在(?:起|开始)|现在起|接下来|假装|扮演|假设|你现在)[^，。！？]{0,4}你?(?:就?是|"
    r"叫|变成|扮演|当)[^，。！？]{0,12}"
    r"(?:规则|限制|约束|行长|主席|黑客|管理员|开发者|律师|医生|女友|男友|猫|海盗|小黑|模型)"
    r"|(?:导出|打印|输出|发出|显示)[^，。！？]{0,6}(?:所有人|全部人|全员|别人|其他人|"
    r"数据库|后台|配置|提示)[^，。！？]{0,6}"
    r"(?:记录|数据|文件|词|信息|密码|对话)"
)

_SURNAME = (
    "[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕张孔曹严华金魏陶姜谢邹潘葛范彭郎鲁韦马方俞任袁柳鲍史"
    "唐薛雷贺倪汤罗郝安常于傅齐康余顾孟黄穆萧尹姚邵毛狄米贝明戴谈宋熊纪舒屈项祝董梁杜阮蓝席季贾路江童"
    "颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍万卢莫丁邓洪包石崔龚程裴陆翁段侯全谭宁叶白邢刘龙黎]"
)
_PERSON = re.compile(
    rf"(?:[小老阿]{_SURNAME}|{_SURNAME}(?:某某?|姐|哥|总|工|师傅|经理|行长|主任|主管|"
    rf"科长|处长|部长|老师|书记|主席|[三四五]|\w丽|\w强)"
    r"|某某|别人|他人|人家|其他人|同事|(?:隔壁|对面|旁边|邻座)(?:桌|柜员|同事|网点|工位|"
    r"部门|那个)?|(?:副?行长|主任|主管|领导|经理|书记|网点负责人)"
    r"|新来的(?:同事|柜员|副?行长|主任|领导|经理)?|网点人员|全行(?:员工|人)?|所有人|大家|每个人)"
)
_PRIVATE = (
    r"(?:工资|薪水|薪资|年薪|月薪|收入|奖金|绩效|考核分|考核结果|身份证|手机号|手机号码|"
    r"家庭电话|私人电话|微信号|"
    r"住址|家庭地址|病历|病情|体检报告|体检结果|诊断|请假原因|休假原因|请假记录|婚史|"
    r"婚姻|情史|情人|银行流水|流水|"
    r"账户余额|存款|档案|聊天记录|咨询记录|工资表|工资条|花名册|背景)"
)
_ASKS_DATA = r"(?:多少|几|是啥|是什么|什么|怎么样|查|看|发|给|告诉|要|报|说|呢|吗|\?|$)"
_DATA_OF_OTHERS = re.compile(
    rf"(?:的|一个月|一年|每月|拿|家)?[^，。！？]{{0,4}}{_PRIVATE}[^，。！？]{{0,6}}{_ASKS_DATA}"
)
_LIVES = re.compile(
    r"(?:家住|住在?)(?:哪|什么地方|几号|几楼|什么小区)|(?:离婚|结婚|怀孕|处对象|谈恋爱)(?:了?没|"
    r"了吗|了么|没有|没$)|(?:为啥|为什么|怎么)(?:离婚|请假|被抓|不来)|是不是(?:离婚|"
    r"怀孕|被抓|有病)|有没有(?:情人|对象|病)|电话(?:给|发|告诉|是多少|多少)|的(?:手机|"
    r"电话)$"
)
_WHO = re.compile(
    r"(?<![找向跟给由])谁(?:被?(?:处分|扣|抓|开除|降职)|举报|投诉|申请过|领过|拿过|得了?(?:抑郁|"
    r"癌|病)|离婚|怀孕|跟谁|和谁|欠)"
    r"|(?:举报|投诉|告)我?的人?(?:是|叫)谁|(?<![找向跟给由被])谁(?:举报|投诉)(?!电话)|"
    r"告诉我[^，。！？]{0,10}(?:是谁|名单)"
    r"|(?:补助|救助|困难|处分|抑郁|怀孕)[^，。！？]{0,8}(?:名单|有哪些人|都有谁)[^，。！？]{0,6}(?:发"
    r"|给|看|$)"
)
_ASKS_FOR = re.compile(
    r"能不能(?:帮我|告诉我?|给我|发我?)|(?:能|可以|可否)(?:帮我|告诉我?|给我|发我?)|帮(?:我|忙)|麻烦|请问?"
)
# Whatever asks for a rule: of the asker's own data, of what is allowed, of what follows.
_RULE = re.compile(
    r"我的|我自己|自己的|本人|我[^的，。]{0,2}(?:工资|绩效|奖金|病|体检|身份证|手机)|"
    r"能不能|能(?!拿)|可以|可不可以|允许|合法|违法|"
    r"违规|应该|必须|该不该|有权|权利|规定|规矩|制度|流程|怎么办|算不算|保密|公开|泄露|"
    r"隐私|要不要|需要|怎么算|怎么发|怎么定|"
    r"标准|拖欠|不发|没发|同工同酬|一样|比我|凭什么|不公|借|欠|扣|罚|猝死|去世|走了|"
    r"想不开|自杀|轻生|工伤|慰问|帮他|帮她|补助|捐"
)


def _is_private(said: str) -> bool:
    if _WHO.search(said) and not re.search(r"谁(?:能|可以|会|有资格|来|去|管|批|出)", said):
        return True
    asked = _ASKS_FOR.sub("", said)
    if _RULE.search(asked):
        return False
    person = _PERSON.search(asked)
    if person is None:
        return False
    before, after = asked[: person.start()], asked[person.end() :]
    if "工会" in before[-6:] or after.startswith(("信箱", "邮箱")):
        return False
    return bool(_DATA_OF_OTHERS.match(after) or _LIVES.search(after[:12]))


_WINS = re.compile(
    r"(?:官司|仲裁|诉讼|案子|申诉|维权|上诉|起诉|打赢|告)[^，。！？]{0,10}(?:能赢|会赢|"
    r"赢不赢|打得赢|赢面|胜算|胜诉率|有几成|几成把握|"
    r"有把握|能成吗|稳赢|稳不稳)|(?:能|会|能不能|会不会)赢(?:吗|不|么|$|\?)|胜算|赢的?(?:可能|"
    r"概率|几率|希望)|赢面"
)
_CERTAIN = re.compile(
    r"(?:仲裁|官司|申请|赔偿|补偿|补助|认定|鉴定|审批|能赔|能批|能拿)[^，。！？]{0,8}(?:一定|"
    r"肯定|保证|百分百|包)[^，。！？]{0,6}(?:吗|么|不|\?)"
    r"|(?:一定|肯定|保证|百分百|包)(?:能|会)(?:赔|赢|批|过|下来|认定|拿到|成)"
)
_PROSPECT = re.compile(
    r"(?:明年|后年|今年|下半年|年底|下个月|下季度|以后|将来|未来|最近|马上|接下来|过几年)?[^，。！？]{0,8}"
    r"(?:会不会|(?<![代工])会|要不要|是不是要|是不是会|还会不会|要)[^，。！？]{0,3}"
    r"(?:裁员|裁人|裁到我|轮到我|减员|降薪|涨薪|涨工资|加薪|普调|撤并|撤网点|撤掉|合并|"
    r"倒闭|换行长|换领导|换主席|被机器人|取消年终奖)"
    r"[^，。！？]{0,6}(?:吗|么|不|没|呢|\?|$)"
    r"|工资(?:还)?(?:涨不涨|会涨|能涨|会不会涨|降不降)|裁不裁|撤不撤"
)
_OUTLOOK = re.compile(
    r"(?:你(?:觉得|估计|猜|预测)|估计|预测|猜猜|算一算命|算命|运势)[^。！？]{0,16}(?:能|"
    r"会|多少|几|谁|吗|不|么)"
    r"|(?:奖金|绩效|年终奖|业绩|利润|工资|公积金利率)[^。！？]{0,10}你(?:估计|觉得|猜|预测)"
    r"|(?:年终奖|绩效|奖金)(?:今年|明年|年底)?会发(?:多少|几个月)|(?:今年|明年|年底)[^，。！？]{0,4}(?:年"
    r"终奖|绩效|奖金)(?:会|能)发(?:多少|几个月|几)"
    r"|(?:谁|哪个)(?:会|要|能|来)?(?:升|当上?|接任|调来当)[^，。！？]{0,3}(?:行长|主任|主管|经理|主席)"
    r"|我[^，。！？]{0,10}(?:能|会|能不能|会不会)(?:评上|选上|竞上|考上|当上|升上|聘上|"
    r"批下来|通过|过关|留下来|裁到|上岸)[^，。！？]{0,4}(?:吗|不|么|没|\?|$)"
    r"|(?:能|会|能不能|会不会)(?:批下来|评上|竞聘上|选上)(?:吗|不|么|\?|$)"
)
# Whatever can be known: what is due, how it is done, what is allowed.
_KNOWABLE = re.compile(
    r"怎么办|咋办|多少钱|怎么赔|赔多少(?!.{0,4}(?:一定|肯定))|补偿(?!.{0,6}(?:一定|肯定))|"
    r"依据|条件|程序|流程|合法|违法|可以吗|通知|提前|材料|"
    r"被裁员了|已经|加班|轮休|交税|扣税|怎么申请|多久|几天|规定|工会能|要给|该给|值班"
)


def _is_prediction(said: str) -> bool:
    if _CERTAIN.search(said) or _WINS.search(said):
        return True
    return not _KNOWABLE.search(said) and bool(_PROSPECT.search(said) or _OUTLOOK.search(said))

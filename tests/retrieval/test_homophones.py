from pathlib import Path

import pytest

from language.normalise import normalise
from language.words import Segmenter, bigrams
from retrieval.tokens import segmenter
from retrieval.wording import Wording, WordListError, wording_reader
from retrieval.wording.homophones import HomophoneList, Homophones, Reading


def read(text: str) -> Wording:
    return wording_reader().read(text)


PUT_RIGHT = """
年价几天>年假几天  年架能休几天>年假能休几天  带薪年价>带薪年假
年修假怎么算>年休假怎么算  产价有多少天>产假有多少天
陪缠假>陪产假  赔产假几天>陪产假几天  婚价几天>婚假几天  昏假>婚假
丧价几天>丧假几天  病价条谁开>病假条谁开
探青假还有吗>探亲假还有吗  育儿价>育儿假
哺乳价一天几小时>哺乳假一天几小时  护里假>护理假  周末值班能调修吗>周末值班能调休吗
社宝没交怎么办>社保没交怎么办  养老保现断了>养老保险断了  五险一斤>五险一金  住房公鸡金>住房公积金
公基金能取吗>公积金能取吗  生玉津贴怎么领>生育津贴怎么领  生育津帖>生育津贴  企业年斤>企业年金
工商认定要多久>工伤认定要多久  出了工商赔多少>出了工伤赔多少
工殇谁认>工伤谁认  伤参鉴定>伤残鉴定  停工留新期>停工留薪期
试用器多长>试用期多长  使用期能随便辞退吗>试用期能随便辞退吗  劳动和同没签>劳动合同没签  劳动种裁>劳动仲裁
仲才怎么申请>仲裁怎么申请  劳动监查>劳动监察
劳动争意>劳动争议  违月金>违约金  赔偿今>赔偿金  竟业限制>竞业限制
加般费怎么算>加班费怎么算  词职要提前多久>辞职要提前多久  迟到三次算矿工吗>迟到三次算旷工吗  旷公三天>旷工三天
工会会废>工会会费
功会主席>工会主席  职带会>职代会  困男补助>困难补助  慰问今>慰问金
疗修养>疗休养  廖休养名额>疗休养名额  延吃退休>延迟退休  推休>退休  互住保障>互助保障  法律原助>法律援助
性搔扰>性骚扰  心里咨询>心理咨询
人生安全保护令>人身安全保护令  家庭暴利>家庭暴力  生孩子长假几天>生孩子产假几天
nianjia几天>年假几天  gongjijin怎么取>公积金怎么取  劳动和同法39条>劳动合同法39条
"""


@pytest.mark.parametrize("pair", PUT_RIGHT.split())
def test_what_was_written_as_it_sounds_is_read_as_what_was_meant(pair: str) -> None:
    written, meant = pair.split(">")
    assert read(written).text == meant


LEFT_ALONE = """
工商银行年假几天 工商局在哪里 去工商登记 公假怎么请 公司法务 公益金是什么 长假去哪玩 长假调休上班
连休三天 四家公司都交 十家网点 已报销的发票 已报名了 我会飞 加班飞外地 加班非得本人同意吗 赔偿仅够
工会发东西吗 工会会不会管 使用期限到了 矿工下井 修养身心 加强修养 商会活动 年终讲评 年终将近 是假的吗
假期 今年价格涨了 过年家里有事 打工上班 职工上班 办公基金 养老近况 市价多少 私家车 回非洲 会非常忙
内推一个朋友 厂务公开 慰问凭什么领 行里咨询谁 国内退休人员 失业今年能领吗 加班经过领导同意 会员政策
员工领东西 女儿出嫁 公会 提前三十天 医疗器械 体验活动 事业单位 辞旧迎新 hello offer report 一包烟
一线员工 工地受伤 社会保障 公共假期 合同 公积金 年假
"""


@pytest.mark.parametrize("text", LEFT_ALONE.split())
def test_what_is_a_word_or_no_slip_stays_as_it_is(text: str) -> None:
    assert read(text).text == text


def test_what_was_written_is_asked_for_as_well() -> None:
    wording = read("年价几天")
    assert "年假" in wording.tokens
    assert wording.extra["年价"] == 1.0


def test_a_text_without_slips_has_its_own_tokens(home: Path) -> None:
    wording = read("今晚吃饺子")
    assert wording.tokens == tuple(dict.fromkeys(segmenter().tokens("今晚吃饺子")))
    assert wording.extra == {}


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.verify), 8], ids=["thorough", "quick"])
def test_a_question_of_a_card_is_read_as_nothing_its_topic_does_not_speak_of(home: Path, every: int) -> None:
    """Some are misspelt on purpose, because people do."""
    from retrieval.cards import load_cards

    cards = load_cards(home / "knowledge_base" / "cards")
    told: dict[str | None, str] = {}
    for card in cards:
        told[card.topic] = told.get(card.topic, "") + card.title + card.text
    misread = []
    for card in cards:
        for question in (card.title, *card.questions, *card.not_questions)[::every]:
            as_read = read(normalise(question)).text
            if as_read != normalise(question):
                others = (other for other in card.questions if other != question)
                speaks_of = "".join((told[card.topic], *others, *card.not_questions))
                put_in = [word for word in segmenter().words(as_read) if word not in normalise(question)]
                misread += [
                    (question, word)
                    for word in put_in
                    if not any(pair in speaks_of for pair in bigrams(word))
                ]
    assert misread == []


# The list


def homophones(tmp_path: Path, content: str) -> Homophones:
    file = tmp_path / "homophones.txt"
    file.write_text(content, encoding="utf-8")
    plain = Segmenter()
    return Homophones(HomophoneList.load(file), (), frequency=plain.frequency, stop_words=())


def test_an_administrator_adds_a_word_a_slip_and_an_exception(tmp_path: Path) -> None:
    found = homophones(tmp_path, "# 说明\n疗休养\n！ 疗秀养\n矿工 → 旷工 迟到\n".replace("！", "!"))
    assert found.find(["疗", "修养"]) == [Reading(0, 3, "疗休养")]
    assert found.find(["疗", "秀", "养"]) == []
    assert found.find(["矿工", "迟到"]) == [Reading(0, 2, "旷工")]
    assert found.find(["矿工", "下井"]) == []


@pytest.mark.parametrize("line", ["年假 年价", "! 公假 连假", "年价 →"])
def test_a_line_that_says_nothing_is_reported_with_its_place(tmp_path: Path, line: str) -> None:
    with pytest.raises(WordListError, match=r"homophones\.txt:2"):
        homophones(tmp_path, f"# 说明\n{line}\n")


def test_a_span_that_cuts_a_word_is_left_alone(tmp_path: Path) -> None:
    found = homophones(tmp_path, "会费\n")
    assert found.find(["会", "废除", "吗"]) == []
    assert found.find(["会", "废", "吗"]) == [Reading(0, 2, "会费")]

"""Names of files: what a person is called, in any script, wherever files and headers go."""

from email import message_from_string, policy
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.words.filenames import content_disposition, file_name, in_ascii, name_parameter

NAMES = [
    "Dupont Marie 3467.pdf",
    "Ñandú Zoë 3467.pdf",
    "王小明 3467.pdf",
    "محمد الأمين 3467.pdf",
    "အောင်ဆန်းစုကြည် " * 3 + "3467.pdf",
    'a "quoted; b=c" 3467.pdf',
    "😀 3467.pdf",
]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Dupont Marie", "3467"), "Dupont Marie 3467.pdf"),
        (("O’Neil/../.. Bo", "3467"), "O’Neil .. .. Bo 3467.pdf"),
        (("..", "3467"), "3467.pdf"),
        (("", "3467"), "3467.pdf"),
        (("a\u202egpj.exe\u202c b\n", "3467"), "agpj.exe b 3467.pdf"),
        (("می\u200cخواهم", "3467"), "می\u200cخواهم 3467.pdf"),
        (("Zoe\u0308", "3467"), "Zoë 3467.pdf"),
    ],
)
def test_it_is_a_file_of_that_name(parts, name):
    assert file_name(*parts, extension="pdf") == name


@given(st.text(), st.text())
def test_any_name_is_one_that_file_systems_take(person, about):
    name = file_name(person, about, "3467-9ACD-EFGH-JKMN", extension="pdf")
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\:*?"<>|\n\x00')
    assert name.endswith("3467-9ACD-EFGH-JKMN.pdf")
    assert not name.startswith(".")


def test_in_ascii_it_still_says_what_it_can():
    assert in_ascii("Ñandú-Łoś Zoë 3467.pdf") == "Nandu-Los Zoe 3467.pdf"
    assert in_ascii("王小明 3467.pdf") == "3467.pdf"


def test_in_ascii_it_is_no_path():
    name = file_name("‥／‥／etc＼passwd", "3467", extension="pdf")
    assert in_ascii(name) == "etcpasswd 3467.pdf"


@given(st.text(alphabet=st.sampled_from("．‥…／＼：∕⁄＊？＂＜＞｜﹨ aé."), max_size=12))
def test_in_ascii_it_is_one_that_file_systems_take(person):
    name = in_ascii(file_name(person, "3467", extension="pdf"))
    assert not set(name) & set('/\\:*?"<>|')
    assert not name.startswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_and_an_email_say_the_name(name):
    """As Python's own parsers read it, on one line and on several."""
    answer = content_disposition("inline", name)
    plain, _, whole = answer.partition("; filename*=UTF-8''")
    assert unquote(whole) in (name, "")
    assert whole or plain == f'inline; filename="{name}"'
    said = name_parameter("filename", name)
    assert said.isascii()
    folded = said.replace("; ", ";\r\n ")
    assert max(map(len, folded.splitlines())) < 100
    message = message_from_string(
        f"Content-Disposition: attachment;\r\n {folded}\r\n\r\n", policy=policy.default
    )
    assert message.get_filename() == name


def test_only_what_is_not_ascii_is_said_twice():
    assert content_disposition("inline", "a b.pdf") == 'inline; filename="a b.pdf"'
    assert (
        content_disposition("inline", "é.pdf")
        == "inline; filename=\"e.pdf\"; filename*=UTF-8''%C3%A9.pdf"
    )

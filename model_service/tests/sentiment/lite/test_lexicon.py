"""The lexicon's file and its marks."""

from model_service.sentiment.lite.lexicon import LEXICON_FILE, parse_lexicon


def test_marks_make_the_forms_of_a_word() -> None:
    lexicon = parse_lexicon(
        "# a comment\n[up]  # and another\nraise/v rally/v plan/vv\n[thing]\nfly/n tax/n raise\n"
        "profit_warning lay-off/n"
    )
    assert lexicon.names == ("up", "thing")
    assert [word for word, kind in lexicon.words.items() if kind == 1] == [
        "raise", "raises", "raised", "raising", "rally", "rallies", "rallied", "rallying",
        "plan", "plans", "planned", "planning",
    ]  # fmt: skip
    assert [word for word, kind in lexicon.words.items() if kind == 2] == [
        "fly", "flies", "tax", "taxes",
    ]  # fmt: skip
    assert lexicon.phrases["profit"] == ((("warning",), 2),)
    assert lexicon.phrases["lay"] == ((("off",), 2), (("offs",), 2))


def test_a_class_may_be_named_twice_and_the_longest_phrase_comes_first() -> None:
    lexicon = parse_lexicon("[a]\na_b\n[b]\nc\n[a]\na_b_c d")
    assert lexicon.names == ("a", "b")
    assert lexicon.words == {"c": 2, "d": 1}
    assert lexicon.phrases == {"a": ((("b", "c"), 1), (("b",), 1))}


def test_the_shipped_lexicon_is_wide() -> None:
    lexicon = parse_lexicon(LEXICON_FILE.read_text(encoding="utf-8"))
    assert len(lexicon.words) > 2_000
    assert len(lexicon.phrases) > 500

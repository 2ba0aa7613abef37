from leitmotiv.analysis.naming import distinct_words


def test_groups_are_named_by_what_is_seen_and_no_two_the_same():
    kinds = [["daisy", "bee"], ["daisy", "bee"], ["daisy", "bee"], ["daisy"], ["bee", "daisy"]]
    assert distinct_words(kinds, ["bee"]) == ("daisy", "daisy, bee", "daisy 2", "daisy 3", "bee, daisy")

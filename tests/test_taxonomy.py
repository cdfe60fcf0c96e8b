from __future__ import annotations

from pathlib import Path

import pytest

from reinstate.errors import InputError
from reinstate.taxonomy import Taxonomy, default_taxonomy, load_taxonomy

#: Final: people's data, playbooks and scripts are built on these.
SLUGS = {
    "policy_violation": [
        "review_manipulation",
        "listing_violation",
        "pricing_violation",
        "drop_shipping",
        "customer_diversion",
        "code_of_conduct",
    ],
    "intellectual_property": ["trademark", "copyright", "patent"],
    "counterfeit": ["inauthentic", "counterfeit_goods", "forged_documents", "product_condition"],
    "fraud": ["deceptive_activity", "sales_manipulation", "transaction_fraud"],
    "repeated_violations": ["repeated_violations"],
    "related_accounts": ["related_accounts"],
    "verification": ["identity_verification", "payment_method", "account_compromised", "funds_withheld"],
    "performance": ["order_defect_rate", "shipping_performance", "cancellation_rate"],
    "product_compliance": ["restricted_products", "product_safety"],
    "none": ["not_a_notice"],
}
STAGES = [
    "warning",
    "listing_removed",
    "account_deactivated",
    "information_request",
    "appeal_rejected",
    "final_denial",
    "reinstated",
    "none",
]


def own(tmp_path: Path, toml: str) -> Taxonomy:
    path = tmp_path / "own.toml"
    path.write_text(toml, encoding="utf-8")
    return load_taxonomy(path)


def test_the_shipped_slugs_are_final() -> None:
    taxonomy = default_taxonomy()
    by_category: dict[str, list[str]] = {}
    for slug, reason in taxonomy.reasons.items():
        by_category.setdefault(reason.category, []).append(slug)
    assert by_category == SLUGS
    assert list(taxonomy.categories) == list(SLUGS)
    assert list(taxonomy.stages) == STAGES


def test_every_label_has_words_for_people() -> None:
    taxonomy = default_taxonomy()
    titles = [label.title for label in (*taxonomy.reasons.values(), *taxonomy.stages.values())]
    assert len({*titles, *taxonomy.categories.values()}) >= len(titles)
    for label in (*taxonomy.reasons.values(), *taxonomy.stages.values()):
        assert label.title
        assert label.description.endswith(".")


def test_other_mail_blocks_nothing_and_the_inner_label_is_no_reason() -> None:
    taxonomy = default_taxonomy()
    assert set(taxonomy.reasons) - set(taxonomy.block_reasons()) == {taxonomy.not_a_notice}
    assert taxonomy.unnamed not in taxonomy.reasons


def test_a_reason_knows_its_category_and_title() -> None:
    taxonomy = default_taxonomy()
    assert taxonomy.category_of("patent") == "intellectual_property"
    assert taxonomy.title_of("patent") == taxonomy.reasons["patent"].title
    assert taxonomy.require_reason("patent") is taxonomy.reasons["patent"]


def test_a_reason_of_another_model_stands_for_itself() -> None:
    taxonomy = default_taxonomy()
    assert taxonomy.category_of("gated_brand") == "gated_brand"
    assert taxonomy.title_of("gated_brand") == "gated_brand"


@pytest.mark.parametrize(
    ("wrong", "suggested"), [("trademarks", "trademark"), ("inauthentc", "inauthentic"), ("Patent", "patent")]
)
def test_a_mistyped_reason_gets_the_nearest_suggested(wrong: str, suggested: str) -> None:
    with pytest.raises(InputError, match=f"{wrong}.*did you mean '{suggested}'.*reinstate reasons"):
        default_taxonomy().require_reason(wrong)


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    with pytest.raises(InputError) as caught:
        default_taxonomy().require_reason("zzz")
    assert "did you mean" not in str(caught.value)


def test_a_users_file_adds_a_reason_in_a_category_of_its_own(tmp_path: Path) -> None:
    taxonomy = own(
        tmp_path,
        """
        [categories.brand]
        title = "Brand"
        [reasons.gated_brand]
        category = "brand"
        title = "Gated brand"
        description = "Approval to sell a brand is missing."
        """,
    )
    assert taxonomy.category_of("gated_brand") == "brand"
    assert "gated_brand" in taxonomy.block_reasons()
    assert set(taxonomy.reasons) == {*default_taxonomy().reasons, "gated_brand"}
    assert taxonomy.stages == default_taxonomy().stages


def test_a_users_file_may_rename_and_say_nothing_else(tmp_path: Path) -> None:
    taxonomy = own(tmp_path, '[reasons.patent]\ntitle = "Brevet"\n[stages.warning]\ntitle = "Mahnung"\n')
    shipped = default_taxonomy()
    assert taxonomy.title_of("patent") == "Brevet"
    assert taxonomy.reasons["patent"].description == shipped.reasons["patent"].description
    assert taxonomy.stages["warning"].title == "Mahnung"
    assert shipped.title_of("patent") != "Brevet"


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert own(tmp_path, "") == default_taxonomy()


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[reasons.x]\ntitle = "X"\ndescription = "Y."', r"own.toml: reasons.x: 'category' is missing"),
        ('[reasons.x]\ncategory = "fraud"\ndescription = "Y."', r"own.toml: reasons.x: 'title' is missing"),
        ('[reasons.x]\ncategory = "fraud"\ntitle = "X"', r"own.toml: reasons.x: 'description' is missing"),
        ('[reasons.x]\ncategory = "frauds"\ntitle = "X"\ndescription = "Y."', r"'frauds' \(did you mean 'fraud'\?\)"),
        ("[reasons.patent]\ntitle = 5", r"reasons.patent: 'title' is missing or not a text"),
        ("[reasons]\npatent = 'x'", r"own.toml: reasons.patent"),
        ("[categories.x]\nname = 'x'", r"categories.x: 'title' is missing"),
        ("[stages.x]\ntitle = 'x'", r"stages.x: 'description' is missing"),
        ("reasons = 3", "reasons has to be a table"),
        (
            '[reasons.unnamed]\ncategory = "fraud"\ntitle = "X"\ndescription = "Y."',
            "reasons.unnamed: this name is kept",
        ),
        ("[reasons", "own.toml: not a readable TOML file"),
    ],
)
def test_a_faulty_file_is_refused_by_file_and_key(tmp_path: Path, toml: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        own(tmp_path, toml)


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such taxonomy file"):
        load_taxonomy(tmp_path / "own.toml")
    (tmp_path / "latin.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(InputError, match=r"latin.toml: not a readable TOML file"):
        load_taxonomy(tmp_path / "latin.toml")

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinstate.corpus import LabelledNotice
from reinstate.resources import read_toml
from reinstate.text import clean, detect_language
from reinstate.text.language import UNDETERMINED, language_name

SAMPLES = {
    "en": "Your selling privileges have been removed. Please send us a plan of action within 17 days.",
    "de": "Ihr Verkäuferkonto wurde vorübergehend deaktiviert. Bitte senden Sie uns die Rechnungen für diese Artikel.",
    "fr": "Votre compte a été désactivé. Veuillez nous envoyer les factures de vos fournisseurs pour ces produits.",
    "es": "Su cuenta de vendedor ha sido desactivada. Puede enviar las facturas de los productos si no es así.",
    "it": "Il suo account è stato sospeso. Può inviare le fatture dei prodotti che ha venduto nel corso dell'anno.",
    "pt": "A sua conta foi desativada. Você pode enviar as notas fiscais dos produtos para que possamos avaliar.",
    "nl": "Uw account is gedeactiveerd. Stuur ons de facturen van de producten die door u zijn verkocht.",
    "pl": "Twoje konto zostało dezaktywowane. Prosimy o przesłanie faktur, które są dostępne na stronie oraz w panelu.",
    "sv": "Ditt konto har inaktiverats. Du kan skicka fakturor för de produkter som du har sålt till våra kunder.",
    "tr": "Hesabınız devre dışı bırakıldı. Lütfen bu ürünler için faturaları ve bir eylem planı gönderin.",
    "zh": "您的卖家账户已被停用。请在十七天内提交发票和行动计划。",
    "ja": "お客様の出品用アカウントは一時停止されました。請求書を提出してください。",
    "ko": "판매자 계정이 비활성화되었습니다. 송장을 제출해 주세요.",
    "ru": "Ваша учетная запись продавца заблокирована. Пришлите счета от поставщиков.",
    "ar": "تم إلغاء تنشيط حساب البائع الخاص بك. يرجى إرسال الفواتير.",
    "he": "חשבון המוכר שלך הושבת. אנא שלח חשבוניות.",
    "hi": "आपका विक्रेता खाता निष्क्रिय कर दिया गया है। कृपया चालान भेजें।",
    "th": "บัญชีผู้ขายของคุณถูกปิดใช้งาน โปรดส่งใบแจ้งหนี้",
    "el": "Ο λογαριασμός πωλητή σας έχει απενεργοποιηθεί. Στείλτε τιμολόγια.",
}


@pytest.mark.parametrize("code", SAMPLES)
def test_a_notice_of_two_sentences_has_its_language_named(code: str) -> None:
    assert detect_language(clean(SAMPLES[code])) == code


@pytest.mark.parametrize(
    "banner",
    [
        "Account deactivated. Action required: submit an appeal.",
        "Your account is at risk of deactivation",
        "Listing removed: trademark infringement of your product",
        "THIS LISTING HAS BEEN REMOVED",
    ],
)
def test_an_english_banner_is_english(banner: str) -> None:
    assert detect_language(clean(banner)) == "en"


def test_a_foreign_name_does_not_change_the_language() -> None:
    text = f"{SAMPLES['en']} The rights owner is 杭州贸易有限公司, written to on their behalf by Jürgen Groß."
    assert detect_language(clean(text)) == "en"


def test_a_few_kana_among_many_characters_are_japanese() -> None:
    text = "販売用口座一時停止の通知。請求書及び改善計画書の提出を要請。期限は十七日以内。"
    assert detect_language(clean(text)) == "ja"


@pytest.mark.parametrize("text", ["", "12345 99.5% $3", "lorem ipsum dolor", "zzxq wvvk qqpj", "B07XYZ1234"])
def test_what_is_like_no_language_is_undetermined(text: str) -> None:
    assert detect_language(clean(text)) == UNDETERMINED


@given(st.text(max_size=200))
def test_every_text_gets_a_known_code(text: str) -> None:
    assert detect_language(clean(text)) in {*read_toml("languages.toml")["names"], UNDETERMINED}


def test_the_field_sets_languages_are_recognised(field_set: list[LabelledNotice]) -> None:
    wrong = [row.id for row in field_set if detect_language(clean(row.text)) != (row.language or "en")]
    assert len(wrong) <= 0.02 * len(field_set), wrong


def test_every_language_that_can_be_recognised_has_a_name_for_people() -> None:
    data = read_toml("languages.toml")
    assert {*data["words"], *data["scripts"]} == set(data["names"])
    assert all(language_name(code) == name for code, name in data["names"].items())


def test_an_unknown_code_is_its_own_name() -> None:
    assert language_name("xx") == "xx"

"""What is never made, and what this studio's operator has not switched on.

The first rule knows no setting: a request that puts minors and sex together is refused
before anything is stored or queued. It reads through common disguises and rather refuses
too much. Single words are never enough, except those that mean nothing else.
"""

import logging
import re
import unicodedata

from django.conf import settings

from generation.requests import GenerationRequest
from generation.vocabulary import ContentMode
from ourvidz.errors import RequestError

logger = logging.getLogger("ourvidz.refusals")

REFUSED = "This sexualises minors. It is refused, always, and has been recorded."
NOT_SWITCHED_ON = "Mature content is switched off in this studio. Choose sfw."
NOT_CONFIRMED = "NSFW is for adults. Confirm your age in the prompt bar or on your profile page."
READS_AS_MATURE = "This reads as mature content ({word}), which this studio does not make."
MAY_CONFIRM = "This reads as mature content ({word}). Confirm your age to choose, or change it."

_MINORS = """
    child children kid kids kiddie kiddies kiddy minor minors underage underaged toddler toddlers
    infant infants baby babies newborn preteen preteens tween tweens teen teens teenage teenager
    teenagers adolescent adolescents schoolgirl schoolgirls schoolboy schoolboys schoolchild
    schoolchildren schoolkid schoolkids kindergartner kindergartener preschooler prepubescent
    pubescent juvenile juveniles daughter daughters youngster youngsters
    little girl|little girls|little boy|little boys|young girl|young girls|young boy|young boys
    small girl|small boy|school girl|school girls|school boy|school boys|pre teen|pre teens
    under age|middle schooler|high schooler|grade schooler|middle school|elementary school
    primary school|high school
"""
_SEXUAL = """
    sex sexy sexual sexually sexualised sexualized nude nudes nudity naked nakedness topless
    bottomless undressed undressing unclothed nsfw porn porno pornography pornographic erotic
    erotica hentai lewd lewds xxx lingerie panties thong fetish bdsm bondage orgasm orgasmic
    aroused horny genital genitals genitalia penis vagina vulva nipple nipples boobs tits breasts
    cleavage buttocks masturbate masturbates masturbating masturbation intercourse blowjob
    handjob cum cumshot creampie seductive seductively seducing sensual sensually provocative
    provocatively striptease stripper stripping rape raped raping molest molested molesting
    ahegao upskirt fuck fucked fucking
    without clothes|no clothes|wearing nothing|making love|adult content|not safe for work
"""
_ALWAYS = """
    loli lolis lolicon shota shotas shotacon jailbait csam pedo pedophile pedophilia paedophile
    paedophilia kiddieporn childporn
"""
# What makes a prompt read as NSFW where nobody may choose: words that mean little else.
_MATURE = """
    nude nudes nudity naked nakedness topless nsfw porn porno pornography pornographic erotic
    erotica hentai lewd lewds xxx bdsm orgasm orgasmic genitals genitalia penis vagina vulva
    nipple nipples boobs tits masturbate masturbates masturbating masturbation intercourse
    blowjob handjob cumshot creampie striptease ahegao upskirt fuck fucked fucking
    without clothes|no clothes|wearing nothing|making love|having sex|not safe for work
"""
_INNOCENT = re.compile(
    r"\bnaked (?:eye|eyes|flame|flames|tree|trees|branch|branches|mole|lightbulb|bulb)\b"
)
_IN_ART = re.compile(r"\b(?:nude|naked) (?:\w+ ){0,2}(?:statues?|sculptures?|busts?)\b")
_UNDER_18 = (
    r"(?:0?[1-9]|1[0-7]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen)"
)
_AGE = re.compile(
    rf"\b{_UNDER_18} ?(?:years? ?olds?|yrs? ?olds?|y ?o)\b|\bage[ds]? (?:of )?{_UNDER_18}\b"
)
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LOOKALIKES = str.maketrans("аеорсухіѕԁһјԛԝαεορνικτ", "aeopcyxisdhjqwaeopvikt")
_SPELLED_OUT = re.compile(r"\b\w(?: \w\b){2,}")


def _words(block: str) -> list[str]:
    """Words of a block; lines with `|` hold phrases."""
    found: list[str] = []
    for line in block.strip().splitlines():
        found.extend(line.strip().split("|") if "|" in line else line.split())
    return found


def _pattern(block: str) -> re.Pattern[str]:
    """Any of the block's words as whole words, each letter perhaps drawn out."""
    stretched = [
        "".join(" " if letter == " " else f"{letter}+" for letter in word) for word in _words(block)
    ]
    return re.compile(rf"\b(?:{'|'.join(stretched)})\b")


_MINOR_PATTERN, _SEXUAL_PATTERN, _ALWAYS_PATTERN = map(_pattern, (_MINORS, _SEXUAL, _ALWAYS))
_MATURE_PATTERN = _pattern(_MATURE)


def check_content(owner, request: GenerationRequest) -> None:
    """RequestError if `request` may not be made; a refusal is logged without its words."""
    text = _text_of(request)
    mature = request.content_mode == ContentMode.NSFW
    if sexualises_minors(text, mature=mature):
        logger.warning("user %s: a request that sexualises minors was refused", owner.pk)
        raise RequestError({"prompt": [REFUSED]})
    if mature and not may_choose(owner):
        reason = NOT_CONFIRMED if settings.MATURE_CONTENT else NOT_SWITCHED_ON
        raise RequestError({"content_mode": [reason]})
    if (word := mature_word(request)) and not may_choose(owner):
        sentence = MAY_CONFIRM if settings.MATURE_CONTENT else READS_AS_MATURE
        raise RequestError({"prompt": [sentence.format(word=word)]})


def may_choose(owner) -> bool:
    """Whether `owner` may override how a prompt reads: the operator and their age allow it."""
    return settings.MATURE_CONTENT and owner.adult_confirmed_at is not None


def mature_word(request: GenerationRequest) -> str:
    """The word that makes `request` read as NSFW; empty for one that reads as SFW."""
    for reading in sorted(_readings(_text_of(request))):
        if found := _MATURE_PATTERN.search(_IN_ART.sub(" ", _INNOCENT.sub(" ", reading))):
            return found.group()
    return ""


def _text_of(request: GenerationRequest) -> str:
    return " , ".join([request.prompt, request.style_text])


def sexualises_minors(text: str, *, mature: bool = False) -> bool:
    """Whether `text` speaks of minors sexually; `mature` says that it is meant sexually."""
    return any(_is_refused(reading, mature) for reading in _readings(text))


def _is_refused(reading: str, mature: bool) -> bool:
    if _ALWAYS_PATTERN.search(reading):
        return True
    minors = _MINOR_PATTERN.search(reading) or _AGE.search(reading)
    return bool(minors and (mature or _SEXUAL_PATTERN.search(_INNOCENT.sub(" ", reading))))


def _readings(text: str) -> set[str]:
    """`text` as a reader would take it: plain letters, with and without digits as letters."""
    plain = _plain(text)
    readings = {_spaced(plain), _spaced(plain.translate(_LEET))}
    return readings | {_joined(reading) for reading in readings}


def _plain(text: str) -> str:
    """Lower case without marks, invisible characters and letters borrowed from elsewhere."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (
        c for c in decomposed if unicodedata.category(c) not in {"Mn", "Cf", "Cc"} or c in "\n\t"
    )
    return "".join(kept).translate(_LOOKALIKES)


def _spaced(text: str) -> str:
    """Everything but letters and digits as one space."""
    return re.sub(r"[\W_]+", " ", text)


def _joined(text: str) -> str:
    """`n u d e` as `nude`."""
    return _SPELLED_OUT.sub(lambda match: match.group().replace(" ", ""), text)

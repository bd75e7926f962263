"""How mail programs introduce what they quote, in the languages that they speak."""

from __future__ import annotations

import re
from typing import Final

_VERBS: Final = (
    r"wrote|writes|schrieb|schreef|(?:a\s)?écrit|escribió|ha scritto|escreveu|skrev"
    r"|(?:na|wy)pisał(?:a|\(a\))?|pisze|napsal(?:a|\(a\))?|napísal(?:a|\(a\))?|a scris"
    r"|(?:ezt\s)?írta|kirjoitti|kirjutas|rašė|rakstīja|đã viết|şunu yazd\u0131|yazd\u0131|menulis"
    r"|пишет|писал\(?\u0430?\)?|написал\(?\u0430?\)?|написав|έγραψε|כתב|كتب|写道|寫道|님이 작성|のメール"
)
_LEADS: Final = (
    r"on|am|le|el|il|in data|op|em|den|dne|dňa|dnia|w dniu|pe|la data|kl|a|tarihinde"
    r"|vào|pada|в|on behalf|dom|lun|mar|mer|jeu|ven|sam|sáb|dom|lör|sön|mån|tis|ons"
    r"|tir|tors|tor|fre|man|lør|søn|ma|ti|ke|to|la|su|pt|pon|wt|śr|czw|sob"
)
_TIME: Final = r"(?:\d{1,2}[:.h]\d{2}|\d{4}|@)"

#: "On 3 May 2024, Jane wrote:" begins with a word for "on", a weekday or a date.
LEAD: Final = re.compile(
    rf"[*\s]*(?:{_LEADS})\b.{{0,60}}\d|\d{{1,4}}[-./年].{{2,30}}\d[:.h]\d\d",
    re.IGNORECASE,
)
#: A whole introduction, on one line: a verb, then perhaps a name, a colon at the end.
ATTRIBUTION: Final = re.compile(
    rf"(?=.{{0,200}}{_TIME}).{{2,250}}(?:{_VERBS}).{{0,120}}[:\uff1a][*\s]*$",
    re.IGNORECASE,
)
#: The same without a time or an address: only where marked quotes follow.
LOOSE_ATTRIBUTION: Final = re.compile(
    rf".{{0,200}}(?:{_VERBS}).{{0,120}}[:\uff1a][*\s]*$", re.IGNORECASE
)
#: Without any verb: "2024年5月3日(金) 10:00 Jane <jane@example.org>:".
BARE_ATTRIBUTION: Final = re.compile(
    r".{0,100}\d{1,2}[:.h]\d{2}.{0,100}<[^<>\s]{1,100}@[^<>\s]{3,100}>\s?[:\uff1a]$"
    # Zoho has neither colon nor brackets: "---- On …, jane@example.org wrote ----".
    r"|[-\s]*on .{5,40}\d{1,2}:\d{2}.{0,150}@.{0,100} wrote[-\s]*$",
    re.IGNORECASE,
)
#: What is left of an introduction whose last line was broken: it is no quote.
REST: Final = re.compile(r">\s?[:\uff1a]$|>\s?\w+\s?[:\uff1a]$")

#: A line above all of an earlier mail.
ORIGINAL: Final = re.compile(
    r"[-_*=\s]*(?:original message|original appointment|originalnachricht"
    r"|ursprüngliche nachricht|message d'origine|message original|mensaje original"
    r"|mensagem original|messaggio originale|oorspronkelijk bericht|original meddelelse"
    r"|oprindelig (?:besked|meddelelse)|ursprungligt meddelande|opprinnelig melding"
    r"|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva"
    r"|eredeti üzenet|mesaj original|исходное сообщение|пересланное сообщение"
    r"|reply message|antwort-nachricht|原始邮件|原始郵件|元のメッセージ|원본 메시지"
    r")[-_:*=\s]*$",
    re.IGNORECASE,
)
#: A line above what is passed on: that is news to its reader, not a quote.
FORWARDED: Final = re.compile(
    r"[-_*=\s]*(?:(?:begin )?forwarded message|(?:anfang der )?weitergeleiteten?"
    r" (?:nachricht|e-?mail)|message (?:transféré|réexpédié)|mensaje reenviado"
    r"|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht"
    r"|vidarebefordrat meddelande|videresendt (?:besked|melding)"
    r"|(?:przekazana|treść przekazanej) wiadomość|přeposlaná zpráva|转发的?邮件)"
    r"[-_:*=\s]*$",
    re.IGNORECASE,
)
#: A line of nothing else, which stands above a header block.
BAR: Final = re.compile(r"[-_=*\s]{5,}$")

_SENDERS: Final = (
    r"from|von|de|da|van|från|fra|frå|lähettäjä|od|feladó|de la|expéditeur|от|від|kimden"
    r"|发件人|寄件者|差出人|보낸 사람"
)
_OTHER_FIELDS: Final = (
    r"sent|date|to|cc|subject|reply-to|importance|gesendet|datum|an|betreff"
    r"|envoyé(?: le)?|à|a|copie à|objet|sujet|message du|enviado(?: el)?|para|asunto"
    r"|fecha|data|assunto|inviato|oggetto|verzonden|aan|onderwerp|skickat|till|ämne"
    r"|sendt|dato|til|kopi|emne|lähetetty|päivämäärä|vastaanottaja|aihe|kopio|wysłano"
    r"|do|temat|odesláno|komu|předmět|elküldve|címzett|tárgy|trimis|către|subiect|дата"
    r"|отправлено|кому|копия|тема|gönderildi|kime|konu|发送时间|收件人|抄送|主题|寄件日期"
    r"|日時|送信日時|宛先|件名|보낸 날짜|받는 사람|제목"
)
#: What a header block, or the line above it, can begin with, in lower case.
BEGINNINGS: Final = tuple(
    name.replace("(?: le)?", "").replace("(?: el)?", "")
    for name in f"{_SENDERS}|{_OTHER_FIELDS}|original|ursprüng|message d|messag".split(
        "|"
    )
)
#: The first line of a header block, and the others.
SENDER_FIELD: Final = re.compile(
    rf"[*\s]*(?:{_SENDERS})\*?\s?[:\uff1a]\*?", re.IGNORECASE
)
OTHER_FIELD: Final = re.compile(
    rf"[*\s]*(?:{_OTHER_FIELDS})\*?\s?[:\uff1a]\*?", re.IGNORECASE
)

#: The line above a signature (RFC 3676 section 4.3), also without its blank.
SIGNATURE: Final = re.compile(r"(?:--|—|__+)\s?$")
#: What telephones write beneath their owner's words.
MOBILE: Final = re.compile(
    r"[*_(]*(?:sent from my [\w ]{2,40}$|sent (?:from|via|with) (?:my |an? |the )?[\w@ ]{0,20}"
    r"(?:phone|pad|mobile|device|blackberry|android|galaxy|samsung|outlook|mail|yahoo)"
    r"|von meinem .{2,30} gesendet|gesendet (?:von|mit) (?:meinem |der |outlook)"
    r"|envoyé (?:de mon|depuis mon|à partir de|depuis)|enviado (?:desde|do) "
    r"|inviato da(?:l mio)? |verzonden vanaf |verstuurd vanaf |skickat från min "
    r"|sendt fra min |lähetetty |wysłane z |odesláno z |отправлено \u0441 |get outlook for "
    r"|télécharger outlook|holen sie sich outlook|iphoneから送信|发自我的)",
    re.IGNORECASE,
)
#: Characters; a longer line of any of these kinds was written by a person.
LONGEST: Final = 500

"""What a certificate says where the form was left as it is, and the words that it does not ask."""

from collections.abc import Mapping

from services.certificates.engine import Locale

# By the name of the form's field: what stands there at first, and again where it is emptied.
USUAL: Mapping[Locale, Mapping[str, str]] = {
    "fr": {
        "title": "Attestation de présence",
        "certifies": "atteste que",
        "attended": "a participé à",
        "speaker_title": "Attestation d’intervention",
        "thanks": "remercie et atteste que",
        "spoke": "a pris la parole lors de",
        "closing": "Document signé électroniquement."
        " Ses données y sont jointes, lisibles par une machine.",
    },
    "en": {
        "title": "Certificate of attendance",
        "certifies": "certifies that",
        "attended": "attended",
        "speaker_title": "Certificate of contribution",
        "thanks": "thanks and certifies that",
        "spoke": "spoke at",
        "closing": "Electronically signed."
        " The attendance data is attached in machine-readable form.",
    },
}
FIXED: Mapping[Locale, Mapping[str, object]] = {
    "fr": {
        "within": "dans le cadre de",
        "attended": {
            "day": "Sessions suivies",
            "session": "Session suivie",
            "speaker": "Interventions",
        },
        "times": "Horaires",
        "session": "Session",
        "duration": "Durée",
        "total": "Durée totale attestée",
        "logo": "Logo de l’organisateur",
        "signature": "Signature manuscrite",
        "qr": "Code QR de la page de vérification",
        "verify": "Vérifier ce document",
    },
    "en": {
        "within": "during",
        "attended": {
            "day": "Sessions attended",
            "session": "Session attended",
            "speaker": "Sessions given",
        },
        "times": "Time",
        "session": "Session",
        "duration": "Duration",
        "total": "Total time certified",
        "logo": "Logo of the organiser",
        "signature": "Handwritten signature",
        "qr": "QR code of the verification page",
        "verify": "Verify this document",
    },
}

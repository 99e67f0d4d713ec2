"""Files, messages of WhatsApp, and the rows of price lists."""

from typing import Final

from lea.sentences.language import Sentences

FILES: Final[Sentences] = {
    "attachment_not_found": {
        "fr": "Un fichier joint n'est plus là. Joignez-le de nouveau.",
        "en": "An attached file is not there any more. Attach it again.",
    },
    "attachment_used": {
        "fr": "Ce fichier appartient à un message de la conversation.",
        "en": "This file belongs to a message of the conversation.",
    },
    "too_many_attachments": {
        "fr": "Vingt fichiers attendent déjà d'être envoyés. Retirez-en un.",
        "en": "Twenty files are waiting to be sent already. Remove one.",
    },
    "file_no_text": {
        "fr": "Ce fichier ne contient pas de texte ; c'est peut-être une image numérisée.",
        "en": "There is no text in this file; it may be a scanned picture.",
    },
    "file_empty": {"fr": "Ce fichier est vide.", "en": "This file is empty."},
    "file_too_large": {"fr": "Ce fichier dépasse 20 Mio.", "en": "This file is larger than 20 MiB."},
    "file_not_understood": {
        "fr": "Ce fichier n'est pas un CSV, XLSX, JSON ou PDF lisible.",
        "en": "This file is not a readable CSV, XLSX, JSON or PDF.",
    },
    "file_is_xls": {
        "fr": "Ce fichier est d'un ancien format Excel (.xls). Enregistrez-le en .xlsx et renvoyez-le.",
        "en": "This file is of an old Excel format (.xls). Save it as .xlsx and send it again.",
    },
    "file_encrypted": {
        "fr": "Ce fichier est protégé par un mot de passe. Envoyez-le sans protection.",
        "en": "This file is protected by a password. Send it without.",
    },
    "file_too_many_rows": {"fr": "Ce fichier a plus de 100 000 lignes.", "en": "This file has more than 100,000 rows."},
    "file_too_many_pages": {"fr": "Ce fichier a plus de 200 pages.", "en": "This file has more than 200 pages."},
    "file_too_many_columns": {
        "fr": "Une ligne de ce fichier a plus de 200 colonnes.",
        "en": "A row of this file has more than 200 columns.",
    },
    "file_cell_too_long": {
        "fr": "Une cellule de ce fichier dépasse 4 000 caractères.",
        "en": "A cell of this file has more than 4,000 characters.",
    },
    "file_expands_too_much": {
        "fr": "Ce fichier prend trop de place une fois décompressé.",
        "en": "This file takes too much room when it is unpacked.",
    },
    "file_no_header": {
        "fr": "Aucune ligne de ce fichier ne nomme ses colonnes (référence, désignation, prix…).",
        "en": "No row of this file names its columns (reference, name, price…).",
    },
    "file_too_slow": {
        "fr": "La lecture de ce fichier a pris trop de temps.",
        "en": "Reading this file took too long.",
    },
    "file_reader_failed": {
        "fr": "La lecture de ce fichier a échoué. Enregistrez-le à nouveau, ou dans un autre format.",
        "en": "Reading this file failed. Save it again, or in another format.",
    },
    "file_reader_missing": {
        "fr": "Ce serveur ne lit pas les XLSX et les PDF. Envoyez un CSV, ou prévenez votre administrateur.",
        "en": "This server reads no XLSX and no PDF. Send a CSV, or tell your administrator.",
    },
    "file_missing": {
        "fr": "Ce fichier n'est plus sur le serveur. Envoyez-le à nouveau.",
        "en": "This file is no longer at the server. Send it again.",
    },
    "file_part_missing": {
        "fr": "Envoyez un seul fichier, dans la partie « file » d'un multipart/form-data.",
        "en": "Send one file, in the part 'file' of a multipart/form-data.",
    },
    "mapping_unknown": {
        "fr": "La correspondance nomme un champ ou une colonne qui n'existe pas, ou deux fois la même colonne.",
        "en": "The mapping names a field or a column that is not there, or one column twice.",
    },
    "whatsapp_signature": {
        "fr": "La signature de WhatsApp n'est pas la bonne.",
        "en": "WhatsApp's signature is not right.",
    },
    "whatsapp_window": {
        "fr": "Cette personne n'a pas écrit depuis 24 heures : WhatsApp ne laisse plus lui écrire.",
        "en": "This person has not written for 24 hours: WhatsApp does not let anybody write to them any more.",
    },
    "phone_not_international": {
        "fr": "Un numéro s'écrit comme depuis l'étranger : +33612345678.",
        "en": "A number is written as it is dialled from abroad: +33612345678.",
    },
    "reference_missing": {"fr": "Il manque la référence.", "en": "The reference is missing."},
    "reference_too_long": {
        "fr": "Une référence a au plus 100 caractères.",
        "en": "A reference has at most 100 characters.",
    },
    "reference_duplicate": {
        "fr": "Cette référence figure déjà plus haut dans le fichier.",
        "en": "This reference stands further up in the file already.",
    },
    "name_missing": {"fr": "Il manque la désignation.", "en": "The name is missing."},
    "name_too_long": {"fr": "Une désignation a au plus 300 caractères.", "en": "A name has at most 300 characters."},
    "price_missing": {"fr": "Il manque le prix.", "en": "The price is missing."},
    "price_not_understood": {
        "fr": "Ce prix n'est pas compréhensible.",
        "en": "This price cannot be understood.",
    },
}

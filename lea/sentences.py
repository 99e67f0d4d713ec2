"""What Léa tells people about errors, in their language; programs read the codes."""

from typing import Final, Literal

Language = Literal["fr", "en"]

SENTENCES: Final[dict[str, dict[Language, str]]] = {
    "internal_error": {
        "fr": "Une erreur interne s'est produite. Si elle revient, donnez le numéro de requête à votre administrateur.",
        "en": "Something went wrong on our side. If it comes back, give your administrator the request number.",
    },
    "invalid_request": {"fr": "La demande n'est pas valide.", "en": "The request is not valid."},
    "invalid_json": {"fr": "Le corps de la demande n'est pas du JSON valide.", "en": "The body is not valid JSON."},
    "invalid_encoding": {"fr": "Le texte envoyé n'est pas en UTF-8.", "en": "The text sent is not UTF-8."},
    "invalid_id": {
        "fr": "Un identifiant a de 1 à 128 caractères parmi A-Z, a-z, 0-9, « . », « _ » et « - ».",
        "en": "An id has 1 to 128 characters out of A-Z, a-z, 0-9, '.', '_' and '-'.",
    },
    "invalid_cursor": {
        "fr": "Ce curseur n'est pas de la forme tour:numéro.",
        "en": "This cursor is not of the form turn:number.",
    },
    "message_blank": {"fr": "Le message est vide.", "en": "The message is empty."},
    "message_too_long": {
        "fr": "Le message dépasse 32 000 caractères.",
        "en": "The message is longer than 32,000 characters.",
    },
    "body_too_large": {"fr": "La demande dépasse 1 Mio.", "en": "The request is larger than 1 MiB."},
    "headers_too_large": {
        "fr": "L'adresse ou les en-têtes de la demande sont trop longs.",
        "en": "The address or the headers of the request are too long.",
    },
    "request_timeout": {
        "fr": "La demande a mis trop de temps à arriver.",
        "en": "The request took too long to arrive.",
    },
    "unsupported_media_type": {
        "fr": "Envoyez du JSON (Content-Type: application/json).",
        "en": "Send JSON (Content-Type: application/json).",
    },
    "method_not_allowed": {
        "fr": "Cette adresse n'accepte pas cette méthode.",
        "en": "This address does not accept that method.",
    },
    "unauthorized": {"fr": "Connectez-vous pour continuer.", "en": "Sign in to continue."},
    "invalid_token": {"fr": "Le jeton n'est pas valide.", "en": "The token is not valid."},
    "token_expired": {"fr": "La session a expiré.", "en": "The session has expired."},
    "invalid_credentials": {
        "fr": "Adresse e-mail ou mot de passe incorrect.",
        "en": "Wrong e-mail address or password.",
    },
    "refresh_reused": {
        "fr": "Ce jeton a déjà servi ; par prudence, la session est fermée. Reconnectez-vous.",
        "en": "This token was used before; to be safe the session is closed. Sign in again.",
    },
    "link_invalid": {
        "fr": "Ce lien a déjà servi ou n'est plus valable.",
        "en": "This link was already used or is no longer valid.",
    },
    "already_set_up": {"fr": "Un premier compte existe déjà.", "en": "A first account exists already."},
    "email_taken": {
        "fr": "Cette adresse e-mail a déjà un compte.",
        "en": "That e-mail address has an account already.",
    },
    "own_account": {
        "fr": "Vous ne pouvez pas retirer vos propres droits : un autre administrateur peut le faire.",
        "en": "You cannot take your own rights away: another administrator can.",
    },
    "last_admin": {
        "fr": "C'est le dernier administrateur actif de l'entreprise.",
        "en": "This is the company's last active administrator.",
    },
    "account_disabled": {
        "fr": "Ce compte est désactivé. Réactivez-le d'abord.",
        "en": "This account is disabled. Enable it first.",
    },
    "too_many_webhooks": {
        "fr": "Une entreprise a au plus 10 webhooks : supprimez-en un d'abord.",
        "en": "A company has at most 10 webhooks: delete one first.",
    },
    "webhook_disabled": {
        "fr": "Ce webhook est désactivé. Réactivez-le d'abord.",
        "en": "This webhook is switched off. Switch it on first.",
    },
    "webhook_url": {
        "fr": "L'adresse commence par https:// et n'a ni identifiants ni partie « # ».",
        "en": "The address begins with https:// and has neither credentials nor a '#' part.",
    },
    "webhook_address": {
        "fr": "Cette adresse n'est pas joignable depuis Internet : Léa n'y envoie rien.",
        "en": "This address cannot be reached from the internet: Léa sends nothing there.",
    },
    "too_many_keys": {
        "fr": "Une personne a au plus 20 clés actives : révoquez-en une d'abord.",
        "en": "A person has at most 20 active keys: revoke one first.",
    },
    "forbidden": {"fr": "Vous n'avez pas le droit de faire cela.", "en": "You are not allowed to do that."},
    "cross_origin": {
        "fr": "Cette demande vient d'un autre site.",
        "en": "This request comes from another site.",
    },
    "budget_exceeded": {
        "fr": "Le budget du mois est épuisé. Il se renouvelle {fr}.",
        "en": "This month's budget is used up. It is renewed {en}.",
    },
    "user_budget_exceeded": {
        "fr": "Votre budget du mois est épuisé. Il se renouvelle {fr}.",
        "en": "Your budget of this month is used up. It is renewed {en}.",
    },
    "company_budget_exceeded": {
        "fr": "Le budget du mois de votre entreprise est épuisé. Il se renouvelle {fr}.",
        "en": "Your company's budget of this month is used up. It is renewed {en}.",
    },
    "budget_out_of_order": {
        "fr": "L'alerte ne dépasse pas la limite.",
        "en": "The warning is not above the limit.",
    },
    "not_found": {"fr": "Introuvable.", "en": "Not found."},
    "conflict": {"fr": "La demande contredit ce qui existe.", "en": "The request contradicts what is there."},
    "drill_running": {
        "fr": "Un exercice est déjà en cours sur ce serveur.",
        "en": "A drill is already running at this server.",
    },
    "model_not_found": {
        "fr": "Ce modèle n'existe pas : il n'y a que « lea ».",
        "en": "There is no such model: the only one is 'lea'.",
    },
    "unsupported_parameter": {
        "fr": "Ce paramètre n'est pas pris en charge.",
        "en": "This parameter is not supported.",
    },
    "content_not_text": {
        "fr": "Seul le texte est compris ici : pas d'images, de son ni de fichiers dans un message.",
        "en": "Only text is understood here: no images, sound or files in a message.",
    },
    "content_missing": {"fr": "Ce message n'a pas de contenu.", "en": "This message has no content."},
    "message_not_last": {
        "fr": "Le dernier message doit être celui de la personne (role: user).",
        "en": "The last message has to be the person's (role: user).",
    },
    "call_unknown": {
        "fr": "Ce résultat n'est celui d'aucun appel des messages précédents.",
        "en": "This result is of no call in the messages before it.",
    },
    "tool_unknown": {
        "fr": "Cet outil n'est pas parmi ceux de la demande.",
        "en": "This tool is not among those of the request.",
    },
    "tools_and_thread": {
        "fr": "Avec ses propres outils, un programme envoie toute la conversation : sans X-Lea-Thread.",
        "en": "With tools of its own a program sends the whole conversation: without X-Lea-Thread.",
    },
    "tools_need_model": {
        "fr": "Les outils demandent un modèle, et ce serveur n'en a pas : il répond par des règles.",
        "en": "Tools need a model, and this server has none: it answers by rules.",
    },
    "voice_needs_model": {
        "fr": "Ce serveur ne sait pas écouter : il lui manque un modèle pour cela. Écrivez votre message.",
        "en": "This server cannot listen: it has no model for that. Write your message.",
    },
    "voice_empty": {
        "fr": "Rien n'a été entendu dans cet enregistrement. Parlez plus près du micro.",
        "en": "Nothing was heard in this recording. Speak closer to the microphone.",
    },
    "voice_not_audio": {
        "fr": "Ce n'est pas un enregistrement en WebM, OGG, MP3, MP4 ou WAV.",
        "en": "This is no recording in WebM, OGG, MP3, MP4 or WAV.",
    },
    "voice_too_large": {
        "fr": "Cet enregistrement dépasse {megabytes} Mo.",
        "en": "This recording is larger than {megabytes} MB.",
    },
    "voice_too_long": {
        "fr": "Cet enregistrement dure plus de {seconds} secondes.",
        "en": "This recording is longer than {seconds} seconds.",
    },
    "request_id_reused": {
        "fr": "Ce request_id a déjà servi pour un autre message.",
        "en": "This request_id was used for another message.",
    },
    "record_changed": {
        "fr": "Ce dossier a changé entre-temps. Relisez-le avant de continuer.",
        "en": "This record has changed in the meantime. Look at it again before you go on.",
    },
    "party_known": {
        "fr": "Cette personne figure déjà dans le dossier avec ce rôle.",
        "en": "This person is in the file already, in the same role.",
    },
    "too_many_parties": {
        "fr": "Un dossier a au plus 20 intervenants.",
        "en": "A file has at most 20 parties.",
    },
    "too_many_notes": {"fr": "Un dossier a au plus 1 000 notes.", "en": "A file has at most 1,000 notes."},
    "too_many_forms": {
        "fr": "Un dossier a au plus 100 formulaires.",
        "en": "A file has at most 100 forms.",
    },
    "amount_not_understood": {
        "fr": "Ce montant n'est pas compréhensible. Écrivez par exemple 350 000 ou 1 150,50 €.",
        "en": "This amount cannot be understood. Write 350,000 or 1,150.50, for example.",
    },
    "amount_negative": {"fr": "Un montant n'est pas négatif.", "en": "An amount is not negative."},
    "amount_too_large": {"fr": "Ce montant est trop grand.", "en": "This amount is too large."},
    "currency_unknown": {
        "fr": "Les devises sont EUR, USD, GBP et CHF.",
        "en": "The currencies are EUR, USD, GBP and CHF.",
    },
    "currency_contradicts": {
        "fr": "Le prix est écrit dans une autre devise que celle indiquée.",
        "en": "The price is written in another currency than the one given.",
    },
    "currency_without_price": {
        "fr": "Une devise va avec un prix, et ce dossier n'en a pas.",
        "en": "A currency goes with a price, and this file has none.",
    },
    "date_not_understood": {
        "fr": "Cette date n'est pas compréhensible. Écrivez par exemple 5 mars 2027 ou 2027-03-05.",
        "en": "This date cannot be understood. Write March 5, 2027 or 2027-03-05, for example.",
    },
    "date_ambiguous": {
        "fr": "Cette date peut désigner deux jours. Écrivez le mois en lettres, par exemple 5 mars 2027.",
        "en": "This date could be two different days. Write the month as a word, for example March 5, 2027.",
    },
    "kind_unknown": {
        "fr": "Un dossier est une vente (sale), un achat (purchase) ou une location (rental).",
        "en": "A file is a sale, a purchase or a rental.",
    },
    "stage_unknown": {
        "fr": "Les étapes sont prospect, mandate, offer, preliminary_agreement, deed et closed.",
        "en": "The stages are prospect, mandate, offer, preliminary_agreement, deed and closed.",
    },
    "role_unknown": {
        "fr": "Les rôles sont buyer, seller, agent, tenant et landlord.",
        "en": "The roles are buyer, seller, agent, tenant and landlord.",
    },
    "template_unknown": {
        "fr": "Les formulaires sont mandate, offer et visit_sheet.",
        "en": "The forms are mandate, offer and visit_sheet.",
    },
    "address_invalid": {
        "fr": "Une adresse a de 1 à 300 caractères, sur une ligne.",
        "en": "An address has 1 to 300 characters, on one line.",
    },
    "name_invalid": {
        "fr": "Un nom a de 1 à 200 caractères, sur une ligne.",
        "en": "A name has 1 to 200 characters, on one line.",
    },
    "phone_invalid": {
        "fr": "Un numéro de téléphone a au moins 6 chiffres, au plus 40 caractères : 0-9 + ( ) . - / et l'espace.",
        "en": "A phone number has at least 6 digits and at most 40 characters out of 0-9 + ( ) . - / and space.",
    },
    "email_invalid": {
        "fr": "Cette adresse e-mail n'est pas de la forme nom@domaine.fr.",
        "en": "This e-mail address is not of the form name@domain.com.",
    },
    "note_invalid": {
        "fr": "Une note a de 1 à 4 000 caractères.",
        "en": "A note has 1 to 4,000 characters.",
    },
    "nothing_to_answer": {
        "fr": "Cette conversation n'a pas encore de message auquel répondre.",
        "en": "This conversation has no message to answer yet.",
    },
    "nothing_to_continue": {
        "fr": "La dernière réponse n'a pas été coupée.",
        "en": "The last answer was not cut off.",
    },
    "thread_name_taken": {
        "fr": "Une autre conversation a pris ce nom depuis.",
        "en": "Another conversation has taken that name since.",
    },
    "too_many_pinned": {
        "fr": "Vous avez déjà épinglé 50 conversations : détachez-en une d'abord.",
        "en": "You have pinned 50 conversations already: unpin one first.",
    },
    "turn_active": {
        "fr": "Léa répond encore : attendez la fin de sa réponse, ou arrêtez-la.",
        "en": "Léa is still answering: wait for the end of her answer, or stop it.",
    },
    "rate_limited": {
        "fr": "Trop de requêtes, réessayez dans {seconds} s.",
        "en": "Too many requests, try again in {seconds} s.",
    },
    "login_limited": {
        "fr": "Trop d'essais de connexion, réessayez dans {seconds} s.",
        "en": "Too many attempts to sign in, try again in {seconds} s.",
    },
    "queue_full": {
        "fr": "Trop de messages attendent déjà dans cette conversation.",
        "en": "Too many messages are waiting in this conversation already.",
    },
    "overloaded": {
        "fr": "Léa est très sollicitée, réessayez dans un instant.",
        "en": "Léa is very busy, try again in a moment.",
    },
    "circuit_open": {
        "fr": "Ce service est mis en pause après des pannes répétées. Réessayez dans un instant.",
        "en": "This service is paused after repeated failures. Try again in a moment.",
    },
    "shutting_down": {
        "fr": "Léa redémarre, réessayez dans un instant.",
        "en": "Léa is restarting, try again in a moment.",
    },
    "interrupted": {
        "fr": "Léa a redémarré pendant cette réponse.",
        "en": "Léa was restarted during this answer.",
    },
    "database_timeout": {
        "fr": "La base de données ne répond pas à temps.",
        "en": "The database does not answer in time.",
    },
    "database_unavailable": {
        "fr": "La base de données est indisponible. Réessayez dans un instant.",
        "en": "The database is not available. Try again in a moment.",
    },
    "database_full": {
        "fr": "Le disque de la base de données est plein, rien n'a été enregistré. Prévenez votre administrateur.",
        "en": "The database's disk is full, nothing was saved. Tell your administrator.",
    },
    "external_api_timeout": {
        "fr": "Le modèle ne répond pas à temps. Réessayez dans un instant.",
        "en": "The model does not answer in time. Try again in a moment.",
    },
    "external_api_unavailable": {
        "fr": "Le modèle est en panne pour le moment. Réessayez dans un instant.",
        "en": "The model is failing at the moment. Try again in a moment.",
    },
    "external_api_error": {
        "fr": "Le modèle a refusé la demande.",
        "en": "The model refused the request.",
    },
    "model_key_refused": {
        "fr": "Le modèle refuse la clé configurée. Prévenez votre administrateur.",
        "en": "The model refuses the configured key. Tell your administrator.",
    },
    "model_unknown": {
        "fr": "Le modèle configuré n'existe pas chez ce fournisseur. Prévenez votre administrateur.",
        "en": "The configured model does not exist at this provider. Tell your administrator.",
    },
    "model_too_long": {
        "fr": "La conversation est trop longue pour ce modèle.",
        "en": "The conversation is too long for this model.",
    },
    "model_busy": {
        "fr": "Le modèle reçoit trop de demandes. Réessayez dans un instant.",
        "en": "The model gets too many requests. Try again in a moment.",
    },
    "model_cut": {
        "fr": "La réponse du modèle s'est arrêtée en route.",
        "en": "The model's answer broke off.",
    },
    "network_error": {
        "fr": "Le modèle est injoignable. Réessayez dans un instant.",
        "en": "The model cannot be reached. Try again in a moment.",
    },
    "arguments_invalid": {
        "fr": "Les valeurs ne conviennent pas.",
        "en": "The values do not fit.",
    },
    "action_denied": {
        "fr": "Votre entreprise ne permet pas cette action.",
        "en": "Your company does not allow this action.",
    },
    "already_decided": {
        "fr": "Cette demande a déjà reçu une autre décision.",
        "en": "This was decided otherwise already.",
    },
    "confirmation_expired": {
        "fr": "Cette demande a expiré. Reposez votre question.",
        "en": "This request has expired. Ask again.",
    },
    "run_active": {
        "fr": "Un traitement est déjà en cours. Attendez sa fin ou annulez-le.",
        "en": "A run is under way already. Wait for its end, or cancel it.",
    },
    "nothing_to_enrich": {
        "fr": "Tous ces articles sont déjà complétés, ou il n'y en a aucun.",
        "en": "All these articles are complete already, or there are none.",
    },
    "answer_invalid": {
        "fr": "Le modèle n'a pas répondu sous la forme demandée.",
        "en": "The model did not answer in the form it was asked for.",
    },
    "nothing_to_retry": {"fr": "Il n'y a rien à reprendre.", "en": "There is nothing to do again."},
    "job_timeout": {"fr": "Cette tâche a pris trop de temps.", "en": "This job took too long."},
    "schedule_time_invalid": {
        "fr": "L'heure s'écrit de 00:00 à 23:59.",
        "en": "The time is written 00:00 to 23:59.",
    },
    "schedule_days_invalid": {
        "fr": "Les jours vont de monday à sunday, et il en faut au moins un.",
        "en": "The days are monday to sunday, and there is at least one.",
    },
    "schedule_incomplete": {
        "fr": "Dites quels jours : tous, ceux de la semaine, un jour du mois de 1 à 31, ou une date.",
        "en": "Say which days: all, those of the week, a day of the month from 1 to 31, or a date.",
    },
    "schedule_past": {"fr": "Ce moment est passé.", "en": "That moment has passed."},
    "schedule_text_invalid": {
        "fr": "Une demande programmée a de 1 à 2 000 caractères.",
        "en": "A scheduled ask has 1 to 2,000 characters.",
    },
    "schedule_of_schedules": {
        "fr": "Une demande programmée ne peut ni en programmer une autre, ni approuver, ni annuler.",
        "en": "A scheduled ask cannot schedule another one, approve or undo anything.",
    },
    "schedules_full": {
        "fr": "Vous avez déjà {most} demandes programmées, le maximum. Supprimez-en une d'abord.",
        "en": "You have {most} scheduled asks already, the most there can be. Delete one first.",
    },
    "schedule_running": {
        "fr": "Cette demande est en cours. Attendez sa réponse.",
        "en": "This is being asked. Wait for its answer.",
    },
    "time_zone_unknown": {"fr": "Ce fuseau horaire n'existe pas.", "en": "There is no such time zone."},
    "pipeline_unknown": {"fr": "Ce traitement n'existe pas.", "en": "There is no such run."},
    "not_undoable": {"fr": "Cela ne peut pas être annulé.", "en": "This cannot be undone."},
    "not_done": {"fr": "Cela n'a pas été fait.", "en": "This was not done."},
    "reason_of_up": {
        "fr": "Une raison ne se donne que pour une réponse qui ne convient pas.",
        "en": "A reason is given only for an answer that is not good.",
    },
    "nothing_to_change": {"fr": "Dites ce qui doit changer.", "en": "Say what should change."},
    "job_read_only": {
        "fr": "Cette tâche vient de « {source} » ; c'est là qu'elle se modifie.",
        "en": "This job comes from “{source}”; it is changed there.",
    },
    "job_details_too_large": {
        "fr": "Les détails d'une tâche tiennent en 4 Kio de JSON.",
        "en": "The details of a job fit into 4 KiB of JSON.",
    },
    "source_refused": {
        "fr": "L'autre système refuse l'accès. Vérifiez le compte, sa clé et ses droits.",
        "en": "The other system refuses access. Check the account, its key and its rights.",
    },
    "source_garbled": {
        "fr": "La réponse de l'autre système n'a pas été comprise.",
        "en": "The other system's answer could not be understood.",
    },
    "source_failed": {
        "fr": "L'autre système a signalé une erreur.",
        "en": "The other system reported an error.",
    },
    "department_unknown": {
        "fr": "Les départements sont apbookkeeper, router et bank.",
        "en": "The departments are apbookkeeper, router and bank.",
    },
    "state_unknown": {
        "fr": "Les états sont to_process, in_process, pending, done et failed.",
        "en": "The states are to_process, in_process, pending, done and failed.",
    },
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


def sentence(code: str, language: Language, **params: str | int) -> str:
    """The sentence of `code`; KeyError for a code nobody wrote one for (a test looks for those)."""
    return SENTENCES[code][language].format(**params)


def choose_language(accept_language: str | None, default: Language = "fr") -> Language:
    """The better of fr and en for an Accept-Language header (RFC 9110, 12.5.4)."""
    best: tuple[float, Language] = (0.0, default)
    for part in (accept_language or "")[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if primary == "fr" and quality > best[0]:
            best = (quality, "fr")
        elif primary == "en" and quality > best[0]:
            best = (quality, "en")
    return best[1]

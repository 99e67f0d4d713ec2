"""Who somebody is, what they may do and spend."""

from typing import Final

from lea.sentences.language import Sentences

ACCOUNTS: Final[Sentences] = {
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
}

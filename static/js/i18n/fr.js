import admin from "./fr-admin.js";
import answers from "./fr-answers.js";
import attachments from "./fr-attachments.js";
import costs from "./fr-costs.js";
import jobs from "./fr-jobs.js";
import people from "./fr-people.js";
import records from "./fr-records.js";
import runs from "./fr-runs.js";
import settings from "./fr-settings.js";
import threads from "./fr-threads.js";

export default {
  "page.title": "Léa",
  "page.starting": "Chargement…",
  "page.unreachable": "Léa ne répond pas pour le moment. Vérifiez qu’elle est démarrée.",
  "page.skip": "Aller au message",
  "room.failed": "Cette page n’a pas pu être chargée. Vérifiez la connexion.",

  "action.retry": "Réessayer",
  "action.again": "Régénérer",
  "action.continue": "Continuer",
  "action.cancel": "Annuler",
  "action.close": "Fermer",
  "action.save": "Enregistrer",
  "action.copy": "Copier",
  "action.copied": "Copié",
  "action.wait": "Un instant…",

  "settings.language": "Langue",
  "settings.theme": "Thème",
  "theme.auto": "Auto",
  "theme.light": "Clair",
  "theme.dark": "Sombre",

  "login.title": "Bonjour",
  "login.lead": "Connectez-vous pour retrouver vos conversations.",
  "login.expired": "Session expirée. Veuillez vous reconnecter.",
  "login.email": "Adresse e-mail",
  "login.password": "Mot de passe",
  "login.submit": "Se connecter",

  "setup.title": "Bienvenue",
  "setup.lead": "Créez le premier compte. Il sera celui de l’administrateur.",
  "setup.where":
    "Léa attend son premier compte. Ouvrez le lien à usage unique affiché dans le terminal où elle a été démarrée ; il ressemble à ceci :",
  "setup.name": "Votre nom",
  "setup.company": "Votre société",
  "setup.password": "10 caractères au moins.",
  "setup.sample": "Charger la société d’exemple",
  "setup.sample.why": "Des dossiers et des tâches fictifs, pour essayer tout de suite.",
  "setup.submit": "Créer le compte",

  "side.label": "Conversations et réglages",
  "side.open": "Ouvrir les conversations",
  "side.new": "Nouvelle conversation",
  "side.search": "Rechercher",
  "side.threads": "Conversations",
  "side.empty": "Vos conversations apparaîtront ici.",
  "side.nothing": "Rien trouvé.",
  "side.failed": "La liste n’a pas pu être lue.",
  "side.older": "Plus anciennes",
  "side.logout": "Se déconnecter",

  "day.today": "Aujourd’hui",
  "day.yesterday": "Hier",
  "day.week": "Ces sept derniers jours",
  "day.before": "Avant",

  "thread.untitled": "Nouvelle conversation",
  "thread.live": "Léa répond",
  "thread.menu": "Actions sur « {title} »",
  "thread.rename": "Renommer",
  "thread.name": "Titre",
  "thread.export.md": "Exporter en Markdown",
  "thread.export.json": "Exporter en JSON",
  "thread.delete": "Supprimer",

  "chat.label": "Conversation",
  "chat.you": "Vous",
  "chat.new": "nouveau",
  "chat.end": "Aller à la fin",
  "chat.earlier": "Messages précédents",
  "chat.missing": "Cette conversation n’existe pas, ou plus.",
  "chat.failed": "La conversation n’a pas pu être lue.",
  "chat.unsent": "Non envoyé.",
  "chat.again": "Reprendre le texte",

  "greeting.named": "Bonjour {name},",
  "greeting.plain": "Bonjour,",
  "greeting.lead": "Que puis-je faire pour vous ?",
  "greeting.suggestions": "Suggestions",
  "suggest.create": "Crée un nouveau dossier",
  "suggest.who": "Qui suis-je ?",
  "suggest.files": "Mes dossiers",
  "suggest.jobs": "Combien de tâches en attente ?",

  "composer.label": "Votre message",
  "composer.placeholder": "Écrivez à Léa…",
  "composer.hint": "Entrée envoie, Maj + Entrée va à la ligne.",
  "composer.excess": "{n} caractère de trop | {n} caractères de trop",
  "composer.send": "Envoyer",
  "composer.stop": "Arrêter la réponse",

  "llm.none": "Aucun modèle n’est configuré : Léa répond avec son moteur intégré.",
  "llm.check": "Léa peut se tromper : vérifiez ce qui compte.",

  "wait.sending": "Envoi…",
  "wait.thinking": "Connexion établie, Léa réfléchit…",
  "wait.lost": "Connexion perdue, reprise en cours…",
  "wait.restarting": "Léa redémarre, la réponse reprend toute seule…",
  "stage.connecting": "connexion",
  "stage.queued": "en attente, {n} message avant le vôtre | en attente, {n} messages avant le vôtre",
  "stage.loading": "lecture de vos dossiers",
  "stage.acting": "action en cours",
  "stage.thinking": "réflexion",

  "answer.stand": "Réponse de secours : le modèle habituel n’a pas pu répondre.",
  "finish.stopped": "Réponse arrêtée.",
  "finish.length": "Réponse coupée : elle était trop longue.",
  "finish.interrupted": "Réponse interrompue par un redémarrage.",

  "fail.silence": "Délai dépassé. Réessayez.",
  "fail.limit": "Trop de requêtes, réessayez dans un instant.",
  "fail.seconds": "({n} s)",
  "fail.generic": "Léa n’a pas pu répondre.",

  "notice.failed": "Cela n’a pas marché. Réessayez dans un instant.",
  "announce.thinking": "Message reçu, Léa réfléchit.",
  "announce.done": "Léa a répondu.",

  ...admin,
  ...answers,
  ...attachments,
  ...costs,
  ...jobs,
  ...people,
  ...records,
  ...runs,
  ...settings,
  ...threads,
};

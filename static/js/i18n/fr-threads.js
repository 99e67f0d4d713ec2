/** Ce qu’on fait d’une conversation et de ses messages. */
export default {
  "edit.open": "Modifier ce message",
  "edit.label": "Votre message, à redire autrement",
  "edit.kept": "La version précédente est gardée.",
  "edit.send": "Envoyer",

  "side.pinned": "Épinglées",
  "side.archived": "Conversations archivées",
  "side.archived.none": "Rien n’est archivé.",
  "side.archived.back": "Retour aux conversations",
  "thread.pin": "Épingler",
  "thread.unpin": "Détacher",
  "thread.pinned": "Conversation épinglée.",
  "thread.unpinned": "Conversation détachée.",
  "thread.archive": "Archiver",
  "thread.unarchive": "Désarchiver",
  "thread.archived": "Archivée",
  "thread.unarchived": "Conversation désarchivée.",
  "thread.deleted": "Conversation supprimée.",
  "thread.undo": "Annuler",
  "thread.restore": "Annuler la suppression",

  "versions.shown": "Version {n} sur {of}",
  "versions.before": "Version précédente",
  "versions.after": "Version suivante",
};

/** Les fichiers qu’on joint à une question. */
export default {
  "attach.files": "Fichiers joints",
  "attach.sending": "Envoi, {percent} %",
  "attach.progress": "Envoi de {name}",
  "attach.reading": "Lecture…",
  "attach.remove": "Retirer {name}",
  "attach.open": "Voir le texte de {name}",
  "attach.text": "Texte de {name}",
  "attach.length": "{characters} caractères, {lines} lignes.",
  "attach.cut": "Le fichier est plus long ; Léa en lit le début.",
  "attach.gone": "Le texte de ce fichier ne peut pas être lu pour le moment.",
  "attach.held": "Votre message part dès que le fichier est lu.",
};

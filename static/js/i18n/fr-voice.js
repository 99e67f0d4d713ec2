/** Parler au lieu d’écrire. */
export default {
  "voice.group": "Dictée",
  "voice.asking": "Autorisez le micro…",
  "voice.recording": "Léa écoute.",
  "voice.hearing": "Transcription…",
  "voice.done": "Terminer",
  "voice.cancel": "Annuler la dictée",
  "voice.ready": "Le texte est dans votre message. Relisez-le avant de l’envoyer.",
  "voice.silent": "Rien n’a été entendu. Vérifiez le micro.",
  "voice.denied": "Le micro est refusé. Autorisez-le pour ce site dans le navigateur.",
  "voice.none": "Aucun micro n’a été trouvé.",
  "voice.busy": "Le micro est pris par un autre programme.",
  "voice.insecure": "Le micro ne s’ouvre qu’à une adresse en https.",
  "voice.failed": "L’enregistrement n’a pas marché.",
};

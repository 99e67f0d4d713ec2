/** Speaking instead of writing. */
export default {
  "voice.group": "Dictation",
  "voice.asking": "Allow the microphone…",
  "voice.recording": "Léa is listening.",
  "voice.hearing": "Writing it down…",
  "voice.done": "Done",
  "voice.cancel": "Cancel dictation",
  "voice.ready": "The text is in your message. Read it before you send it.",
  "voice.silent": "Nothing was heard. Check the microphone.",
  "voice.denied": "The microphone is refused. Allow it for this site in the browser.",
  "voice.none": "No microphone was found.",
  "voice.busy": "Another program has the microphone.",
  "voice.insecure": "The microphone opens at an https address only.",
  "voice.failed": "The recording did not work.",
};

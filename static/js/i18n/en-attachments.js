/** The files one attaches to a question. */
export default {
  "attach.files": "Attached files",
  "attach.sending": "Sending, {percent}%",
  "attach.progress": "Sending {name}",
  "attach.reading": "Reading…",
  "attach.remove": "Remove {name}",
  "attach.open": "See the text of {name}",
  "attach.text": "Text of {name}",
  "attach.length": "{characters} characters, {lines} lines.",
  "attach.cut": "The file is longer; Léa reads its beginning.",
  "attach.gone": "The text of this file cannot be read right now.",
  "attach.held": "Your message leaves as soon as the file is read.",
};

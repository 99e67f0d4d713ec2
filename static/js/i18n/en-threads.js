/** What one does with a conversation and its messages. */
export default {
  "edit.open": "Edit this message",
  "edit.label": "Your message, to say in other words",
  "edit.kept": "The earlier version is kept.",
  "edit.send": "Send",

  "side.pinned": "Pinned",
  "side.archived": "Archived conversations",
  "side.archived.none": "Nothing is archived.",
  "side.archived.back": "Back to the conversations",
  "thread.pin": "Pin",
  "thread.unpin": "Unpin",
  "thread.pinned": "Conversation pinned.",
  "thread.unpinned": "Conversation unpinned.",
  "thread.archive": "Archive",
  "thread.unarchive": "Unarchive",
  "thread.archived": "Archived",
  "thread.unarchived": "Conversation unarchived.",
  "thread.deleted": "Conversation deleted.",
  "thread.undo": "Undo",
  "thread.restore": "Undo the deletion",

  "versions.shown": "Version {n} of {of}",
  "versions.before": "Earlier version",
  "versions.after": "Later version",
};

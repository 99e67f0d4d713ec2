"""Topics with history, cursors and bounded readers."""

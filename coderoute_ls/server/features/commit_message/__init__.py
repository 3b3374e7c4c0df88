"""The message of a commit: from what is staged to the input box, or to the file that git opens in an editor."""

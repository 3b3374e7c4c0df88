"""The review of what an action wrote: told to the editor hunk by hunk, decided there or by code actions."""

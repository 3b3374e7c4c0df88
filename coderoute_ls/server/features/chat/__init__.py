"""An editor's own chat, answered by the cheapest model that is good enough."""

"""What the engine does for prompts with more than text: what they need of a model, and schemas where no model has a mode for
them. Loaded when such a prompt comes."""

"""codecompanion.nvim."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
require("codecompanion").setup({
  adapters = {
    http = {
      coderoute = function()
        return require("codecompanion.adapters").extend("openai_compatible", {
          env = { url = "@url@", api_key = "cmd:coderoute-ls gateway --token" },
          schema = { model = { default = "coderoute" } },
        })
      end,
    },
  },
  strategies = { chat = { adapter = "coderoute" } },
})
"""

CLIENT = Client(
    name="codecompanion",
    title="codecompanion.nvim",
    path="~/.config/nvim/init.lua",
    text=_TEXT,
    tested="Written by its documentation; not run",
    comment="--",
    needs_variable=False,
)

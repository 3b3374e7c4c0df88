-- CodeRoute in Neovim: what a configuration calls. Commands are in coderoute.commands, `:help coderoute` tells it all.
local M = {}

--- Neovim 0.12 and newer show inline completions themselves.
local builtin = vim.lsp.inline_completion

--- Called for every buffer the server is attached to.
function M.attach(client, bufnr)
  require('coderoute.next_edit').attach(bufnr)
  if not client:supports_method('textDocument/inlineCompletion') then
    return
  end
  if builtin then
    builtin.enable(true, { bufnr = bufnr })
  else
    require('coderoute.ghost').attach(bufnr)
  end
end

--- Accepts the ghost text, else leads to the next edit or takes it. False when there is neither, so that a mapping can do what
--- its key does otherwise.
function M.accept()
  local ghost = vim.fn.mode():sub(1, 1) == 'i' and (builtin and builtin.get() or require('coderoute.ghost').accept())
  return ghost or require('coderoute.next_edit').accept()
end

--- Says that the next edit is not wanted. False when there is none.
function M.reject()
  return require('coderoute.next_edit').reject()
end

--- Asks for the next edit now.
function M.next_edit()
  require('coderoute.next_edit').hide()
  require('coderoute.next_edit').ask(true)
end

--- Accepts the next word of the ghost text (before Neovim 0.12).
function M.accept_word()
  return not builtin and require('coderoute.ghost').accept_word()
end

--- Accepts the rest of the line of the ghost text (before Neovim 0.12).
function M.accept_line()
  return not builtin and require('coderoute.ghost').accept_line()
end

--- Shows another alternative: `step` is 1 or -1.
function M.cycle(step)
  if builtin then
    builtin.select({ count = step })
    return true
  end
  return require('coderoute.ghost').cycle(step)
end

--- One short text for a statusline: state, model, price today, and what runs.
function M.statusline()
  local handlers = require('coderoute.handlers')
  local status = handlers.status
  if not status then
    return ''
  end
  local sign = ({ idle = '', working = '… ', degraded = '! ', paused = '|| ' })[status.state] or ''
  local price = (status.todayUsd or 0) > 0 and (' $%.2f'):format(status.todayUsd) or ''
  return sign .. (status.model ~= '' and status.model or 'CodeRoute') .. price
end

return M

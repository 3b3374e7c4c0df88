-- CodeRoute in Neovim: what a configuration calls. Commands are in coderoute.commands, `:help coderoute` tells it all.
local M = {}

--- Neovim 0.12 and newer show inline completions themselves.
local builtin = vim.lsp.inline_completion

--- What the user wants otherwise: `keys` sets keys under one leader (true for `<leader>c`, or another prefix) and leaves those
--- alone that are mapped; `ghost = false` draws no ghost text, where a completion menu shows it (coderoute.sources).
function M.setup(wanted)
  wanted = wanted or {}
  M.draws_ghost = wanted.ghost ~= false
  if not M.draws_ghost then
    for _, client in ipairs(vim.lsp.get_clients({ name = 'coderoute' })) do
      for bufnr in pairs(client.attached_buffers) do
        if builtin then
          builtin.enable(false, { bufnr = bufnr })
        else
          require('coderoute.ghost').detach(bufnr)
        end
      end
    end
  end
  if wanted.keys then
    return require('coderoute.keys').map(wanted.keys ~= true and wanted.keys or nil)
  end
  return {}
end

--- Whether ghost text is drawn.
M.draws_ghost = true

--- Called for every buffer the server is attached to.
function M.attach(client, bufnr)
  require('coderoute.next_edit').attach(bufnr)
  if not M.draws_ghost or not client:supports_method('textDocument/inlineCompletion') then
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

--- Says that the next edit is not wanted, else cancels what is being written in the buffer, else takes back the finished edit
--- that the cursor is in. False when there is nothing of that.
function M.reject()
  return require('coderoute.next_edit').reject() or require('coderoute.review').escape()
end

--- Keeps the change of an edit that the cursor is in.
function M.keep_change()
  require('coderoute.review').decide('keep')
end

--- Takes back the change of an edit that the cursor is in.
function M.reject_change()
  require('coderoute.review').decide('reject')
end

--- Goes to the next change of an edit under review (1) or the previous one (-1). False when there is none.
function M.go_to_change(step)
  return require('coderoute.review').go(step)
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
  local silence = require('coderoute.control').silence()
  return sign .. (status.model ~= '' and status.model or 'CodeRoute') .. price .. (silence ~= '' and ' [' .. silence .. ']' or '')
end

--- Today's spending against the day's budget: ``█░░░░░░░░░ $0.42 of $5.00``, for 'statusline' as well.
function M.budget()
  return require('coderoute.control').budget()
end

--- Starts an action by its id at the cursor or on the selection: 'refactor', 'explain', …, or a prompt of one's own.
function M.run(action)
  require('coderoute.control').run(action)
end

--- Picks the model of an action, which is asked for where it is nil.
function M.model(action)
  require('coderoute.control').model(action)
end

--- Suggests nothing for so many minutes; 0: again; nil: asks.
function M.snooze(minutes)
  require('coderoute.control').snooze(minutes)
end

return M
